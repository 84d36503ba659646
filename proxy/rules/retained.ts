/** The state directory as the store sees it; without one nothing is kept. */
import type { Clock } from './clock.ts';
import { keptOf, type Plan } from './entry.ts';
import { StateFile, type KeptRule } from './state-file.ts';

export class Retained {
  private readonly file: StateFile | undefined;
  private readonly bootId: string;
  private readonly clock: Clock;
  /** What the earlier process has left. */
  private readonly left: readonly KeptRule[];
  /** The machine has not started anew since then: monotonic deadlines hold. */
  readonly sameBoot: boolean;
  /** Rules of the file as they were left, until the file has been read for the first time. */
  private unseen: ReadonlyMap<string, KeptRule>;

  private constructor(
    file: StateFile | undefined,
    bootId: string,
    clock: Clock,
    left: readonly KeptRule[],
    sameBoot: boolean,
  ) {
    this.file = file;
    this.bootId = bootId;
    this.clock = clock;
    this.left = left;
    this.sameBoot = sameBoot;
    this.unseen = new Map(left.filter(({ source }) => source === 'file').map((rule) => [rule.id, rule]));
  }

  /** @throws {StateError} where the directory cannot be used */
  static async open(
    directory: string | undefined,
    bootId: string,
    clock: Clock,
    warn: (message: string) => void,
  ): Promise<Retained> {
    if (directory === undefined) return new Retained(undefined, bootId, clock, [], false);
    const file = await StateFile.open(directory);
    const found = await file.read(clock.wallMs());
    if (found.kind === 'corrupt') {
      warn(
        `the state in ${directory} (--state) is not usable (${found.reason}): moved to ${found.movedTo}, leases begin anew`,
      );
    }
    if (found.kind !== 'state') return new Retained(file, bootId, clock, [], false);
    const { state } = found;
    // A monotonic clock that stands before the moment of writing is another clock, whatever the boot id says.
    const sameBoot = bootId !== '' && state.bootId === bootId && state.monotonicMs <= clock.monotonicMs();
    return new Retained(file, bootId, clock, state.rules, sameBoot);
  }

  /** The rules of the admin API that were left. */
  apiRules(): readonly KeptRule[] {
    return this.left.filter(({ source }) => source === 'api');
  }

  /** A rule of the file as it was left; undefined once the file has been seen. */
  fileRule(id: string): KeptRule | undefined {
    return this.unseen.get(id);
  }

  /** The file has been read: what it does not hold is forgotten. */
  fileSeen(): void {
    this.unseen = new Map();
  }

  /** @throws {StateError} where it is not on the disk; what was there before then still is */
  async write(plans: readonly Plan[]): Promise<void> {
    if (this.file === undefined) return;
    const rules = plans.map(keptOf).filter((rule) => rule !== undefined);
    const { bootId } = this;
    await this.file.write({
      bootId,
      monotonicMs: this.clock.monotonicMs(),
      rules: [...rules, ...this.unseen.values()],
    });
  }
}
