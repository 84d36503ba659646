import { describe, expect, it } from 'vitest';
import { delay } from '../../../proxy/faults/delay.ts';
import { drawDelay } from '../../../proxy/route/select.ts';

const DRAWS = 100_000;

function problems(written: unknown): string[] {
  const result = delay.params.safeParse(written);
  return result.error?.issues.map(({ path, message }) => `${path.join('.')}: ${message}`) ?? [];
}

function lengthOf(written: unknown): (uniform: number) => number {
  const [effect, ...rest] = delay.compile(delay.params.parse(written));
  expect(rest).toEqual([]);
  if (effect?.kind !== 'hold') throw new Error(`not a hold: ${effect?.kind}`);
  return effect.delayMs;
}

/** Delays of sequential keys, sorted. */
function sample(written: unknown): number[] {
  const length = lengthOf(written);
  const rule = { id: 'slow', seed: 1 };
  const drawn = Array.from({ length: DRAWS }, (_, i) =>
    length(drawDelay(rule, { high: i, low: 0, occurrence: 0, instanceName: '' }, 0)),
  );
  return drawn.sort((a, b) => a - b);
}

describe('delay', () => {
  it.each<[unknown, unknown]>([
    ['200ms', { law: 'fixed', ms: 200 }],
    [{ fixed: '1.5s' }, { law: 'fixed', ms: 1500 }],
    ['200ms..2s', { law: 'uniform', fromMs: 200, toMs: 2000 }],
    ['0s..2s', { law: 'uniform', fromMs: 0, toMs: 2000 }],
    [
      { from: '200ms', to: '2s' },
      { law: 'uniform', fromMs: 200, toMs: 2000 },
    ],
    [
      { p50: '200ms', p99: '2s' },
      { law: 'lognormal', p50Ms: 200, p99Ms: 2000, maxMs: 20_000 },
    ],
    [
      { p50: '200ms', p99: '2s', max: '2s' },
      { law: 'lognormal', p50Ms: 200, p99Ms: 2000, maxMs: 2000 },
    ],
    [
      { p50: '1h', p99: '3h' },
      { law: 'lognormal', p50Ms: 3_600_000, p99Ms: 10_800_000, maxMs: 86_400_000 },
    ],
  ])('reads %j', (written, law) => {
    expect(delay.params.parse(written)).toEqual(law);
  });

  it.each<[unknown, string]>([
    [{}, ': no duration: write either'],
    [{ fixed: '1s', from: '1s', to: '2s' }, ': has fixed, from, to: write either'],
    [{ from: '1s' }, ': has from: write either'],
    [{ p99: '1s' }, ': has p99: write either'],
    [{ fixed: '1s', max: '2s' }, ': has fixed, max: write either'],
    [{ from: '1s', to: '2s', max: '2s' }, ': has from, to, max: write either'],
    [{ from: '2s', to: '2s' }, 'to: must be longer than from (2s)'],
    ['2s..1s', 'to: must be longer than from (2s)'],
    [{ p50: '1s', p99: '1s' }, 'p99: must be longer than p50 (1s)'],
    [{ p50: '1s', p99: '3s', max: '2s' }, 'max: must be at least p99 (3s)'],
    [{ fixed: '0s' }, 'fixed: 0s is too short'],
    [{ p50: '0s', p99: '1s' }, 'p50: 0s is too short'],
    ['25h', 'fixed: 25h is too long'],
    [200, 'fixed: 200 has no unit'],
    ['200', 'fixed: "200" has no unit'],
    ['200ms..', 'to: "" is not a duration'],
    [{ fixd: '1s' }, ': Unrecognized key: "fixd"'],
    [null, ': write 200ms'],
    [['1s'], ': write 200ms'],
  ])('refuses %j', (written, problem) => {
    expect(problems(written)).toEqual([expect.stringContaining(problem)]);
  });

  it.each<[unknown]>([
    ['200ms'],
    ['200ms..2s'],
    [{ p50: '200ms', p99: '2s' }],
    [{ p50: '1s', p99: '1.2s', max: '1.2s' }],
  ])('draws %j as predicted', (written) => {
    const length = lengthOf(written);
    const { responseFlags, addedMs, status } = delay.predict(delay.params.parse(written));
    expect([responseFlags, status]).toEqual(['DI', undefined]);
    if (addedMs === undefined) throw new Error('no prediction of time');
    const drawn = sample(written);
    // An order statistic of n uniform draws lies within 4.5 sqrt(p (1 - p) / n) of its quantile.
    for (const [p, predicted] of [
      [0.5, addedMs.p50],
      [0.99, addedMs.p99],
    ] as const) {
      expect(length(p)).toBeCloseTo(predicted, 6);
      const off = 4.5 * Math.sqrt((p * (1 - p)) / DRAWS);
      const measured = drawn[Math.floor(p * DRAWS)] ?? Number.NaN;
      expect(measured).toBeGreaterThanOrEqual(length(p - off));
      expect(measured).toBeLessThanOrEqual(length(p + off));
    }
    expect(drawn[0]).toBeGreaterThanOrEqual(addedMs.least);
    expect(drawn.every(Number.isFinite)).toBe(true);
  });

  it('is lognormal in between: its logarithm is symmetric around the median', () => {
    const length = lengthOf({ p50: '200ms', p99: '2s' });
    for (const p of [0.01, 0.1, 0.25, 0.4]) expect(length(p) * length(1 - p)).toBeCloseTo(200 * 200, 4);
    // 2000 = 200 exp(2.3263 s), and a quarter lies below exp(-0.67449 s): by the normal tables.
    expect(length(0.25)).toBeCloseTo(200 * 10 ** (-0.6744897501960817 / 2.3263478740408408), 6);
  });

  it('cuts at max, by default ten times p99', () => {
    const never = 1 - 2 ** -33;
    expect(lengthOf({ p50: '1ms', p99: '10s' })(never)).toBe(100_000);
    expect(lengthOf({ p50: '200ms', p99: '2s', max: '3s' })(never)).toBe(3000);
  });

  it('stays inside a range', () => {
    const length = lengthOf('200ms..2s');
    expect(length(2 ** -33)).toBeGreaterThanOrEqual(200);
    expect(length(1 - 2 ** -33)).toBeLessThanOrEqual(2000);
  });
});
