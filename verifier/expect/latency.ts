/**
 * `latency`: a quantile of a classic histogram over a phase. It is judged by the share of events at or under the bound:
 * interpolation inside a bucket invents figures (all slow requests at 0.6 s in a bucket up to 1 s read as p95 0.974 s).
 */
import * as z from 'zod';
import { durationMs } from '../../proxy/config/duration.ts';
import { formatDuration } from '../../proxy/config/duration-text.ts';
import type { QueryRecord } from '../report/journal.ts';
import { count, countSeen, type CountWindow } from '../source/counting.ts';
import { courseOf, courseTimes, lastOf, spanOf } from '../source/course.ts';
import { gather } from '../source/gather.ts';
import { rangeText, rawRangeQuery } from '../source/prometheus.ts';
import { parsePlainSelector } from '../source/selector.ts';
import { settle } from '../source/settle.ts';
import { bracketQuantile, bucketBounds, everything, quantileBound, upTo, type QuantileBracket } from './buckets.ts';
import { histogramField } from './counter-field.ts';
import type { Evidence, ExpectationKind, PhaseWindow, Reading } from './expectation.ts';
import {
  joinReasons,
  minEventsField,
  nameField,
  NOTHING_FOUND,
  phasesField,
  result,
  type Asked,
  type Found,
} from './finding.ts';
import { single } from './increase.ts';

const UNITS = { seconds: 1, milliseconds: 1e-3, microseconds: 1e-6 } as const;

const params = z.strictObject({
  name: nameField,
  histogram: histogramField('selector on the base name of a classic histogram, without _bucket'),
  quantile: z.number().gt(0).lt(1).describe('0.99 for p99'),
  below: durationMs().describe('what the quantile must not exceed; best a bound of a bucket'),
  unit: z
    .enum(['seconds', 'milliseconds', 'microseconds'])
    .optional()
    .describe("unit of the histogram; default by its name's ending, else seconds"),
  in: phasesField,
  minEvents: minEventsField,
});

export type LatencyParams = z.output<typeof params>;

export const latency: ExpectationKind<LatencyParams> = {
  kind: 'latency',
  params,
  queries: (params, phase) => [rawRangeQuery(bucketSelector(params), phase.to - phase.from)],
  selectors: (params) => [bucketSelector(params)],
  bound: (params) => `p${Number((params.quantile * 100).toFixed(4))} <= ${formatDuration(params.below)}`,
  judge,
  read,
  timeline: async (params, from, to, evidence) => {
    const window = { from, to, scrapeSeconds: evidence.scrapeSeconds };
    const gathered = await gather(evidence.prometheus, [bucketSelector(params)], window, [], evidence.signal);
    const frame = {
      name: params.name,
      kind: 'latency',
      unit: 'seconds',
      threshold: params.below / 1000,
      direction: 'below',
    } as const;
    const unit = unitOf(params);
    const { bounds } = bucketBounds(gathered.ok ? (gathered.value.found[0] ?? []) : [], unit);
    if (!gathered.ok || bounds.length === 0) return { ...frame, points: [] };
    const { tracks } = gathered.value;
    const times = courseTimes(window);
    const totals = courseOf(tracks, everything, times, from);
    const under = bounds.map((bound) => courseOf(tracks, upTo(bound, unit), times, from));
    const points = times.map((time, slot): [number, number | null] => {
      const span = spanOf(totals, slot);
      if (span === null) return [time, null];
      const counts = under.map((events) => lastOf(events, slot, span));
      const bound = quantileBound(bounds, counts, lastOf(totals, slot, span), params.quantile);
      // Beyond the largest bound nothing is known but that it is beyond: the line runs along it.
      return [time, Number.isFinite(bound) ? bound : (bounds.at(-1) ?? null)];
    });
    return { ...frame, points };
  },
};

async function judge(
  params: LatencyParams,
  phase: PhaseWindow,
  evidence: Evidence,
): Promise<ReturnType<typeof result>> {
  const asked: Asked = {
    name: params.name,
    kind: 'latency',
    phase: phase.name,
    bound: latency.bound(params),
    threshold: params.below / 1000,
    direction: 'below',
    unit: 'seconds',
  };
  const window: CountWindow = { from: phase.from, to: phase.to, scrapeSeconds: evidence.scrapeSeconds };
  const { prometheus, signal } = evidence;
  const queries: QueryRecord[] = [];
  const selector = bucketSelector(params);
  const settled = await settle({
    prometheus,
    selectors: [selector],
    end: phase.to,
    scrapeSeconds: evidence.scrapeSeconds,
    signal,
  });
  if (!settled.ok) return result(asked, NOTHING_FOUND, 'inconclusive', settled.failure.message);
  const gathered = await gather(prometheus, [selector], window, queries, signal);
  if (!gathered.ok) return result(asked, { ...NOTHING_FOUND, queries }, 'inconclusive', gathered.failure.message);
  const { tracks, found } = gathered.value;
  const series = found[0] ?? [];
  if (series.length === 0)
    return result(
      asked,
      { ...NOTHING_FOUND, queries },
      'inconclusive',
      `no data: ${selector} has no series in the phase`,
    );
  const unit = unitOf(params);
  const { bounds, problems } = bucketBounds(series, unit);
  const total = count(tracks, everything, window);
  const bracket = bracketQuantile(tracks, bounds, params.quantile, unit, window);
  const estimate = await single(prometheus, increaseQuery(params, phase), phase.to, queries, signal);
  const facts: Found = {
    low: bracket.low,
    high: bracket.high,
    events: total.atLeast,
    queries,
    increase: typeof estimate === 'number' ? estimate * unit : null,
  };
  const spoiled = [...problems, ...gathered.value.problems, ...gathered.value.missing, ...bracket.problems];
  if (spoiled.length > 0) return result(asked, facts, 'inconclusive', joinReasons(spoiled));
  if (total.atMost === 0)
    return result(asked, { ...facts, low: null, high: null }, 'inconclusive', 'no traffic: not one event in the phase');
  if ((total.atLeast ?? 0) < params.minEvents) {
    const reason = `too little traffic: ${Math.floor(total.atLeast ?? 0)} events for sure in the phase, ${params.minEvents} are needed`;
    return result(asked, facts, 'inconclusive', reason);
  }
  return decide(asked, facts, bracket, bounds, gathered.value.notes);
}

function decide(
  asked: Asked,
  facts: Found,
  { low, high }: QuantileBracket,
  bounds: readonly number[],
  notes: readonly string[],
): ReturnType<typeof result> {
  const bound = asked.threshold;
  const place = `the quantile lies ${high === null ? `above ${seconds(low)}` : `between ${seconds(low)} and ${seconds(high)}`}`;
  const also = notes.length === 0 ? '' : ` (${joinReasons(notes)})`;
  if (high !== null && high <= bound) return result(asked, facts, 'pass', `${place}, asked for ${asked.bound}${also}`);
  if (low >= bound) return result(asked, facts, 'deviated', `${place}, asked for ${asked.bound}${also}`);
  const why = bounds.includes(bound)
    ? 'the events between a phase edge and the next scrape may belong to either side'
    : `no bucket ends at ${seconds(bound)} and the buckets around it (${neighbours(bounds, bound)}) do not agree`;
  return result(asked, facts, 'inconclusive', `${place}, and ${asked.bound} lies in between: ${why}${also}`);
}

async function read(params: LatencyParams, at: number, span: number, evidence: Evidence): Promise<Reading> {
  const window = {
    from: at - Math.max(span, 2.2 * evidence.scrapeSeconds),
    to: at,
    scrapeSeconds: evidence.scrapeSeconds,
  };
  const gathered = await gather(evidence.prometheus, [bucketSelector(params)], window, [], evidence.signal, true);
  if (!gathered.ok) return { value: null, reason: gathered.failure.message };
  const { tracks, found } = gathered.value;
  const unit = unitOf(params);
  const { bounds, problems } = bucketBounds(found[0] ?? [], unit);
  const unsound = [...gathered.value.problems, ...problems];
  if (unsound.length > 0) return { value: null, reason: joinReasons(unsound) };
  const total = countSeen(tracks, everything, window);
  if (!(total > 0)) return { value: null, reason: 'no traffic between the last scrapes' };
  const under = bounds.map((bound) => countSeen(tracks, upTo(bound, unit), window));
  // Infinity beyond the largest bound: whatever a guard's limit is, this is over it.
  return { value: quantileBound(bounds, under, total, params.quantile) };
}

function bucketSelector(params: LatencyParams): string {
  const selector = parsePlainSelector(params.histogram);
  if (!selector.ok) throw new Error(`${params.histogram}: ${selector.message}`);
  const { metric, matchers } = selector.term;
  const braces = matchers.length === 0 ? '' : `{${matchers.map((matcher) => matcher.text).join(',')}}`;
  return `${metric}_bucket${braces}`;
}

function increaseQuery(params: LatencyParams, phase: PhaseWindow): string {
  const range = rangeText(phase.to - phase.from);
  return `histogram_quantile(${params.quantile}, sum by (le) (increase(${bucketSelector(params)}[${range}])))`;
}

function unitOf(params: LatencyParams): number {
  if (params.unit !== undefined) return UNITS[params.unit];
  const name = params.histogram.replace(/\{.*$/s, '').trim();
  if (/_(milliseconds|ms)$/.test(name)) return UNITS.milliseconds;
  return /_(microseconds|us)$/.test(name) ? UNITS.microseconds : UNITS.seconds;
}

function neighbours(bounds: readonly number[], bound: number): string {
  const below = bounds.findLast((candidate) => candidate < bound);
  const above = bounds.find((candidate) => candidate > bound);
  return `${below === undefined ? 'none' : seconds(below)} and ${above === undefined ? 'none' : seconds(above)}`;
}

function seconds(value: number): string {
  return formatDuration(value * 1000);
}
