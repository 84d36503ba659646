import type { Journal } from '../report/journal.ts';

/**
 * The proof that a fault was really there: the ledger of the sidecar must be what its rule's share promises. Pure.
 *
 *     matched = injected + skipped{share} + skipped{after the draw} + skipped{before the draw}
 *               '--------------------- draws --------------------'
 *
 * Of `draws` exchanges a share of p is chosen, give or take chance: the 99.9 % binomial interval. Chosen ones that
 * were then held back by the ramp, by `maxActive` or by another rule's fault were not injected and are taken off both
 * ends.
 */

export type LedgerFigures = Journal['injection'][number]['ledger'];

export interface InjectionClaim {
  readonly target: string;
  /** Admin address of the sidecar. */
  readonly sidecar: string;
  readonly rule: string;
  /** 0..1 */
  readonly share: number;
  readonly scope: 'attempt' | 'connection';
  /** Null: no ledger could be read. */
  readonly ledger: LedgerFigures | null;
  readonly restarts: number;
}

/** Bounds of how many of `n` are chosen with probability p, at a confidence in (0, 1). */
export type AcceptanceInterval = (
  n: number,
  p: number,
  confidence: number,
) => { readonly low: number; readonly high: number };

/** Skips that happen to an exchange that the draw has already chosen. */
const AFTER_THE_DRAW = ['ramp', 'max-active', 'preempted'] as const;

/** All together are wrong by chance once in this many runs. */
const FALSE_ALARM = 0.001;

export function proveInjection(claims: readonly InjectionClaim[], interval: AcceptanceInterval): Journal['injection'] {
  return claims.map((claim) => prove(claim, interval, 1 - FALSE_ALARM / claims.length));
}

function prove(claim: InjectionClaim, interval: AcceptanceInterval, confidence: number): Journal['injection'][number] {
  const ledger = claim.ledger ?? { matched: 0, injected: 0, skipped: {} };
  const after = AFTER_THE_DRAW.reduce((sum, reason) => sum + (ledger.skipped[reason] ?? 0), 0);
  const draws = ledger.injected + (ledger.skipped['share'] ?? 0) + after;
  const { low, high } = bounds(claim, draws, interval, confidence);
  const expected = { share: claim.share, low: Math.max(0, low - after), high: Math.max(0, high - after) };
  const problem = claim.ledger === null ? 'its ledger could not be read' : findProblem(ledger, draws, expected);
  const restarted = claim.restarts === 0 ? '' : ` The sidecar restarted ${claim.restarts} times meanwhile.`;
  return {
    target: claim.target,
    pod: claim.sidecar,
    rule: claim.rule,
    from: 'ledger',
    ledger,
    expected,
    agrees: problem === null,
    reason:
      problem === null
        ? `Injected into ${ledger.injected} of ${ledger.matched} matched exchanges; ` +
          `${expected.low} to ${expected.high} were to be expected.${restarted}`
        : `The fault ${claim.rule} on ${claim.target} is not proven: ${problem}.${restarted}`,
  };
}

function bounds(
  claim: InjectionClaim,
  draws: number,
  interval: AcceptanceInterval,
  confidence: number,
): { readonly low: number; readonly high: number } {
  if (draws <= 0) return { low: 0, high: 0 };
  // All exchanges of a connection share one draw: how many of them are chosen says nothing but that some were.
  if (claim.scope === 'connection' && claim.share > 0 && claim.share < 1) return { low: 1, high: draws };
  return interval(draws, claim.share, confidence);
}

function findProblem(
  ledger: LedgerFigures,
  draws: number,
  expected: { readonly low: number; readonly high: number },
): string | null {
  if ([ledger.matched, ledger.injected, ...Object.values(ledger.skipped)].some((count) => count < 0)) {
    return 'its ledger went back while the rule was armed';
  }
  const skipped = Object.values(ledger.skipped).reduce((sum, count) => sum + count, 0);
  if (ledger.matched !== ledger.injected + skipped) {
    return `its ledger does not add up (${ledger.matched} matched, ${ledger.injected} injected, ${skipped} skipped)`;
  }
  if (ledger.matched === 0) return 'no exchange matched it';
  if (draws === 0) return `each of the ${ledger.matched} matched exchanges was skipped (${reasons(ledger)})`;
  if (ledger.injected === 0)
    return `nothing was injected into ${ledger.matched} matched exchanges (${reasons(ledger)})`;
  if (ledger.injected < expected.low || ledger.injected > expected.high) {
    return (
      `${ledger.injected} of ${draws} draws were injected, ` +
      `${expected.low} to ${expected.high} were to be expected by its share`
    );
  }
  return null;
}

function reasons(ledger: LedgerFigures): string {
  return Object.entries(ledger.skipped)
    .map(([reason, count]) => `${reason}: ${count}`)
    .join(', ');
}
