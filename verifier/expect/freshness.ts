/**
 * Whether an instant answer rests on fresh samples: Prometheus goes on giving the last sample of a series for five
 * minutes where no stale marker ends it, and `rate(x[1m])` answers from what was there before the target went dark.
 */
import type { QueryRecord } from '../report/journal.ts';
import { GAP_SCRAPES } from '../source/counting.ts';
import { queryRecord } from '../source/gather.ts';
import { rangeText, type Prometheus } from '../source/prometheus.ts';
import type { SignedSelector } from '../source/selector.ts';
import type { PhaseWindow } from './expectation.ts';

/** Labels that Prometheus' service discovery puts on `up` as well. */
const TARGET_LABELS: ReadonlySet<string> = new Set([
  'job',
  'instance',
  'namespace',
  'pod',
  'service',
  'container',
  'cluster',
]);

/** Why the samples behind the selectors are too old; empty where they are fresh. */
export async function freshness(
  prometheus: Prometheus,
  selectors: readonly string[],
  at: number,
  scrapeSeconds: number,
  signal: AbortSignal,
): Promise<readonly string[]> {
  const problems: string[] = [];
  for (const selector of selectors) {
    const answer = await prometheus.instant(`min(timestamp(${selector}))`, at, signal);
    if (!answer.ok) return [answer.failure.message];
    const oldest = answer.value.kind === 'vector' ? answer.value.elements[0]?.value : undefined;
    if (oldest === undefined) continue;
    const age = at - oldest;
    // Written as a refusal of what is right, so that NaN counts as old.
    if (!(age <= GAP_SCRAPES * scrapeSeconds)) {
      problems.push(
        `the answer is stale: a sample of ${selector} is ${Number(age.toFixed(1))} s old, it is scraped every ${scrapeSeconds} s`,
      );
    }
  }
  return problems;
}

/** Why an empty answer cannot be believed: something that could have brought a sample was not scraped. */
export async function scrapedThroughout(
  prometheus: Prometheus,
  selectors: readonly SignedSelector[],
  phase: PhaseWindow,
  asked: readonly QueryRecord[],
  signal: AbortSignal,
): Promise<{ readonly reason: string | null; readonly queries: readonly QueryRecord[] }> {
  const queries = [...asked];
  const ups = new Set(selectors.map(upOf));
  if (ups.size === 0) ups.add('up');
  for (const up of ups) {
    const promql = `min(min_over_time(${up}[${rangeText(phase.to - phase.from)}]))`;
    const answer = await prometheus.instant(promql, phase.to, signal);
    const elements = answer.ok && answer.value.kind === 'vector' ? answer.value.elements : [];
    queries.push(queryRecord(promql, phase.to, elements.length));
    if (!answer.ok) return { reason: answer.failure.message, queries };
    if (elements.length === 0) return { reason: `nothing was scraped: ${up} has no sample in the phase`, queries };
    if (elements[0]?.value !== 1)
      return { reason: `not everything was scraped: a target of ${up} was down in the phase`, queries };
  }
  return { reason: null, queries };
}

function upOf(selector: SignedSelector): string {
  const matchers = selector.matchers
    .filter((matcher) => TARGET_LABELS.has(matcher.label))
    .map((matcher) => matcher.text);
  return matchers.length === 0 ? 'up' : `up{${matchers.join(',')}}`;
}
