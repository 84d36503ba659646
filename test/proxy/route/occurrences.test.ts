import * as fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { avalanche } from '../../../proxy/route/hash.ts';
import { Occurrences } from '../../../proxy/route/occurrences.ts';

/** Two well mixed halves for a number, as call keys have them. */
function next(occurrences: Occurrences, key: number): number {
  return occurrences.next(avalanche(key), avalanche(key ^ 0x5bd1e995));
}

describe('occurrences', () => {
  it('counts each key from 0', () => {
    const occurrences = new Occurrences();
    expect([1, 2, 1, 1, 2, 3].map((key) => next(occurrences, key))).toEqual([0, 0, 1, 2, 1, 0]);
  });

  it('tells keys apart by both halves', () => {
    const occurrences = new Occurrences();
    expect(occurrences.next(1, 1)).toBe(0);
    expect(occurrences.next(1, 2)).toBe(0);
    expect(occurrences.next(2, 1)).toBe(0);
    expect(occurrences.next(0, 0)).toBe(0);
    expect(occurrences.next(0, 0)).toBe(1);
    expect(occurrences.next(1, 1)).toBe(1);
  });

  it('is exact for as many keys as it must hold, in any order', () => {
    fc.assert(
      fc.property(fc.array(fc.nat({ max: 60 }), { maxLength: 500 }), (keys) => {
        const occurrences = new Occurrences();
        const model = new Map<number, number>();
        for (const key of keys) {
          expect(next(occurrences, key)).toBe(model.get(key) ?? 0);
          model.set(key, (model.get(key) ?? 0) + 1);
        }
      }),
      { numRuns: 50 },
    );
  });

  it('keeps a thousand keys in use through a million keys that come once', () => {
    const occurrences = new Occurrences();
    for (let key = 0; key < 1000; key++) expect([next(occurrences, key), next(occurrences, key)]).toEqual([0, 1]);
    let once = 1e6;
    let lost = 0;
    for (let round = 1; round <= 50; round++) {
      for (let i = 0; i < 20_000; i++) next(occurrences, once++);
      for (let key = 0; key < 1000; key++) if (next(occurrences, key) !== 1 + round) lost++;
    }
    expect(lost).toBe(0);
  });

  it('remembers nearly all of the last ten thousand keys', () => {
    const occurrences = new Occurrences();
    for (let key = 0; key < 200_000; key++) next(occurrences, key);
    let kept = 0;
    for (let key = 199_999; key >= 190_000; key--) kept += next(occurrences, key);
    // A key is gone where 8 others have come to its set since: 0.1 % of the oldest, by Poisson with mean 2.4.
    expect(kept).toBeGreaterThan(9980);
  });

  it('takes 256 KiB, and none before it is used', () => {
    const before = process.memoryUsage().arrayBuffers;
    const all = Array.from({ length: 100 }, () => new Occurrences());
    expect(process.memoryUsage().arrayBuffers - before).toBeLessThan(256 * 1024);
    for (const one of all) one.next(1, 1);
    expect(process.memoryUsage().arrayBuffers - before).toBeLessThanOrEqual(101 * 256 * 1024);
    expect(all.every((one) => one.next(1, 1) === 1)).toBe(true);
  });
});
