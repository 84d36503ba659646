/** Declared laws of a delay, and how far from them what arrived is. Pure. */

/** A law of delay: how it is written in a rule and what it promises. */
export interface Law {
  readonly name: string;
  readonly title: string;
  /** The parameter of the `delay` fault. */
  readonly written: unknown;
  /** The delay at a quantile (0..1), in milliseconds. */
  readonly quantileMs: (share: number) => number;
  /** The share (0..1) of delays at or below so many milliseconds; null for a fixed delay, which has no spread. */
  readonly cdf: ((ms: number) => number) | null;
}

/** The 0.99 quantile of the standard normal distribution. */
const Z99 = 2.3263478740408408;

/** Always the same delay. */
export function fixedLaw(ms: number): Law {
  return { name: `fixed-${ms}`, title: `${ms} ms`, written: `${ms}ms`, quantileMs: () => ms, cdf: null };
}

/** Every delay between two equally likely. */
export function rangeLaw(from: number, to: number): Law {
  return {
    name: `range-${from}-${to}`,
    title: `${from} ms .. ${to} ms`,
    written: `${from}ms..${to}ms`,
    quantileMs: (share) => from + share * (to - from),
    cdf: (ms) => Math.min(1, Math.max(0, (ms - from) / (to - from))),
  };
}

/** Lognormal by its median and 99th percentile. */
export function lognormalLaw(p50: number, p99: number): Law {
  const sigma = Math.log(p99 / p50) / Z99;
  return {
    name: `lognormal-${p50}-${p99}`,
    title: `p50 ${p50} ms, p99 ${p99} ms`,
    written: { p50: `${p50}ms`, p99: `${p99}ms` },
    quantileMs: (share) => p50 * Math.exp(sigma * normalQuantile(share)),
    cdf: (ms) => (ms <= 0 ? 0 : normalCdf(Math.log(ms / p50) / sigma)),
  };
}

/** The greatest distance between what arrived and the law, as shares (Kolmogorov-Smirnov), 0..1. */
export function distance(valuesMs: readonly number[], cdf: (ms: number) => number): number {
  const sorted = valuesMs.toSorted((a, b) => a - b);
  return sorted.reduce((greatest, value, at) => {
    const expected = cdf(value);
    return Math.max(greatest, Math.abs((at + 1) / sorted.length - expected), Math.abs(at / sorted.length - expected));
  }, 0);
}

/** The distance that draws of the law itself stay below in 99.9 % of runs (asymptotic, for more than 100 draws). */
export function distanceLimit(draws: number): number {
  return 1.949 / Math.sqrt(draws);
}

/** Error below 1.5e-7 (Abramowitz and Stegun 7.1.26): far below any sampling error here. */
function normalCdf(z: number): number {
  const x = Math.abs(z) / Math.SQRT2;
  const t = 1 / (1 + 0.3275911 * x);
  const poly = t * (0.254829592 + t * (-0.284496736 + t * (1.421413741 + t * (-1.453152027 + t * 1.061405429))));
  const erf = 1 - poly * Math.exp(-x * x);
  return z < 0 ? (1 - erf) / 2 : (1 + erf) / 2;
}

function normalQuantile(share: number): number {
  let [low, high] = [-8, 8];
  while (high - low > 1e-9) {
    const middle = (low + high) / 2;
    if (normalCdf(middle) < share) low = middle;
    else high = middle;
  }
  return (low + high) / 2;
}
