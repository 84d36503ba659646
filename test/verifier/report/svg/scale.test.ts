import * as fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { clockAxis, distanceAxis, niceStep, valueAxis } from '../../../../verifier/report/svg/scale.ts';

const plain = (text: string): string => text.replaceAll('\u202F', ' ');
const labels = (axis: { ticks: readonly { label: string }[] }): string[] => axis.ticks.map((tick) => plain(tick.label));

test.each([
  [10, 4, 5],
  [1, 4, 0.5],
  [0.7, 4, 0.2],
  [100, 5, 20],
])('a span of %d in at most %d parts has steps of %d', (span, most, step) => {
  expect(niceStep(span, most)).toBeCloseTo(step, 12);
});

describe('valueAxis', () => {
  test('ratios are shown close up and never beyond 100 %', () => {
    expect(labels(valueAxis([0.992, 1], 0.995, 'ratio'))).toEqual(['99.0 %', '99.5 %', '100.0 %']);
    expect(labels(valueAxis([0.616, 1], 0.995, 'ratio'))).toEqual(['40 %', '60 %', '80 %', '100 %']);
  });

  test('times start at 0 and have one unit', () => {
    expect(labels(valueAxis([0.06, 0.25], 0.3, 'seconds'))).toEqual(['0 ms', '100 ms', '200 ms', '300 ms', '400 ms']);
    expect(labels(valueAxis([0.06, 2.2], 0.3, 'seconds'))).toEqual(['0 s', '1 s', '2 s', '3 s']);
  });

  test('a flat course, and none at all, still have a height', () => {
    for (const axis of [
      valueAxis([1, 1], null, 'ratio'),
      valueAxis([0], null, 'none'),
      valueAxis([], null, 'seconds'),
    ]) {
      expect(axis.to).toBeGreaterThan(axis.from);
      expect(axis.ticks.length).toBeGreaterThan(1);
    }
  });

  test('holds every value and its threshold, with few ticks, each inside and each with a label of its own', () => {
    const value = fc.double({ min: -1e6, max: 1e6, noNaN: true }).map((x) => Number(x.toPrecision(6)));
    fc.assert(
      fc.property(fc.array(value, { minLength: 1 }), fc.option(value), (values, threshold) => {
        const axis = valueAxis(values, threshold, 'none');
        const all = threshold === null ? values : [...values, threshold];
        const slack = (axis.to - axis.from) * 1e-6;
        expect(Math.min(...all)).toBeGreaterThanOrEqual(axis.from - slack);
        expect(Math.max(...all)).toBeLessThanOrEqual(axis.to + slack);
        expect(axis.ticks.length).toBeLessThanOrEqual(8);
        expect(new Set(labels(axis)).size).toBe(axis.ticks.length);
      }),
    );
  });
});

describe('time axes', () => {
  const from = Date.parse('2026-11-21T12:30:05.250Z') / 1000;
  test('ticks of the clock lie on round times', () => {
    expect(labels(clockAxis(from, from + 186))).toEqual([
      '12:30:30',
      '12:31:00',
      '12:31:30',
      '12:32:00',
      '12:32:30',
      '12:33:00',
    ]);
    expect(labels(clockAxis(from, from + 3600))[0]).toBe('12:40');
  });

  test('ticks of a distance count from the origin', () => {
    expect(labels(distanceAxis(from, from + 186, from + 60)).filter((_, index) => index % 2 === 0)).toEqual([
      '\u22121 min',
      '0',
      '+1 min',
      '+2 min',
    ]);
  });

  test('any span has between one and nine ticks, each inside', () => {
    fc.assert(
      fc.property(fc.double({ min: 3, max: 1e7, noNaN: true }), (span) => {
        const axis = clockAxis(from, from + span);
        expect(axis.ticks.length).toBeLessThanOrEqual(9);
        expect(axis.ticks.length).toBeGreaterThanOrEqual(1);
        for (const tick of axis.ticks) expect(tick.at).toBeGreaterThanOrEqual(from);
      }),
    );
  });
});
