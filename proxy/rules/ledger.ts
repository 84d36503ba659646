/**
 * The ledger: exact counts per rule. Each matched exchange is counted once, in the same step as its outcome, so that
 * `matched = injected + skipped{reason}` holds at every moment and not only at rest.
 */

/** Why a matched exchange was left alone: a closed list, as it becomes a label value. */
export const SKIP_REASONS = [
  'share',
  'ramp',
  'max-active',
  'attempt',
  'preempted',
  'ambiguous',
  'tls',
  'http2',
  'source-unknown',
  'not-applicable',
] as const;

export type SkipReason = (typeof SKIP_REASONS)[number];

/** The counts of one rule. They go on when the rule's text changes and begin at 0 with the process. */
export class LedgerEntry {
  readonly rule: string;
  /** Fault names joined by `+`: the value of the label `fault`. */
  faultNames: string;
  matched = 0;
  injected = 0;
  readonly skipped: Float64Array = new Float64Array(SKIP_REASONS.length);
  /** Exchanges held or broken right now. */
  active = 0;

  constructor(rule: string, faultNames: string) {
    this.rule = rule;
    this.faultNames = faultNames;
  }

  inject(): void {
    this.matched++;
    this.injected++;
  }

  skip(reason: SkipReason): void {
    this.matched++;
    const index = SKIP_REASONS.indexOf(reason);
    this.skipped[index] = (this.skipped[index] ?? 0) + 1;
  }
}
