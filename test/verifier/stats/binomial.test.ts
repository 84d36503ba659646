import { readFileSync } from 'node:fs';
import * as fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { incompleteBeta, incompleteBetaInverse, logGamma } from '../../../verifier/stats/beta.ts';
import {
  binomialCdf,
  binomialInterval,
  binomialQuantile,
  clopperPearson,
  newcombeDifference,
  wilson,
  type Interval,
} from '../../../verifier/stats/binomial.ts';
import { normalQuantile } from '../../../verifier/stats/normal.ts';

interface OfCounts extends Interval {
  readonly k: number;
  readonly n: number;
  readonly confidence: number;
}
interface Golden {
  readonly clopperPearson: readonly OfCounts[];
  readonly wilson: readonly OfCounts[];
  readonly interval: readonly (Interval & { n: number; p: number; confidence: number })[];
  readonly cdf: readonly { k: number; n: number; p: number; value: number }[];
  readonly beta: readonly { a: number; b: number; x: number; value: number }[];
  readonly newcombe: readonly (Interval & {
    first: { k: number; n: number };
    second: { k: number; n: number };
    confidence: number;
  })[];
}

/** Made by make.py beside it. */
const golden = JSON.parse(
  readFileSync(new URL('../../fixtures/statistics/golden.json', import.meta.url), 'utf8'),
) as Golden;

describe('golden values of scipy', () => {
  test.each(golden.clopperPearson)('Clopper-Pearson of $k in $n at $confidence', ({ k, n, confidence, low, high }) => {
    const interval = clopperPearson(k, n, confidence);
    expect(interval.low).toBeCloseTo(low, 9);
    expect(interval.high).toBeCloseTo(high, 9);
  });

  test.each(golden.wilson)('Wilson of $k in $n at $confidence', ({ k, n, confidence, low, high }) => {
    const interval = wilson(k, n, confidence);
    expect(interval.low).toBeCloseTo(low, 8);
    expect(interval.high).toBeCloseTo(high, 8);
  });

  test.each(golden.interval)('acceptance counts of $n draws at $p, $confidence', ({ n, p, confidence, low, high }) => {
    expect(binomialInterval(n, p, confidence)).toEqual({ low, high });
  });

  test.each(golden.cdf)('binomial cdf of $k in $n at $p', ({ k, n, p, value }) => {
    expect(binomialCdf(k, n, p)).toBeCloseTo(value, 9);
  });

  test.each(golden.beta)('incomplete beta of $a, $b at $x', ({ a, b, x, value }) => {
    expect(incompleteBeta(a, b, x)).toBeCloseTo(value, a + b > 1e5 ? 8 : 9);
  });

  test.each(golden.newcombe)('Newcombe difference of $first.k/$first.n and $second.k/$second.n', (row) => {
    const interval = newcombeDifference(row.first, row.second, row.confidence);
    expect(interval.low).toBeCloseTo(row.low, 4);
    expect(interval.high).toBeCloseTo(row.high, 4);
  });
});

describe('what must hold everywhere', () => {
  const trials = fc.integer({ min: 1, max: 5000 });
  const probability = fc.double({ min: 0, max: 1, noNaN: true });

  test('the acceptance counts hold the asked confidence and no more than they need', () => {
    fc.assert(
      fc.property(trials, probability, fc.constantFrom(0.9, 0.99, 0.999), (n, p, confidence) => {
        const { low, high } = binomialInterval(n, p, confidence);
        const tail = (1 - confidence) / 2;
        expect(low).toBeLessThanOrEqual(high);
        expect(low === 0 ? 0 : binomialCdf(low - 1, n, p)).toBeLessThanOrEqual(tail + 1e-9);
        expect(binomialCdf(high, n, p)).toBeGreaterThanOrEqual(1 - tail - 1e-9);
        // One count narrower on either side would no longer do.
        expect(binomialCdf(low, n, p)).toBeGreaterThanOrEqual(tail - 1e-9);
        if (high > 0) expect(binomialCdf(high - 1, n, p)).toBeLessThanOrEqual(1 - tail + 1e-9);
      }),
    );
  });

  test('Clopper-Pearson contains the observed share and mirrors', () => {
    fc.assert(
      fc.property(
        trials.chain((n) => fc.tuple(fc.constant(n), fc.integer({ min: 0, max: n }))),
        ([n, k]) => {
          const interval = clopperPearson(k, n, 0.99);
          const mirror = clopperPearson(n - k, n, 0.99);
          expect(interval.low).toBeLessThanOrEqual(k / n);
          expect(interval.high).toBeGreaterThanOrEqual(k / n);
          expect(interval.low).toBeCloseTo(1 - mirror.high, 12);
        },
      ),
    );
  });

  test('the inverse undoes the incomplete beta function', () => {
    fc.assert(
      fc.property(
        fc.double({ min: 1, max: 500, noNaN: true }),
        fc.double({ min: 1, max: 500, noNaN: true }),
        fc.double({ min: 1e-6, max: 1 - 1e-6, noNaN: true }),
        (a, b, p) => {
          expect(incompleteBeta(a, b, incompleteBetaInverse(a, b, p))).toBeCloseTo(p, 8);
        },
      ),
    );
  });

  test('no draw at all, no chance and certainty have one possible count', () => {
    expect(binomialInterval(0, 0.5, 0.999)).toEqual({ low: 0, high: 0 });
    expect(binomialInterval(500, 0, 0.999)).toEqual({ low: 0, high: 0 });
    expect(binomialInterval(500, 1, 0.999)).toEqual({ low: 500, high: 500 });
  });

  test('known points', () => {
    expect(logGamma(0.5)).toBeCloseTo(Math.log(Math.sqrt(Math.PI)), 13);
    expect(logGamma(11)).toBeCloseTo(Math.log(3_628_800), 12);
    expect(normalQuantile(0.975)).toBeCloseTo(1.959963984540054, 8);
    expect(normalQuantile(0.0005)).toBeCloseTo(-3.290526731491926, 8);
    expect(normalQuantile(0.5)).toBeCloseTo(0, 12);
    expect(binomialQuantile(0.5, 10, 0.5)).toBe(5);
  });

  test.each([
    [() => binomialInterval(-1, 0.5, 0.9), 'trials'],
    [() => binomialInterval(10, 1.5, 0.9), 'probability'],
    [() => binomialInterval(10, 0.5, 1), 'confidence'],
    [() => binomialInterval(10, Number.NaN, 0.9), 'probability'],
    [() => clopperPearson(11, 10, 0.9), '11 of 10'],
    [() => wilson(0, 0, 0.9), '0 of 0'],
    [() => binomialQuantile(2, 10, 0.5), 'probability'],
    [() => normalQuantile(1), 'between'],
    [() => logGamma(0), 'positive'],
    [() => incompleteBeta(0, 1, 0.5), 'incompleteBeta'],
  ])('refuses what is no question (%#)', (ask, word) => {
    expect(ask).toThrow(word);
  });
});
