/** Shares and what chance can do to them. Pure. */
import { incompleteBeta, incompleteBetaInverse } from './beta.ts';
import { normalQuantile } from './normal.ts';

export interface Interval {
  readonly low: number;
  readonly high: number;
}

/** P(X <= k) for k successes in n trials of probability p. */
export function binomialCdf(k: number, n: number, p: number): number {
  checkTrials(n, p);
  const whole = Math.floor(k);
  if (whole < 0) return 0;
  if (whole >= n) return 1;
  return 1 - incompleteBeta(whole + 1, n - whole, p);
}

/** The least k with P(X <= k) >= q. */
export function binomialQuantile(q: number, n: number, p: number): number {
  checkTrials(n, p);
  if (!(q >= 0 && q <= 1)) throw new RangeError(`a probability lies in 0..1, got ${q}`);
  let low = 0;
  let high = n;
  while (low < high) {
    const middle = Math.floor((low + high) / 2);
    if (binomialCdf(middle, n, p) >= q) high = middle;
    else low = middle + 1;
  }
  return low;
}

/**
 * The counts that a fair draw gives: `n` trials of probability `p` lie within [low, high], both included, with at least
 * this confidence, and outside on either side with at most half of the rest.
 *
 * @example
 * binomialInterval(1000, 0.5, 0.999); // { low: 448, high: 552 }
 */
export function binomialInterval(n: number, p: number, confidence: number): Interval {
  const tail = tailOf(confidence);
  // The upper edge by the mirror image: 1 - tail would lose digits.
  return { low: binomialQuantile(tail, n, p), high: n - binomialQuantile(tail, n, 1 - p) };
}

/** Clopper and Pearson: the true probabilities that k successes in n trials leave open. Exact, never too narrow. */
export function clopperPearson(k: number, n: number, confidence: number): Interval {
  checkCounts(k, n);
  const tail = tailOf(confidence);
  const low = k === 0 ? 0 : incompleteBetaInverse(k, n - k + 1, tail);
  const high = k === n ? 1 : 1 - incompleteBetaInverse(n - k, k + 1, tail);
  return { low, high };
}

/** Wilson's score interval: near its confidence on average, also for shares close to 0 or 1. */
export function wilson(k: number, n: number, confidence: number): Interval {
  checkCounts(k, n);
  const z = -normalQuantile(tailOf(confidence));
  const share = k / n;
  const centre = (share + (z * z) / (2 * n)) / (1 + (z * z) / n);
  const half = (z / (1 + (z * z) / n)) * Math.sqrt((share * (1 - share)) / n + (z * z) / (4 * n * n));
  return { low: k === 0 ? 0 : centre - half, high: k === n ? 1 : centre + half };
}

/** Newcombe's interval (method 10) for the difference of two independent shares, first minus second. */
export function newcombeDifference(
  first: { readonly k: number; readonly n: number },
  second: { readonly k: number; readonly n: number },
  confidence: number,
): Interval {
  const one = wilson(first.k, first.n, confidence);
  const two = wilson(second.k, second.n, confidence);
  const p1 = first.k / first.n;
  const p2 = second.k / second.n;
  return {
    low: p1 - p2 - Math.hypot(p1 - one.low, two.high - p2),
    high: p1 - p2 + Math.hypot(one.high - p1, p2 - two.low),
  };
}

function tailOf(confidence: number): number {
  if (!(confidence > 0 && confidence < 1)) throw new RangeError(`a confidence lies between 0 and 1, got ${confidence}`);
  return (1 - confidence) / 2;
}

function checkTrials(n: number, p: number): void {
  if (!Number.isInteger(n) || n < 0) throw new RangeError(`trials are a whole number, got ${n}`);
  if (!(p >= 0 && p <= 1)) throw new RangeError(`a probability lies in 0..1, got ${p}`);
}

function checkCounts(k: number, n: number): void {
  if (!Number.isInteger(n) || n < 1 || !Number.isInteger(k) || k < 0 || k > n) {
    throw new RangeError(`${k} of ${n} is not a count of successes in trials`);
  }
}
