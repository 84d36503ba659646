/** Timelines for the page: the courses of a journal with their phases, bounds, moments and a sentence each. */
import { formatBound, formatFigure } from './format.ts';
import { formatClock, formatDuration, unixSeconds } from './format-time.ts';
import type { Journal, Timeline } from './journal.ts';
import type { Course, Point, Span, Threshold } from './svg/course.ts';
import { excursionOf, splitAtGaps, thinOut } from './svg/course.ts';
import type { Axis } from './svg/scale.ts';
import { valueAxis } from './svg/scale.ts';
import type { Chart } from './svg/timeline.ts';

/** Points drawn on a whole page: keeps it small however long and fine the run was. */
const POINTS_PER_PAGE = 4_000;
const MOST_POINTS = 800;
const FEWEST_POINTS = 60;

/** One chart for each timeline of the journal. `charts` is how many share the page (the budget of points). */
export function chartsOf(journal: Journal, charts: number = journal.timelines.length): readonly Chart[] {
  const budget = Math.min(MOST_POINTS, Math.max(FEWEST_POINTS, Math.floor(POINTS_PER_PAGE / Math.max(1, charts))));
  const phases = journal.phases.map((phase) => ({
    name: phase.name,
    from: unixSeconds(phase.from),
    to: unixSeconds(phase.to),
  }));
  return journal.timelines.map((timeline) => {
    const course = splitAtGaps(inOrder(timeline.points));
    const threshold = thresholdOf(timeline);
    return {
      name: timeline.name,
      unit: timeline.unit,
      threshold,
      bound: boundText(journal, timeline, threshold),
      course: thinOut(course, budget),
      phases,
      moments: momentsOf(journal, timeline),
      summary: summary(timeline, course, threshold, faultStart(journal)),
    };
  });
}

/** The stretch that all phases and timelines of a journal lie in, Unix seconds. */
export function spanOf(journal: Journal): Span {
  let from = unixSeconds(journal.startedAt);
  let to = unixSeconds(journal.endedAt);
  const edges = journal.phases.flatMap((phase) => [unixSeconds(phase.from), unixSeconds(phase.to)]);
  for (const timeline of journal.timelines) edges.push(...timeline.points.map(([at]) => at));
  if (edges.length > 0) {
    from = edges.reduce((a, b) => Math.min(a, b), Infinity);
    to = edges.reduce((a, b) => Math.max(a, b), -Infinity);
  }
  return to > from ? { from, to } : { from, to: from + 1 };
}

/** The value axis that holds all the given charts: one for each chart alone, or one for charts that are compared. */
export function axisFor(charts: readonly Chart[]): Axis {
  const values = charts.flatMap((chart) => [
    ...chart.course.runs.flat().map(([, value]) => value),
    ...(chart.threshold === null ? [] : [chart.threshold.value]),
  ]);
  return valueAxis(values, null, charts[0]?.unit ?? 'none');
}

/** Unix seconds when the fault began; null where there was none. */
export function faultStart(journal: Journal): number | null {
  const fault = journal.phases.find((phase) => phase.name === 'fault');
  return fault === undefined ? null : unixSeconds(fault.from);
}

function inOrder(points: Timeline['points']): readonly Point[] {
  return points.toSorted((a, b) => a[0] - b[0]);
}

function thresholdOf(timeline: Timeline): Threshold | null {
  if (timeline.threshold === null || timeline.direction === null) return null;
  return { value: timeline.threshold, direction: timeline.direction };
}

function boundText(journal: Journal, timeline: Timeline, threshold: Threshold | null): string | null {
  if (threshold === null) return null;
  const judged = journal.expectations.find(
    (result) => result.name === timeline.name && result.threshold === threshold.value,
  );
  if (judged !== undefined) return formatBound(judged.bound);
  return `${threshold.direction} ${formatFigure(threshold.value, timeline.unit)}`;
}

function momentsOf(journal: Journal, timeline: Timeline): Chart['moments'] {
  return journal.guards.flatMap((guard) =>
    guard.tripped && guard.at !== null && guard.of === timeline.name
      ? [{ at: unixSeconds(guard.at), label: `guard ${formatClock(unixSeconds(guard.at))}` }]
      : [],
  );
}

function summary(timeline: Timeline, course: Course, threshold: Threshold | null, fault: number | null): string {
  const values = course.runs.flat().map(([, value]) => value);
  if (values.length === 0) return 'No sound value in the whole run.';
  const missing = course.gaps.reduce((sum, gap) => sum + gap.to - gap.from, 0);
  const holes = missing > 0 ? ` No data for ${formatDuration(missing)}.` : '';
  const figure = (value: number): string => formatFigure(value, timeline.unit, threshold?.value);
  const least = values.reduce((a, b) => Math.min(a, b));
  const most = values.reduce((a, b) => Math.max(a, b));
  const between = least === most ? `Steady at ${figure(least)}.` : `Between ${figure(least)} and ${figure(most)}.`;
  if (threshold === null) return between + holes;
  const excursion = excursionOf(course, threshold);
  if (excursion === null) return `Never beyond the bound. ${between}${holes}`;
  const since =
    fault !== null && excursion.first >= fault ? `, ${formatDuration(excursion.first - fault)} into the fault` : '';
  const back = excursion.back === null ? 'not back by the end' : `back at ${formatClock(excursion.back)}`;
  return `Beyond the bound from ${formatClock(excursion.first)}${since}, for ${formatDuration(excursion.seconds)} in all; ${back}. Worst ${figure(excursion.worst[1])} at ${formatClock(excursion.worst[0])}.${holes}`;
}
