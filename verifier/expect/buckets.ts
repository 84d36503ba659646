/** The buckets of a histogram: their bounds in seconds, the share of events under each, the bracket of a quantile. */
import { countSeen, type CountWindow, type Row, type Track } from '../source/counting.ts';
import { showLabels, parseSampleValue, type Labels } from '../source/sample.ts';
import { share } from './share.ts';

/** Where a quantile lies. */
export interface QuantileBracket {
  /** Seconds; the quantile is surely above it. 0 where nothing is known. */
  readonly low: number;
  /** Seconds; the quantile is surely not above it. Null: it may lie beyond the largest bound. */
  readonly high: number | null;
  readonly problems: readonly string[];
}

/** Counters of one scrape are not read at one instant: a bucket may be ahead of the next by this part. */
const SKEW = 0.01;

/** The finite bounds of all buckets, ascending, in seconds; or why they are no histogram. */
export function bucketBounds(
  found: readonly Labels[],
  unitSeconds: number,
): { readonly bounds: readonly number[]; readonly problems: readonly string[] } {
  const layouts = new Map<string, Set<number>>();
  const problems: string[] = [];
  for (const labels of found) {
    const { le, ...rest } = labels;
    const bound = boundOf(labels);
    if (bound === null)
      problems.push(`${showLabels(labels)} has ${le === undefined ? 'no le' : 'a malformed le'}: not a bucket`);
    else {
      const key = showLabels(rest);
      layouts.set(key, (layouts.get(key) ?? new Set()).add(bound));
    }
  }
  const all = [...new Set([...layouts.values()].flatMap((layout) => [...layout]))].sort((a, b) => a - b);
  for (const [series, layout] of layouts) {
    if (!layout.has(Infinity)) problems.push(`${series} has no le="+Inf" bucket`);
    else if (layout.size !== all.length)
      problems.push(`${series} has other buckets than the rest: they cannot be added up`);
  }
  return { bounds: all.filter(Number.isFinite).map((bound) => inSeconds(bound, unitSeconds)), problems };
}

/** Brackets the quantile by the brackets of the shares under each bound. */
export function bracketQuantile(
  tracks: readonly Track[],
  bounds: readonly number[],
  quantile: number,
  unitSeconds: number,
  window: CountWindow,
): QuantileBracket {
  let low = 0;
  let high: number | null = null;
  const problems = new Set<string>();
  let before = 0;
  for (const bound of bounds) {
    const under = share(tracks, upTo(bound, unitSeconds), beyond(bound, unitSeconds), window);
    for (const problem of under.problems) problems.add(problem);
    if (under.high !== null && under.high < quantile) low = Math.max(low, bound);
    if (under.low !== null && under.low >= quantile) high = Math.min(high ?? Infinity, bound);
    const seen = countSeen(tracks, upTo(bound, unitSeconds), window);
    if (seen < before * (1 - SKEW) - 1)
      problems.add(`the bucket of ${bound} s holds fewer events than the one below it`);
    before = Math.max(before, seen);
  }
  return { low, high, problems: [...problems] };
}

/**
 * The bound under which the quantile lies, given the events at or under each bound and all events; Infinity where it
 * lies beyond the largest.
 */
export function quantileBound(
  bounds: readonly number[],
  under: readonly number[],
  total: number,
  quantile: number,
): number {
  const index = under.findIndex((events) => events >= quantile * total * (1 - 1e-12));
  return bounds[index] ?? Infinity;
}

/** Weighs the bucket of exactly this bound: events at or under it. */
export function upTo(bound: number, unitSeconds: number): (row: Row) => number {
  return (row) => (isBound(row, bound, unitSeconds) ? 1 : 0);
}

/** All events. */
export function everything(row: Row): number {
  return boundOf(row.labels) === Infinity ? 1 : 0;
}

function beyond(bound: number, unitSeconds: number): (row: Row) => number {
  return (row) => everything(row) - (isBound(row, bound, unitSeconds) ? 1 : 0);
}

function isBound(row: Row, bound: number, unitSeconds: number): boolean {
  const le = boundOf(row.labels);
  return le !== null && Number.isFinite(le) && inSeconds(le, unitSeconds) === bound;
}

/** `le` as a number: "1" and "1.0" are the same bound. Null where it is missing or malformed. */
function boundOf(labels: Labels): number | null {
  const bound = parseSampleValue(labels['le']);
  return bound === null || Number.isNaN(bound) || bound === -Infinity ? null : bound;
}

/** Rounded to the nanosecond, so that 300 ms and 0.3 s are one number. */
function inSeconds(bound: number, unitSeconds: number): number {
  return Math.round(bound * unitSeconds * 1e9) / 1e9;
}
