/** Fetches the raw samples around a window, for every selector and for the targets behind them. */
import type { QueryRecord } from '../report/journal.ts';
import { answered, type Answer } from './answer.ts';
import { follow, GAP_SCRAPES, type CountWindow, type Tracks } from './counting.ts';
import { rawRangeQuery, type Prometheus } from './prometheus.ts';
import { duplicatedBy } from './replicas.ts';
import type { Labels, Series } from './sample.ts';
import { bareTarget, groupByTarget, nameOf, placeOf, withoutUnfinishedScrape, type Selected } from './targets.ts';

export interface Gathered extends Tracks {
  /** Per selector, in the order asked: the label sets of its series. */
  readonly found: readonly (readonly Labels[])[];
}

/** How long after the end a scrape still counts as the one after it, in scrape intervals. */
const AFTER_SCRAPES = 1.5;
/** A target that reported within this time and is down now is missed. */
const RECENTLY = '15m';
/** More matchers than this make a query that no server likes: then all of `up` is fetched. */
const MOST_NAMED = 200;

/**
 * Asks for everything that counting needs. `queries` receives what was asked, also when it fails. `now`: the window ends
 * now, so a scrape may come in between two questions.
 */
export async function gather(
  prometheus: Prometheus,
  selectors: readonly string[],
  window: CountWindow,
  queries: QueryRecord[],
  signal: AbortSignal,
  now = false,
): Promise<Answer<Gathered>> {
  const earliest = window.from - GAP_SCRAPES * window.scrapeSeconds;
  const at = window.to + AFTER_SCRAPES * window.scrapeSeconds;
  // One second more, since the left edge of a range may be left out.
  const seconds = at - earliest + 1;
  const fetchRaw = async (selector: string): Promise<Answer<readonly Series[]>> => {
    const raw = await prometheus.rawRange(selector, seconds, at, signal);
    queries.push(queryRecord(rawRangeQuery(selector, seconds), at, raw.ok ? raw.value.length : undefined));
    return raw.ok
      ? answered(raw.value.map((series) => since(series, earliest)).filter((series) => series.samples.length > 0))
      : raw;
  };
  const selected: Selected[] = [];
  const found: Labels[][] = [];
  const infos: string[] = [];
  const recent = new Map<string, Labels>();
  for (const [selection, selector] of selectors.entries()) {
    const raw = await fetchRaw(selector);
    if (!raw.ok) return raw;
    infos.push(...raw.infos);
    found.push(raw.value.map((series) => series.labels));
    selected.push(...raw.value.map((series) => ({ selection, series })));
    // A target that was dark all the time has no sample here: only the past knows that it belongs.
    const past = await recentPlaces(prometheus, selector, window.to, signal);
    if (!past.ok) return past;
    for (const labels of past.value) recent.set(placeOf(labels) ?? '', labels);
  }
  for (const { series } of selected) recent.set(placeOf(series.labels) ?? '', series.labels);
  recent.delete('');
  const ups = recent.size === 0 ? answered([]) : await fetchRaw(upSelector([...recent.values()]));
  if (!ups.ok) return ups;
  const targets = groupByTarget(selected, ups.value);
  const tracks = follow(now ? targets.map(withoutUnfinishedScrape) : targets, window);
  const problems = [...tracks.problems, ...darkTargets(selected, ups.value, recent, window)];
  const twice = duplicated(found, ups.value);
  if (twice !== null) problems.unshift(twice);
  return answered({ ...tracks, problems: [...new Set(problems)], notes: [...tracks.notes, ...new Set(infos)], found });
}

/**
 * The problems of the targets behind a query of any form: for `query` expectations, whose samples are not counted.
 */
export async function watchTargets(
  prometheus: Prometheus,
  selectors: readonly string[],
  window: CountWindow,
  signal: AbortSignal,
): Promise<Answer<readonly string[]>> {
  const recent = new Map<string, Labels>();
  for (const selector of selectors) {
    const past = await recentPlaces(prometheus, selector, window.to, signal);
    if (!past.ok) return past;
    for (const labels of past.value) recent.set(placeOf(labels) ?? '', labels);
  }
  recent.delete('');
  if (recent.size === 0) return answered([]);
  const earliest = window.from - GAP_SCRAPES * window.scrapeSeconds;
  const at = window.to + AFTER_SCRAPES * window.scrapeSeconds;
  const ups = await prometheus.rawRange(upSelector([...recent.values()]), at - earliest + 1, at, signal);
  if (!ups.ok) return ups;
  const targets = ups.value.filter((up) => recent.has(placeOf(up.labels) ?? '')).map((up) => bareTarget(up));
  return answered(follow(targets, window).problems);
}

export function queryRecord(promql: string, at: number, series?: number): QueryRecord {
  const time = new Date(Math.round(at * 1000)).toISOString();
  return series === undefined ? { promql, at: time } : { promql, at: time, series };
}

/** A replica label of an HA pair is an external label: `up` carries it as well. */
function duplicated(found: readonly (readonly Labels[])[], ups: readonly Series[]): string | null {
  for (const series of found) {
    const twice = duplicatedBy(series);
    if (twice === null) continue;
    if (ups.length > 0 && duplicatedBy(ups.map((up) => up.labels))?.label !== twice.label) continue;
    const { label, values } = twice;
    return `every event is there twice, in series that differ only in ${label} (${values.join(', ')}): name one of them in the selector`;
  }
  return null;
}

/** The targets whose series a selector found lately. */
async function recentPlaces(
  prometheus: Prometheus,
  selector: string,
  at: number,
  signal: AbortSignal,
): Promise<Answer<readonly Labels[]>> {
  const query = `count by (job, instance) (last_over_time(${selector}[${RECENTLY}]))`;
  const past = await prometheus.instant(query, at, signal);
  if (!past.ok) return past;
  return answered(past.value.kind === 'vector' ? past.value.elements.map((element) => element.labels) : []);
}

function darkTargets(
  selected: readonly Selected[],
  ups: readonly Series[],
  recent: ReadonlyMap<string, Labels>,
  window: CountWindow,
): string[] {
  const reporting = new Set(selected.map(({ series }) => placeOf(series.labels)));
  if (ups.length === 0) {
    // Without `up` nobody can tell a target that was taken away from one that is dark.
    const silent = [...recent].filter(([place]) => !reporting.has(place));
    return silent.map(([, labels]) => `target ${nameOf(labels)} reported within the last ${RECENTLY} and is silent`);
  }
  const dark = ups.filter((up) => {
    const place = placeOf(up.labels);
    if (place === null || reporting.has(place) || !recent.has(place)) return false;
    return up.samples.some((sample) => sample.at >= window.from && sample.at <= window.to && sample.value !== 1);
  });
  return dark.map(
    (up) =>
      `target ${nameOf(up.labels)} is down (up is 0) and reported within the last ${RECENTLY}: what happens there is not counted`,
  );
}

function since(series: Series, earliest: number): Series {
  return { labels: series.labels, samples: series.samples.filter((sample) => sample.at >= earliest) };
}

/** `up` of the given targets. */
function upSelector(targets: readonly Labels[]): string {
  const jobs = [...new Set(targets.map((labels) => labels['job']).filter((job) => job !== undefined))];
  const instances = [
    ...new Set(targets.map((labels) => labels['instance']).filter((instance) => instance !== undefined)),
  ];
  const matchers: string[] = [];
  if (jobs.length > 0 && jobs.length <= MOST_NAMED) matchers.push(`job=~${oneOf(jobs)}`);
  if (instances.length > 0 && instances.length <= MOST_NAMED) matchers.push(`instance=~${oneOf(instances)}`);
  return matchers.length === 0 ? 'up' : `up{${matchers.join(',')}}`;
}

/** Texts as an RE2 alternation in a PromQL string. */
export function oneOf(texts: readonly string[]): string {
  return JSON.stringify(texts.map((text) => text.replaceAll(/[\\^$.*+?()[\]{}|]/g, String.raw`\$&`)).join('|'));
}
