/** What an armed rule holds back, until the rule ends. */
import type { ArmedRule, Held } from './armed-rule.ts';

/**
 * A set that can be closed. An exchange keeps the snapshot of its first byte, so it may come to be held by a rule that
 * has ended meanwhile: what is added after the end is released at once, else it would be held with nobody to free it.
 */
export class HeldSet extends Set<Held> {
  private closedBy: { readonly rule: ArmedRule; readonly onError: (error: unknown) => void } | undefined;

  override add(held: Held): this {
    super.add(held);
    const { closedBy } = this;
    // Later in this turn, as the one who adds may not be ready yet to be released.
    if (closedBy) queueMicrotask(() => this.release(held, closedBy.rule, closedBy.onError));
    return this;
  }

  /** Releases all, each on its own: what one throws keeps no other back. */
  close(rule: ArmedRule, onError: (error: unknown) => void): void {
    this.closedBy = { rule, onError };
    // As they are now: what a release adds is not waited for in this loop.
    const all = [...this];
    for (const held of all) this.release(held, rule, onError);
  }

  private release(held: Held, rule: ArmedRule, onError: (error: unknown) => void): void {
    // Taken out before, so that it happens once, also where the release itself takes it out or was overtaken.
    if (!this.delete(held)) return;
    try {
      held.release(rule);
    } catch (error) {
      onError(error);
    }
  }
}
