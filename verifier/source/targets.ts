/**
 * Finds out, for each series, which target it was scraped from and when that target was scraped: `up` is written by
 * every scrape with the time of the scrape, whether or not the series was there. Where there is no `up` (remote write,
 * recorded series), the series of the same job and instance stand in for it.
 */
import type { Labels, Sample, Series } from './sample.ts';

/** A series and the place of its selector in what was asked for. */
export interface Selected {
  /** Index of the selector. */
  readonly selection: number;
  readonly series: Series;
}

/** One target with what it was asked for, samples of one scrape carrying one time. */
export interface Target {
  /** For people: `app at 10.0.0.1:80`. */
  readonly name: string;
  /** Times of the scrapes that brought data. */
  readonly scrapes: readonly number[];
  /** Times of the scrapes that failed. */
  readonly failures: readonly number[];
  readonly series: readonly Selected[];
  /**
   * Whether the times are those of scrapes: only then does a missing sample mean that the series was not there. False
   * for a series alone, of which nothing is known but its samples.
   */
  readonly witnessed: boolean;
}

/** Two times within it are the same scrape: Prometheus writes the same millisecond for all samples of a scrape. */
const SAME_SCRAPE_S = 0.005;

/** Groups series by target. `ups` are the series of `up` over the same time. */
export function groupByTarget(selected: readonly Selected[], ups: readonly Series[]): readonly Target[] {
  const upsByPlace = Map.groupBy(ups, (up) => placeOf(up.labels) ?? '');
  const byTarget = new Map<string, { up: Series | null; name: string; series: Selected[] }>();
  for (const item of selected) {
    const { labels } = item.series;
    const place = placeOf(labels);
    const up =
      place === null ? undefined : upsByPlace.get(place)?.find((candidate) => agrees(candidate.labels, labels));
    // A series of no known place stands for itself.
    const key = up !== undefined ? JSON.stringify(up.labels) : (place ?? `alone ${byTarget.size}`);
    const group = byTarget.get(key) ?? { up: up ?? null, name: nameOf(labels), series: [] };
    group.series.push(item);
    byTarget.set(key, group);
  }
  return [...byTarget.values()].flatMap(({ up, name, series }) => targetsOf(up, name, series));
}

/**
 * The target without its newest scrape where not all of its series were seen in it: of a window that ends now, what is
 * asked for first may have been answered before that scrape and what is asked for later after it.
 */
export function withoutUnfinishedScrape(target: Target): Target {
  const { scrapes, series } = target;
  const seen = Math.min(...series.map(({ series: { samples } }) => samples.at(-1)?.at ?? -Infinity));
  return scrapeAt(scrapes, seen) === scrapes.length - 2 ? { ...target, scrapes: scrapes.slice(0, -1) } : target;
}

/** A target without series: only when it was scraped. */
export function bareTarget(up: Series): Target {
  return {
    name: nameOf(up.labels),
    scrapes: up.samples.filter((sample) => sample.value === 1).map((sample) => sample.at),
    failures: up.samples.filter((sample) => sample.value !== 1).map((sample) => sample.at),
    series: [],
    witnessed: true,
  };
}

function targetsOf(up: Series | null, name: string, series: readonly Selected[]): Target[] {
  if (up === null) {
    if (series.length === 1) return series.map((item) => alone(item, name));
    const times = series.flatMap((item) => item.series.samples.map((sample) => sample.at)).sort((a, b) => a - b);
    const scrapes = times.filter((time, index) => index === 0 || time - (times[index - 1] ?? 0) > SAME_SCRAPE_S);
    return [{ name, scrapes, failures: [], series, witnessed: true }];
  }
  const { scrapes, failures } = bareTarget(up);
  // Exporters may give their samples times of their own: then `up` does not say when the series was looked at.
  const follows = ({ series: { samples } }: Selected): boolean => samples.every((sample) => isIn(scrapes, sample));
  const { inStep = [], own = [] } = Object.groupBy(series, (item) => (follows(item) ? 'inStep' : 'own'));
  return [
    ...(inStep.length > 0 || own.length === 0 ? [{ name, scrapes, failures, series: inStep, witnessed: true }] : []),
    ...own.map((item) => ({ ...alone(item, name), failures })),
  ];
}

function alone(item: Selected, name: string): Target {
  const scrapes = item.series.samples.map((sample) => sample.at);
  return { name, scrapes, failures: [], series: [item], witnessed: false };
}

/** The index of the scrape at a time, -1 where there was none. `scrapes` go forward in time. */
export function scrapeAt(scrapes: readonly number[], at: number): number {
  let low = 0;
  let high = scrapes.length - 1;
  while (low <= high) {
    const middle = (low + high) >> 1;
    const time = scrapes[middle] ?? Infinity;
    if (Math.abs(time - at) <= SAME_SCRAPE_S) return middle;
    if (time < at) low = middle + 1;
    else high = middle - 1;
  }
  return -1;
}

function isIn(scrapes: readonly number[], sample: Sample): boolean {
  return scrapeAt(scrapes, sample.at) >= 0;
}

/** Job and instance, which Prometheus gives to everything that it scrapes; null where the series has no instance. */
export function placeOf(labels: Labels): string | null {
  const { job = '', instance } = labels;
  return instance === undefined ? null : JSON.stringify([job, instance]);
}

/** Whether `up` can be of the series' target: target labels are on every series of it. */
function agrees(up: Labels, series: Labels): boolean {
  return Object.entries(up).every(([name, value]) => name === '__name__' || (series[name] ?? value) === value);
}

export function nameOf(labels: Labels): string {
  const { job, instance, pod } = labels;
  if (instance === undefined) return pod ?? job ?? labels['__name__'] ?? 'a series without instance';
  const place = job === undefined ? instance : `${job} at ${instance}`;
  return pod === undefined ? place : `${place} (${pod})`;
}
