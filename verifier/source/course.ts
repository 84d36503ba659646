/** The course of counts over a run: events per scrape interval, for timelines. */
import { weighted, type CountWindow, type Row, type Track } from './counting.ts';

/** More points than this no chart can show. */
const MOST_POINTS = 2000;
/** Fewer events than this in one interval are drawn together with the neighbours before it. */
const FEW_EVENTS = 20;
/** Longest smoothing, in intervals. */
const MOST_SMOOTHED = 3;

/** The end of each interval, Unix seconds. */
export function courseTimes({ from, to, scrapeSeconds }: CountWindow): readonly number[] {
  const step = Math.max(scrapeSeconds, (to - from) / MOST_POINTS);
  const length = Math.max(1, Math.ceil((to - from) / step - 1e-9));
  return Array.from({ length }, (_, index) => Math.min(to, from + (index + 1) * step));
}

/** Events that became visible in each interval of `courseTimes`. */
export function courseOf(
  tracks: readonly Track[],
  weight: (row: Row) => number,
  times: readonly number[],
  from: number,
): readonly number[] {
  const events = times.map(() => 0);
  for (const track of tracks) {
    const sum = weighted(track, weight);
    if (sum === null) continue;
    for (const [index, time] of track.times.entries()) {
      if (index === 0 || time <= from) continue;
      const slot = times.findIndex((end) => time <= end);
      if (slot >= 0) events[slot] = (events[slot] ?? 0) + (sum[index] ?? 0) - (sum[index - 1] ?? 0);
    }
  }
  return events;
}

/**
 * How many intervals, counted back from the last, hold enough events for a figure: 1 to 3; null where 3 hold none.
 */
export function spanOf(events: readonly number[], slot: number): number | null {
  let sum = 0;
  const most = Math.min(MOST_SMOOTHED, slot + 1);
  for (let span = 1; span <= most; span++) {
    sum += events[slot - span + 1] ?? 0;
    if (sum >= FEW_EVENTS) return span;
  }
  return sum > 0 ? most : null;
}

/** The sum of the last `span` intervals. */
export function lastOf(events: readonly number[], slot: number, span: number): number {
  return events.slice(slot - span + 1, slot + 1).reduce((sum, value) => sum + value, 0);
}
