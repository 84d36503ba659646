import * as fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { CallKeyReader } from '../../../proxy/route/call-key.ts';
import { drawDelay, type DrawKey, drawShare, rampedShare } from '../../../proxy/route/select.ts';
import { headOf } from './given.ts';

const DRAWS = 50_000;
const rule = { id: 'slow-reviews', seed: 7 };
const reader = new CallKeyReader();
/** Of seed 7, rule slow-reviews, GET /reviews/7 and an x-request-id: a change here breaks every run that is repeated. */
const GOLDEN = ['0.301549207', '0.940580656', '0.556095028'];

/** Ids as callers count them: the hardest case for a hash, as only the last bytes differ. */
function keyOfId(id: string, instanceName = ''): DrawKey {
  const { high, low } = reader.read(headOf('GET /reviews/7', { 'x-request-id': id }));
  return { high, low, occurrence: 0, instanceName };
}

const sequential = Array.from({ length: DRAWS }, (_, i) => keyOfId(`req-${i}`));
/** One request again and again. */
const identical = Array.from({ length: DRAWS }, (_, i) => ({ ...keyOfId('same'), occurrence: i }));
const FORMS: [string, readonly DrawKey[]][] = [
  ['sequential ids', sequential],
  ['identical requests', identical],
];

/** Pearson's statistic over `bins`, as standard deviations from its mean (bins - 1, variance 2 (bins - 1)). */
function deviation(draws: readonly number[], bins: number): number {
  const counts = new Float64Array(bins);
  for (const draw of draws) counts[Math.floor(draw * bins)] = (counts[Math.floor(draw * bins)] ?? 0) + 1;
  const expected = draws.length / bins;
  const statistic = counts.reduce((sum, count) => sum + (count - expected) ** 2 / expected, 0);
  return (statistic - (bins - 1)) / Math.sqrt(2 * (bins - 1));
}

function correlation(a: readonly number[], b: readonly number[]): number {
  const mean = (all: readonly number[]): number => all.reduce((sum, one) => sum + one, 0) / all.length;
  const [meanA, meanB] = [mean(a), mean(b)];
  const product = (x: readonly number[], meanX: number, y: readonly number[], meanY: number): number =>
    x.reduce((sum, one, i) => sum + (one - meanX) * ((y[i] ?? 0) - meanY), 0);
  return product(a, meanA, b, meanB) / Math.sqrt(product(a, meanA, a, meanA) * product(b, meanB, b, meanB));
}

// Correlation of n independent pairs has the standard deviation 1/sqrt(n); all bounds are at 4.5 deviations.
const UNCORRELATED = 4.5 / Math.sqrt(DRAWS);

describe.each(FORMS)('draws over %s', (_, keys) => {
  it.each([0, 1, 7, 0xffffffff])('are uniform, with seed %i', (seed) => {
    const shares = keys.map((key) => drawShare({ ...rule, seed }, key));
    expect(Math.abs(deviation(shares, 256))).toBeLessThan(4.5);
    // The finest step of a share is 0.001 %: look at the lowest bits as well.
    expect(
      Math.abs(
        deviation(
          shares.map((share) => (share * 2 ** 24) % 1),
          256,
        ),
      ),
    ).toBeLessThan(4.5);
    expect(
      Math.abs(
        deviation(
          keys.map((key) => drawDelay({ ...rule, seed }, key, 0)),
          256,
        ),
      ),
    ).toBeLessThan(4.5);
  });

  it('hit each share as often as a coin would', () => {
    for (const share of [0.01, 0.05, 0.5, 0.95]) {
      const hits = keys.filter((key) => drawShare(rule, key) < share).length;
      expect(Math.abs(hits - DRAWS * share) / Math.sqrt(DRAWS * share * (1 - share))).toBeLessThan(4.5);
    }
  });

  it('are independent from one to the next, of other rules, seeds and sidecars, and of their delays', () => {
    const shares = keys.map((key) => drawShare(rule, key));
    const others: Record<string, number[]> = {
      next: [...shares.slice(1), shares[0] ?? 0],
      rule: keys.map((key) => drawShare({ ...rule, id: 'slow-reviewt' }, key)),
      seed: keys.map((key) => drawShare({ ...rule, seed: 8 }, key)),
      sidecar: keys.map((key) => drawShare(rule, { ...key, instanceName: 'reviews-2' })),
      delay: keys.map((key) => drawDelay(rule, key, 0)),
      'second delay': keys.map((key) => drawDelay(rule, key, 1)),
      'next attempt': keys.map((key) => drawShare(rule, { ...key, occurrence: key.occurrence + 1 })),
    };
    for (const [name, other] of Object.entries(others)) {
      expect(Math.abs(correlation(shares, other)), name).toBeLessThan(UNCORRELATED);
      // No dependence of another shape either: all 16 x 16 pairs of bins are as likely.
      const pairs = shares.map((share, i) => (Math.floor(share * 16) + (other[i] ?? 0)) / 16);
      expect(Math.abs(deviation(pairs, 256)), name).toBeLessThan(4.5);
    }
    expect(Math.abs(correlation(others['delay'] ?? [], others['second delay'] ?? []))).toBeLessThan(UNCORRELATED);
  });
});

describe('a share', () => {
  it('of 0 takes nothing and of 1 takes all', () => {
    const draws = sequential.map((key) => drawShare(rule, key));
    expect(draws.some((draw) => draw < 0)).toBe(false);
    expect(draws.every((draw) => draw < 1)).toBe(true);
  });

  it('contains every smaller one', () => {
    const chosen = (share: number): Set<DrawKey> => new Set(sequential.filter((key) => drawShare(rule, key) < share));
    const [one, five, half] = [chosen(0.01), chosen(0.05), chosen(0.5)];
    expect(one.isSubsetOf(five) && five.isSubsetOf(half)).toBe(true);
    expect(one.size).toBeGreaterThan(400);
  });

  it('is drawn the same in every process: these values must never change', () => {
    const draws = ['req-1', 'req-2', 'commande-\u00e9'].map((id) => drawShare(rule, keyOfId(id)).toFixed(9));
    expect(draws).toEqual(GOLDEN);
  });

  it('lies inside its interval for any input, and delays never at an end', () => {
    const word = fc.integer({ min: -(2 ** 31), max: 2 ** 32 - 1 });
    const key = fc.record({ high: word, low: word, occurrence: fc.nat(), instanceName: fc.string() });
    fc.assert(
      fc.property(fc.string(), word, key, fc.nat({ max: 9 }), (id, seed, drawKey, index) => {
        const share = drawShare({ id, seed }, drawKey);
        const delay = drawDelay({ id, seed }, drawKey, index);
        expect(share >= 0 && share < 1 && delay > 0 && delay < 1).toBe(true);
      }),
    );
  });
});

describe('a ramp', () => {
  it('grows evenly from nothing to the share', () => {
    const ramp = { share: 0.5, rampMs: 30_000 };
    expect([-5, 0, 3000, 15_000, 30_000, 60_000].map((ms) => rampedShare(ramp, ms))).toEqual([
      0, 0, 0.05, 0.25, 0.5, 0.5,
    ]);
    expect(rampedShare({ share: 0.5, rampMs: 0 }, 0)).toBe(0.5);
  });
});
