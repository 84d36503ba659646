import * as fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import type { Point } from '../../../../verifier/report/svg/course.ts';
import { beyond, excursionOf, splitAtGaps, thinOut } from '../../../../verifier/report/svg/course.ts';

const ABOVE = { value: 10, direction: 'above' } as const;

describe('splitAtGaps', () => {
  test('a null ends a stretch, and the gap reaches from value to value', () => {
    const points: Point[] = [
      [0, 1],
      [5, 2],
      [10, null],
      [15, null],
      [20, 3],
      [25, 4],
    ];
    expect(splitAtGaps(points)).toEqual({
      runs: [
        [
          [0, 1],
          [5, 2],
        ],
        [
          [20, 3],
          [25, 4],
        ],
      ],
      gaps: [{ from: 5, to: 20 }],
    });
  });

  test('points that are missing altogether are a gap too, never a line', () => {
    const points: Point[] = [
      [0, 1],
      [5, 1],
      [10, 1],
      [40, 1],
      [45, 1],
    ];
    expect(splitAtGaps(points).gaps).toEqual([{ from: 10, to: 40 }]);
  });

  test('a late scrape is no gap', () => {
    expect(
      splitAtGaps([
        [0, 1],
        [5, 1],
        [10, 1],
        [22, 1],
        [25, 1],
      ]).gaps,
    ).toEqual([]);
  });

  test('nulls at the ends and all along', () => {
    expect(
      splitAtGaps([
        [0, null],
        [5, 1],
        [10, null],
      ]).gaps,
    ).toEqual([
      { from: 0, to: 5 },
      { from: 5, to: 10 },
    ]);
    expect(
      splitAtGaps([
        [0, null],
        [5, null],
      ]),
    ).toEqual({ runs: [], gaps: [{ from: 0, to: 5 }] });
    expect(splitAtGaps([])).toEqual({ runs: [], gaps: [] });
  });
});

describe('beyond', () => {
  test('parts reach from crossing to crossing', () => {
    expect(
      beyond(
        [
          [0, 12],
          [10, 8],
          [20, 12],
        ],
        ABOVE,
      ),
    ).toEqual([
      [
        [5, 10],
        [10, 8],
        [15, 10],
      ],
    ]);
  });

  test('a course that begins or ends beyond has no crossing there', () => {
    expect(
      beyond(
        [
          [0, 8],
          [10, 12],
          [20, 8],
        ],
        ABOVE,
      ),
    ).toEqual([
      [
        [0, 8],
        [5, 10],
      ],
      [
        [15, 10],
        [20, 8],
      ],
    ]);
  });

  test('on the threshold is not beyond it', () => {
    expect(
      beyond(
        [
          [0, 10],
          [10, 10],
        ],
        ABOVE,
      ),
    ).toEqual([]);
  });
});

describe('excursionOf', () => {
  test('first, worst, how long, and when it was back', () => {
    const course = splitAtGaps([
      [0, 12],
      [10, 8],
      [20, 6],
      [30, 12],
      [40, 12],
    ]);
    const excursion = excursionOf(course, ABOVE);
    expect(excursion).toMatchObject({ first: 10, worst: [20, 6], back: 30 });
    expect(excursion?.seconds).toBeCloseTo(5 + 10 + 20 / 3, 6);
  });

  test('a course that ends beyond is not back', () => {
    expect(
      excursionOf(
        splitAtGaps([
          [0, 12],
          [10, 8],
        ]),
        ABOVE,
      )?.back,
    ).toBeNull();
    expect(
      excursionOf(
        splitAtGaps([
          [0, 12],
          [10, 11],
        ]),
        ABOVE,
      ),
    ).toBeNull();
  });
});

test('thinning keeps the ends and the extremes of every stretch, and the order', () => {
  const values = fc.array(fc.option(fc.integer({ min: -1000, max: 1000 }), { freq: 20 }), {
    minLength: 1,
    maxLength: 3000,
  });
  fc.assert(
    fc.property(values, (drawn) => {
      const course = splitAtGaps(drawn.map((value, index): Point => [index, value]));
      const thin = thinOut(course, 200);
      expect(thin.gaps).toEqual(course.gaps);
      for (const [index, run] of course.runs.entries()) {
        const kept = thin.runs[index] ?? [];
        const figures = run.map(([, value]) => value);
        const left = kept.map(([, value]) => value);
        expect([kept[0], kept.at(-1)]).toEqual([run[0], run.at(-1)]);
        expect([Math.min(...left), Math.max(...left)]).toEqual([Math.min(...figures), Math.max(...figures)]);
        expect(kept).toEqual(kept.toSorted((a, b) => a[0] - b[0]));
      }
    }),
    { numRuns: 40 },
  );
});

test('thinning makes a long course short', () => {
  const course = splitAtGaps(Array.from({ length: 3600 }, (_, index): Point => [index, Math.sin(index)]));
  expect(thinOut(course, 800).runs[0]?.length).toBeLessThanOrEqual(810);
});
