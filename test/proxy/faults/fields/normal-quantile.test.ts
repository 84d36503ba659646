import { describe, expect, it } from 'vitest';
import { normalQuantile } from '../../../../proxy/faults/fields/normal-quantile.ts';

describe('the normal quantile', () => {
  // mpmath with 40 digits: sqrt(2) * erfinv(2 p - 1), rounded to doubles. Each of the three approximations is met on both sides.
  it.each([
    [0.5, 0],
    [0.6, 0.2533471031357998],
    [0.075, -1.439531470938456],
    [0.9, 1.2815515655446006],
    [0.975, 1.959963984540054],
    [0.99, 2.326347874040841],
    [0.999, 3.0902323061678136],
    [1e-6, -4.753424308822899],
    [1e-10, -6.361340902404056],
    [2 ** -32, -6.230260137989043],
    [1e-20, -9.262340089798409],
  ])('of %d is %d', (probability, z) => {
    // Near 1 the probability itself is rounded: a relative error of a few ulps is all that can be asked.
    expect(Math.abs(normalQuantile(probability) - z)).toBeLessThan(4e-15 * Math.max(1, Math.abs(z)));
  });

  it('is odd around the middle and grows without a gap where the approximations meet', () => {
    let before = -Infinity;
    for (let p = 0.0005; p < 1; p += 0.001) {
      const z = normalQuantile(p);
      expect(z).toBeGreaterThan(before);
      expect(z).toBeCloseTo(-normalQuantile(1 - p), 11);
      before = z;
    }
    for (const edge of [0.075, 0.925, Math.exp(-25)]) {
      const [below, above] = [normalQuantile(edge * (1 - 1e-12)), normalQuantile(edge * (1 + 1e-12))];
      expect(above).toBeGreaterThan(below);
      expect(above - below).toBeLessThan(1e-10);
    }
  });
});
