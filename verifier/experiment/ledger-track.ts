import type { Journal } from '../report/journal.ts';
import type { LedgerAnswer, LedgerCounts } from '../undo/admin-client.ts';

/**
 * What one rule did on one sidecar between arming and undo, from ledgers read on the way. A ledger begins at 0 with its
 * process (`instance`), so the counts of each process are taken apart and added up:
 *
 *     instance A   before ----- last seen         counts = last seen - before
 *     instance B          0 --------- last seen   counts = last seen
 *
 * What a process counted between its last reading and its death is not seen; that it restarted is told.
 */
export class LedgerTrack {
  readonly #rule: string;
  readonly #before: LedgerAnswer;
  readonly #last = new Map<string, LedgerCounts>();

  /** `before` was read before the rule was armed. */
  constructor(rule: string, before: LedgerAnswer) {
    this.#rule = rule;
    this.#before = before;
  }

  observe(answer: LedgerAnswer): void {
    const counts = answer.rules[this.#rule];
    if (counts !== undefined) this.#last.set(answer.instance, counts);
    else if (!this.#last.has(answer.instance)) this.#last.set(answer.instance, NOTHING);
  }

  /** Of the process that was there first. */
  get instance(): string {
    return this.#before.instance;
  }

  /** How often the sidecar's process was replaced while the rule was armed. */
  get restarts(): number {
    const others = [...this.#last.keys()].filter((instance) => instance !== this.#before.instance);
    return others.length;
  }

  /** Null when no ledger could be read since the rule was armed. */
  counts(): Journal['injection'][number]['ledger'] | null {
    if (this.#last.size === 0) return null;
    const sum = { matched: 0, injected: 0, skipped: {} as Record<string, number> };
    for (const [instance, last] of this.#last) {
      const before = instance === this.#before.instance ? (this.#before.rules[this.#rule] ?? NOTHING) : NOTHING;
      sum.matched += last.matched - before.matched;
      sum.injected += last.injected - before.injected;
      for (const [reason, count] of Object.entries(last.skipped)) {
        const skipped = count - (before.skipped[reason] ?? 0);
        if (skipped !== 0) sum.skipped[reason] = (sum.skipped[reason] ?? 0) + skipped;
      }
    }
    return sum;
  }
}

const NOTHING: LedgerCounts = { matched: 0, injected: 0, skipped: {}, active: 0 };
