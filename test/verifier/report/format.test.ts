import * as fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { formatBound, formatBracket, formatCount, formatFigure, prose } from '../../../verifier/report/format.ts';
import { formatClock, formatDate, formatDuration, unixSeconds } from '../../../verifier/report/format-time.ts';

const plain = (text: string): string => text.replaceAll('\u202F', ' ');

describe('formatFigure', () => {
  test.each([
    [1, '100 %'],
    [0.9996, '99.96 %'],
    [0.99996, '99.996 %'],
    [0.9999999, '99.99999 %'],
    [0.995, '99.5 %'],
    [0.5, '50 %'],
    [0.7273, '72.7 %'],
    [0.00004, '0.004 %'],
    [0, '0 %'],
    [1.25, '125 %'],
  ])('ratio %d is %s', (value, text) => {
    expect(plain(formatFigure(value, 'ratio'))).toBe(text);
  });

  test.each([
    [0, '0 s'],
    [0.0000425, '42.5 µs'],
    [0.0123, '12.3 ms'],
    [0.3, '300 ms'],
    [1.234, '1.23 s'],
    [75.31, '75.3 s'],
    [12_345, '12,345 s'],
  ])('%d seconds is %s', (value, text) => {
    expect(plain(formatFigure(value, 'seconds'))).toBe(text);
  });

  test.each([
    [1234.5, 'none', '1,235'],
    [-0.25, 'none', '\u22120.25'],
    [1e-9, 'none', '1.000e-9'],
    [49.8, 'per-second', '49.8/s'],
  ] as const)('%d %s is %s', (value, unit, text) => {
    expect(plain(formatFigure(value, unit))).toBe(text);
  });

  test('a ratio that is not 100 % or 0 % never reads as one', () => {
    fc.assert(
      fc.property(fc.double({ min: 1e-9, max: 1 - 1e-9, noNaN: true }), (ratio) => {
        expect(['100 %', '0 %']).not.toContain(plain(formatFigure(ratio, 'ratio')));
      }),
    );
  });

  test('a ratio reads as lying on the side of its bound where it lies', () => {
    const ratio = fc.integer({ min: 0, max: 1e7 }).map((step) => step / 1e7);
    fc.assert(
      fc.property(ratio, ratio, (value, bound) => {
        const shown = Number(plain(formatFigure(value, 'ratio', bound)).replace(' %', ''));
        expect(Math.sign(Number((shown - bound * 100).toFixed(9)))).toBe(Math.sign(value - bound));
      }),
    );
  });

  test('beside its bound a figure gets the digits that tell them apart', () => {
    expect(plain(formatFigure(0.994999, 'ratio', 0.995))).toBe('99.4999 %');
    expect(plain(formatFigure(0.30004, 'seconds', 0.3))).toBe('300.04 ms');
  });
});

describe('formatBracket', () => {
  test.each([
    [0.9994, 0.9997, 'ratio', '99.94 – 99.97 %'],
    [0.28, 1.2, 'seconds', '0.28 – 1.2 s'],
    [0.25, 0.25, 'seconds', '250 ms'],
    [null, 0.3, 'seconds', 'at most 300 ms'],
    [0.99, null, 'ratio', 'at least 99 %'],
    [null, null, 'ratio', 'no figure'],
  ] as const)('%s to %s %s is %s', (low, high, unit, text) => {
    expect(plain(formatBracket(low, high, unit))).toBe(text);
  });
});

test('counts, bounds and sentences', () => {
  expect(formatCount(1_234_567)).toBe('1,234,567');
  expect(plain(formatBound('>= 99.5 %'))).toBe('≥ 99.5 %');
  expect(prose('99.5 % asked, 2 s longer, 12 minutes')).toBe('99.5\u202F% asked, 2\u202Fs longer, 12 minutes');
});

describe('times', () => {
  const at = unixSeconds('2026-11-21T12:31:07.250Z');
  test('a date and a clock, in UTC', () => {
    expect(formatDate(at)).toBe('21 Nov 2026');
    expect([formatClock(at, 'minutes'), formatClock(at), formatClock(at, 'milliseconds')]).toEqual([
      '12:31',
      '12:31:07',
      '12:31:07.250',
    ]);
  });

  test.each([
    [0, '0 ms'],
    [0.82, '820 ms'],
    [4.62, '4.6 s'],
    [45, '45 s'],
    [59.7, '1 min'],
    [75, '1 min 15 s'],
    [3720, '1 h 2 min'],
    [-30, '\u221230 s'],
  ])('%d s lasts %s', (seconds, text) => {
    expect(plain(formatDuration(seconds))).toBe(text);
  });
});
