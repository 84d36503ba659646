import * as fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { series, up, type Scraped } from '../../support/series.ts';
import { shareOf } from '../../../verifier/expect/share.ts';
import {
  count,
  countSeen,
  follow,
  type CountWindow,
  type Row,
  type Tracks,
} from '../../../verifier/source/counting.ts';
import { duplicatedBy } from '../../../verifier/source/replicas.ts';
import type { Series } from '../../../verifier/source/sample.ts';
import { groupByTarget } from '../../../verifier/source/targets.ts';

/** The phase is 0 s to 60 s, scrapes come every 15 s at +5 s: ..., -25, -10, 5, 20, 35, 50, 65, 80. */
const window: CountWindow = { from: 0, to: 60, scrapeSeconds: 15 };
const pod: Scraped = { instance: 'a:80', offset: 5, every: 15, from: -37, to: 82 };
const other: Scraped = { ...pod, instance: 'b:80', offset: 9 };

function tracksOf(all: readonly Series[], ups: readonly Series[] = [up(pod), up(other)], within = window): Tracks {
  return follow(
    groupByTarget(
      all.map((one) => ({ selection: 0, series: one })),
      ups,
    ),
    within,
  );
}
const every = (): number => 1;
const code = (value: string) => (row: Row) => (row.labels['code'] === value ? 1 : 0);
const counted = (all: readonly Series[], ups?: readonly Series[]) => {
  const tracks = tracksOf(all, ups);
  const { atLeast, atMost, problems } = count(tracks.tracks, every, window);
  return { atLeast, atMost, problems: [...tracks.problems, ...tracks.missing, ...problems], notes: tracks.notes };
};
/** Ten events a second. */
const steady = (at: number): number => 1000 + 10 * at;

describe('the bracket of one series', () => {
  test('at least between the scrapes inside, at most between those around', () => {
    expect(counted([series('x', pod, steady)])).toEqual({ atLeast: 450, atMost: 750, problems: [], notes: [] });
  });

  test('scrapes on both edges leave nothing open', () => {
    const exact = { ...pod, offset: 0 };
    expect(counted([series('x', exact, steady)], [up(exact)])).toMatchObject({ atLeast: 600, atMost: 600 });
  });

  test('several targets are added', () => {
    const both = [series('x', pod, steady), series('x', other, steady)];
    expect(counted(both)).toMatchObject({ atLeast: 900, atMost: 1500, problems: [] });
  });

  test('a reset counts what came after it, and is told', () => {
    const restarted = series('x', pod, (at) => (at < 30 ? steady(at) : 10 * (at - 30)));
    // 5 -> 20: 150; 20 -> (restart at 30) 35: 50; 35 -> 50: 150.
    const result = counted([restarted]);
    expect(result).toMatchObject({ atLeast: 350, atMost: 150 + 350 + 150, problems: [] });
    expect(result.notes[0]).toContain('1 counter resets');
  });
});

describe('series that are born in the phase', () => {
  const born = (at: number): number | undefined => (at > 12 ? 10 * (at - 12) : undefined);

  test('begin at 0 where their target was being scraped before', () => {
    // 80 at +20, 230 at +35, 380 at +50, 530 at +65; 0 at +5.
    expect(counted([series('x', pod, born)])).toEqual({ atLeast: 380, atMost: 530, problems: [], notes: [] });
  });

  test('a burst that never grows again is counted whole', () => {
    expect(counted([series('x', pod, (at) => (at > 12 ? 77 : undefined))])).toMatchObject({ atLeast: 77, atMost: 77 });
  });

  test('sibling series stand in for up', () => {
    const ok = series('x', pod, steady, { code: '200' });
    const bad = series('x', pod, born, { code: '500' });
    const { tracks, problems } = tracksOf([ok, bad], []);
    expect(problems).toEqual([]);
    expect(count(tracks, code('500'), window)).toMatchObject({ atLeast: 380, atMost: 530 });
  });

  test('without up and siblings the first value may or may not belong', () => {
    expect(counted([series('x', pod, born)], [])).toMatchObject({ atLeast: 300, atMost: 530, problems: [] });
  });

  test('a target that is new itself leaves its first value open', () => {
    const fresh = { ...pod, from: 15 };
    const result = counted([series('x', fresh, (at) => 10 * (at - 12))], [up(fresh)]);
    expect(result).toMatchObject({ atLeast: 300, atMost: 530, problems: [] });
    expect(result.notes).toEqual(['target app at a:80 is first seen inside the phase']);
  });

  test('a series born on a new target after its first scrape begins at 0', () => {
    const fresh = { ...pod, from: 15 };
    expect(counted([series('x', fresh, (at) => (at > 30 ? 40 : undefined))], [up(fresh)])).toMatchObject({
      atLeast: 40,
      atMost: 40,
    });
  });

  test('after the phase they do not concern it', () => {
    expect(counted([series('x', pod, (at) => (at > 70 ? 5 : undefined))])).toMatchObject({ atLeast: 0, atMost: 0 });
  });

  test('between the end and the scrape after it they may belong', () => {
    expect(counted([series('x', pod, (at) => (at > 60 ? 5 : undefined))])).toMatchObject({ atLeast: 0, atMost: 5 });
  });
});

describe('what makes a figure unsound', () => {
  const ok = series('x', pod, steady);
  test.each<[string, readonly Series[], readonly Series[], RegExp]>([
    [
      'up was 0',
      [series('x', pod, (at) => (at === 20 ? undefined : steady(at)))],
      [up(pod, (at) => (at === 20 ? 0 : 1))],
      /could not be scraped \(up was 0 at 1/,
    ],
    [
      'a target went dark',
      [series('x', { ...pod, to: 10 }, steady)],
      [up({ ...pod, to: 10 })],
      /went dark: its last sample is from 55 s before/,
    ],
    ['a gap', [series('x', pod, (at) => (at > 6 && at < 49 ? undefined : steady(at)))], [], /no sample for 45 s/],
    [
      'a series ended',
      [ok, series('x', pod, (at) => (at < 30 ? 5 : undefined), { code: '500' })],
      [up(pod)],
      /code="500".* ended in the phase/,
    ],
    ['a hole', [series('x', pod, (at) => (at === 35 ? undefined : steady(at)))], [up(pod)], /missing from a scrape/],
    ['NaN', [series('x', pod, () => Number.NaN)], [up(pod)], /NaN: not a counter/],
    ['infinity', [series('x', pod, () => Infinity)], [up(pod)], /Infinity: not a counter/],
    ['a gauge', [series('x', pod, (at) => 1000 - at)], [up(pod)], /goes back from/],
    [
      'no scrape after the end',
      [series('x', { ...pod, to: 60 }, steady)],
      [up({ ...pod, to: 60 })],
      /after the end of the phase is missing/,
    ],
  ])('%s', (_, all, ups, problem) => {
    expect(counted(all, ups).problems.join()).toMatch(problem);
  });

  test('one missed scrape is no gap', () => {
    const missed = (at: number): number | undefined => (at === 20 ? undefined : steady(at));
    const ups = [series('up', pod, (at) => (at === 20 ? undefined : 1))];
    expect(counted([series('x', pod, missed)], ups)).toEqual({ atLeast: 450, atMost: 750, problems: [], notes: [] });
  });

  test('a target that had left before the phase is no part of it', () => {
    const gone = { ...other, to: -30 };
    expect(counted([series('x', pod, steady), series('x', gone, steady)], [up(pod), up(gone)])).toMatchObject({
      atLeast: 450,
      atMost: 750,
      problems: [],
    });
  });

  test('a counter that a restart took away stands at 0', () => {
    const ok = series('x', pod, (at) => (at < 30 ? steady(at) : at - 30), { code: '200' });
    const bad = series('x', pod, (at) => (at < 30 ? 5 : undefined), { code: '500' });
    const { tracks, problems } = tracksOf([ok, bad], [up(pod)]);
    expect(problems).toEqual([]);
    expect(count(tracks, code('500'), window)).toMatchObject({ atLeast: 0, atMost: 0 });
  });

  test('a series with times of its own is not held against the scrapes', () => {
    const own = series('x', { ...pod, offset: 2 }, steady);
    expect(counted([own], [up(pod)])).toMatchObject({ atLeast: 450, atMost: 750, problems: [] });
  });

  test('nothing after the end leaves at most open', () => {
    const early = { ...pod, to: 60 };
    expect(counted([series('x', early, steady)], [up(early)])).toMatchObject({ atLeast: 450, atMost: null });
  });
});

describe('differences', () => {
  const total = series('x', pod, steady, { code: 'all' });
  const bad = series('x', pod, (at) => Math.max(0, 2 * at), { code: '500' });
  const rest = (row: Row): number => (row.labels['code'] === 'all' ? 1 : -1);

  test('are exact on the scrapes of one target', () => {
    const { tracks } = tracksOf([total, bad]);
    // 150 - 30 events per scrape inside; the first interval has 150 - 10.
    expect(count(tracks, rest, window)).toEqual({ atLeast: 3 * 120, atMost: 140 + 4 * 120, problems: [] });
    expect(countSeen(tracks, rest, window)).toBe(360);
  });

  test('across targets open the bracket on both sides', () => {
    const elsewhere = series('x', other, (at) => 100 + 2 * at, { code: '500' });
    const { tracks } = tracksOf([total, elsewhere]);
    expect(count(tracks, rest, window)).toEqual({ atLeast: 450 - 150, atMost: 750 - 90, problems: [] });
  });

  test('of what is no part of the rest are refused', () => {
    const more = series('x', pod, (at) => (at < 30 ? 0 : 100 * (at - 30)), { code: '500' });
    expect(count(tracksOf([total, more]).tracks, rest, window).problems[0]).toContain('is no part of the rest');
  });
});

test('replicas are told by the one label that differs', () => {
  const labels = { __name__: 'x', instance: 'a:80', prometheus_replica: 'r0' };
  expect(duplicatedBy([labels, { ...labels, prometheus_replica: 'r1' }])).toEqual({
    label: 'prometheus_replica',
    values: ['r0', 'r1'],
  });
  expect(duplicatedBy([labels, { ...labels, instance: 'b:80', prometheus_replica: 'r1' }])).toBeNull();
  expect(duplicatedBy([{ x: '1' }, { x: '2' }])).toBeNull();
});

describe('the truth lies in the bracket', () => {
  const event = fc.record({ at: fc.integer({ min: -40_000, max: 100_000 }), bad: fc.boolean() });
  const target = fc.record({ offset: fc.integer({ min: 0, max: 9999 }), events: fc.array(event, { maxLength: 60 }) });

  test('whatever happens when, wherever the scrapes fall, with counters that begin at their first event', () => {
    fc.assert(
      fc.property(
        fc.array(target, { minLength: 1, maxLength: 4 }),
        fc.integer({ min: 12_000, max: 60_000 }),
        (targets, toMs) => {
          // Milliseconds and a half: no event falls on an edge or on a scrape.
          const within = { from: 0, to: toMs / 1000, scrapeSeconds: 10 };
          const all: Series[] = [];
          const ups: Series[] = [];
          for (const [index, { offset, events }] of targets.entries()) {
            const scraped = { instance: `${index}`, offset: offset / 1000, every: 10, from: -25, to: within.to + 15 };
            ups.push(up(scraped));
            for (const bad of [true, false]) {
              const value = (at: number): number | undefined =>
                events.filter((one) => one.bad === bad && (one.at + 0.5) / 1000 <= at).length || undefined;
              all.push(series('x', scraped, value, { code: bad ? '500' : '200' }));
            }
          }
          const tracks = tracksOf(
            all.filter((one) => one.samples.length > 0),
            ups,
            within,
          );
          expect(tracks.problems).toEqual([]);
          const inside = targets.flatMap(({ events }) => events).filter(({ at }) => at >= 0 && at < toMs);
          const badTruth = inside.filter(({ bad }) => bad).length;
          const bad = count(tracks.tracks, code('500'), within);
          const good = count(tracks.tracks, code('200'), within);
          expect(bad.atLeast).toBeLessThanOrEqual(badTruth);
          expect(bad.atMost).toBeGreaterThanOrEqual(badTruth);
          expect(good.atLeast).toBeLessThanOrEqual(inside.length - badTruth);
          expect(good.atMost).toBeGreaterThanOrEqual(inside.length - badTruth);
          const { low, high } = shareOf(good, bad);
          if (inside.length > 0 && low !== null)
            expect(low).toBeLessThanOrEqual((inside.length - badTruth) / inside.length);
          if (inside.length > 0 && high !== null)
            expect(high).toBeGreaterThanOrEqual((inside.length - badTruth) / inside.length);
        },
      ),
      { numRuns: 300 },
    );
  });
});
