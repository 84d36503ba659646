import { describe, expect, test } from 'vitest';
import { quantile } from '../../bench/load/open-loop.ts';
import { delayFigures } from '../../bench/scenarios/injected-delay.ts';
import { distance, distanceLimit, fixedLaw, lognormalLaw, rangeLaw } from '../../bench/scenarios/laws.ts';

/** Draws of a law without chance: its quantiles, evenly spaced. */
function drawsOf(law: { quantileMs: (share: number) => number }, count: number): number[] {
  return Array.from({ length: count }, (_, at) => law.quantileMs((at + 0.5) / count));
}

describe('laws', () => {
  test('a lognormal law goes through its two quantiles', () => {
    const law = lognormalLaw(50, 200);
    expect(law.quantileMs(0.5)).toBeCloseTo(50, 3);
    expect(law.quantileMs(0.99)).toBeCloseTo(200, 2);
    expect(law.cdf?.(200)).toBeCloseTo(0.99, 5);
    expect(law.cdf?.(0)).toBe(0);
  });

  test.each([rangeLaw(50, 150), lognormalLaw(50, 200)])('draws of $title are near it, shifted ones are not', (law) => {
    const draws = drawsOf(law, 4000);
    const far = (shiftMs: number): number =>
      distance(
        draws.map((ms) => ms + shiftMs),
        law.cdf ?? (() => 0),
      );
    expect(far(0)).toBeLessThan(0.001);
    expect(far(0.2)).toBeLessThan(distanceLimit(4000));
    expect(far(10)).toBeGreaterThan(distanceLimit(4000));
  });
});

describe('the error of an injected delay', () => {
  test('of a fixed delay is taken per request, early ones count too', () => {
    const latencies = [...Array.from({ length: 98 }, () => 100.2), 97, 104];
    const { errorP50Ms, errorP99Ms, distance: none } = delayFigures(latencies, fixedLaw(100));
    expect(errorP50Ms).toBeCloseTo(0.2);
    expect(errorP99Ms).toBeCloseTo(3);
    expect(none).toBeNull();
  });

  test('of a law with a spread is the distance of its quantiles', () => {
    const law = rangeLaw(50, 150);
    const { errorP50Ms, errorP99Ms } = delayFigures(
      drawsOf(law, 1000).map((ms) => ms + 1),
      law,
    );
    expect(errorP50Ms).toBeCloseTo(1, 0);
    expect(errorP99Ms).toBeCloseTo(1, 0);
  });
});

test('a quantile is one of the values', () => {
  expect(quantile([5, 1, 3], 0.5)).toBe(3);
  expect(quantile([5, 1, 3], 0.99)).toBe(5);
  expect(quantile([5, 1, 3], 0)).toBe(1);
  expect(quantile([], 0.5)).toBeNull();
});
