/**
 * Counts events of a phase exactly, from raw samples. Prometheus' `increase()` extrapolates, and is blind to a series
 * that is born inside the range: a counter that begins at its first error hides that error and all before the next
 * scrape. Here every figure is a bracket between what surely belongs to the phase and what can belong to it at most:
 *
 *             from                            to
 *      c       |   a                    b     |    d        scrapes of one target
 *   ---x-------|---x--------x-----------x-----|----x--->
 *              |   |<---- at least ---->|     |
 *      |<------------------ at most -------------->|
 *
 * All series of a target are followed on the scrapes of that target, so a difference of counters is exact there.
 */
import { showLabels, type Labels } from './sample.ts';
import { scrapeAt, type Selected, type Target } from './targets.ts';

/** A stretch of time, Unix seconds, and how often the series in question are scraped. */
export interface CountWindow {
  readonly from: number;
  readonly to: number;
  readonly scrapeSeconds: number;
}

/** A series on the scrapes of its target. */
export interface Row {
  readonly selection: number;
  readonly labels: Labels;
  /** Events since the first scrape's value, plus that value: never goes down, resets are taken out. */
  readonly total: readonly number[];
}

/** A target that counts for the window. */
export interface Track {
  readonly name: string;
  readonly times: readonly number[];
  readonly rows: readonly Row[];
  /** No scrape at or before the start: how much of the first value belongs to the window is not known. */
  readonly fresh: boolean;
}

/** What the samples around a window tell. */
export interface Tracks {
  readonly tracks: readonly Track[];
  /** Why no sound statement can be made; each a sentence without its full stop. */
  readonly problems: readonly string[];
  /** Targets whose scrape after the end is not there (yet): what happened at most is not known. */
  readonly missing: readonly string[];
  /** What a reader must know without it spoiling the figure. */
  readonly notes: readonly string[];
}

/** How many events the window holds: null where the samples set no limit on that side. */
export interface Count {
  readonly atLeast: number | null;
  readonly atMost: number | null;
}

/** Scrapes further apart than this many intervals are a gap: one missed scrape is none. */
export const GAP_SCRAPES = 2.5;
/** A target seen last longer before the start than this had left before: its next scrape would have been due. */
const GONE_SCRAPES = 1.5;
/** Counters are doubles: differences below it are rounding. */
const ROUNDING = 1e-6;

/** Follows every series through the window. */
export function follow(targets: readonly Target[], window: CountWindow): Tracks {
  const problems: string[] = [];
  const missing: string[] = [];
  const notes: string[] = [];
  const tracks: Track[] = [];
  let resets = 0;
  for (const target of targets) {
    const lastSeen = Math.max(target.scrapes.at(-1) ?? -Infinity, target.failures.at(-1) ?? -Infinity);
    if (lastSeen < window.from - GONE_SCRAPES * window.scrapeSeconds) continue;
    problems.push(...scrapeProblems(target, window));
    if (!target.scrapes.some((time) => time >= window.to)) {
      missing.push(`the scrape of ${target.name} after the end of the phase is missing`);
    }
    const fresh = !target.scrapes.some((time) => time <= window.from);
    if (fresh && target.scrapes.length > 0) notes.push(`target ${target.name} is first seen inside the phase`);
    const rows: Row[] = [];
    for (const selected of target.series) {
      const row = followSeries(selected, target, window);
      rows.push(row.row);
      problems.push(...row.problems);
      resets += row.resets;
    }
    tracks.push({ name: target.name, times: target.scrapes, rows, fresh });
  }
  if (resets > 0)
    notes.push(`${resets} counter resets: what was counted between the last scrape and a restart is in no sample`);
  return { tracks, problems, missing, notes };
}

/**
 * Adds up the rows by weight (0 leaves a row out) and gives the bracket of the window. `problems` says where the sum is
 * no counter, which happens when something is subtracted that is no part of the rest.
 */
export function count(
  tracks: readonly Track[],
  weight: (row: Row) => number,
  window: CountWindow,
): Count & { readonly problems: readonly string[] } {
  let atLeast: number | null = 0;
  let atMost: number | null = 0;
  const problems: string[] = [];
  for (const track of tracks) {
    const sum = weighted(track, weight);
    if (sum === null) continue;
    const { inner, outer, rises, falls } = edges(track, sum, window);
    if (rises && falls)
      problems.push(`at ${track.name} the difference goes up and down: what is subtracted is no part of the rest`);
    const [least, most]: [number | null, number | null] = falls ? [outer, inner] : [inner, outer];
    atLeast = atLeast === null || least === null ? null : atLeast + least;
    atMost = atMost === null || most === null ? null : atMost + most;
  }
  // A sum of several targets can only be a count, whatever the edges allow each of them.
  return {
    atLeast: atLeast === null ? null : Math.max(0, atLeast),
    atMost: atMost === null ? null : Math.max(0, atMost),
    problems,
  };
}

/**
 * What the scrapes inside the window have seen, without its edges: for a window that ends now, after which no scrape
 * can be waited for.
 */
export function countSeen(tracks: readonly Track[], weight: (row: Row) => number, window: CountWindow): number {
  let seen = 0;
  for (const track of tracks) {
    const sum = weighted(track, weight);
    if (sum !== null) seen += edges(track, sum, window).inner;
  }
  return Math.max(0, seen);
}

/** The weighted sum at every scrape; null where no row counts. */
export function weighted(track: Track, weight: (row: Row) => number): readonly number[] | null {
  const sum = track.times.map(() => 0);
  let any = false;
  for (const row of track.rows) {
    const factor = weight(row);
    if (factor === 0) continue;
    any = true;
    for (const [index, total] of row.total.entries()) sum[index] = (sum[index] ?? 0) + factor * total;
  }
  return any ? sum : null;
}

interface Edges {
  readonly inner: number;
  /** Null: there is no scrape after the end. */
  readonly outer: number | null;
  readonly rises: boolean;
  readonly falls: boolean;
}

function edges({ times, fresh }: Track, sum: readonly number[], { from, to }: CountWindow): Edges {
  const value = (index: number): number => sum[index] ?? 0;
  const a = times.findIndex((time) => time >= from);
  const b = times.findLastIndex((time) => time <= to);
  const c = times.findLastIndex((time) => time <= from);
  const d = times.findIndex((time) => time >= to);
  const inner = a >= 0 && b > a ? value(b) - value(a) : 0;
  const outer = d < 0 ? null : value(d) - (fresh ? 0 : value(c));
  const steps = [fresh ? value(0) : 0];
  for (let index = Math.max(c, 0) + 1; index <= (d < 0 ? times.length - 1 : d); index++)
    steps.push(value(index) - value(index - 1));
  return { inner, outer, rises: steps.some((step) => step > ROUNDING), falls: steps.some((step) => step < -ROUNDING) };
}

function scrapeProblems({ name, scrapes, failures, witnessed }: Target, window: CountWindow): string[] {
  const { from, to, scrapeSeconds } = window;
  const longest = GAP_SCRAPES * scrapeSeconds;
  const problems: string[] = [];
  const failed = failures.filter((time) => time >= from && time <= to).length;
  if (failed > 0) problems.push(`target ${name} could not be scraped (up was 0 at ${failed} scrapes in the phase)`);
  const first = Math.max(
    0,
    scrapes.findLastIndex((time) => time <= from),
  );
  const after = scrapes.findIndex((time) => time >= to);
  const last = after < 0 ? scrapes.length - 1 : after;
  for (let index = first + 1; index <= last; index++) {
    const gap = (scrapes[index] ?? 0) - (scrapes[index - 1] ?? 0);
    if (gap > longest)
      problems.push(
        `target ${name} has no sample for ${seconds(gap)} in the phase, it is scraped every ${seconds(scrapeSeconds)}`,
      );
  }
  const end = scrapes.at(-1);
  if (end === undefined || after >= 0) return problems;
  if (to - end > longest) {
    const what = witnessed ? `target ${name} went dark` : `${name} ended`;
    problems.push(`${what}: its last sample is from ${seconds(to - end)} before the end of the phase`);
  }
  return problems;
}

function followSeries(
  { selection, series }: Selected,
  target: Target,
  window: CountWindow,
): { row: Row; problems: string[]; resets: number } {
  const { scrapes } = target;
  const problems: string[] = [];
  const who = showLabels(series.labels);
  const values: (number | undefined)[] = scrapes.map(() => undefined);
  for (const sample of series.samples) {
    const index = scrapeAt(scrapes, sample.at);
    if (!Number.isFinite(sample.value) || sample.value < 0)
      problems.push(`${who} has the value ${sample.value}: not a counter`);
    else if (index >= 0) values[index] = sample.value;
  }
  // Where the series begins: every scrape before it found the target without the series, so it was 0 there.
  const begin = Math.max(
    0,
    scrapes.findLastIndex((time) => time <= window.from),
  );
  const after = scrapes.findIndex((time) => time >= window.to);
  const end = after < 0 ? scrapes.length - 1 : after;
  const born = values.findIndex((value) => value !== undefined);
  const ended = values.findLastIndex((value) => value !== undefined);
  const total: number[] = [];
  let previous = 0;
  let sum = 0;
  let resets = 0;
  for (let index = 0; index < scrapes.length; index++) {
    const value = values[index];
    const counts = index > begin && index <= end;
    if (value !== undefined) {
      if (value < previous && counts) {
        resets++;
        if (isImplausible(previous, value))
          problems.push(`${who} goes back from ${previous} to ${value}: a gauge, or two sources in one series`);
      }
      sum += value < previous ? value : value - previous;
      previous = value;
    } else if (counts && index > born && index < ended) problems.push(`${who} is missing from a scrape of its target`);
    else if (counts && index === ended + 1 && index > born && born >= 0) {
      // After a restart a counter that nothing has increased yet is not there: it stands at 0.
      if (restarted(target, index)) resets++;
      else problems.push(`${who} ended in the phase though its target went on`);
    }
    total.push(sum);
  }
  return { row: { selection, labels: series.labels, total }, problems, resets };
}

/** Whether another counter of the target went back at this scrape. */
function restarted({ scrapes, series }: Target, index: number): boolean {
  const at = scrapes[index] ?? 0;
  return series.some(({ series: { samples } }) => {
    const here = samples.findIndex((sample) => Math.abs(sample.at - at) < 0.005);
    return here > 0 && (samples[here]?.value ?? 0) < (samples[here - 1]?.value ?? 0);
  });
}

/** A restarted counter begins near 0; a step back by a few is a gauge or the switch between two replicas. */
function isImplausible(before: number, after: number): boolean {
  return before >= 100 && after > before * 0.9;
}

function seconds(value: number): string {
  return `${Number(value.toFixed(1))} s`;
}
