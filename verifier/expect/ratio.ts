/** `ratio`: the share of good events over a phase, by exact counts of raw samples. */
import * as z from 'zod';
import type { QueryRecord } from '../report/journal.ts';
import { count, countSeen, type CountWindow } from '../source/counting.ts';
import { courseOf, courseTimes, lastOf, spanOf } from '../source/course.ts';
import { gather } from '../source/gather.ts';
import { rawRangeQuery } from '../source/prometheus.ts';
import { settle } from '../source/settle.ts';
import { counterField } from './counter-field.ts';
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
import { increaseOf } from './increase.ts';
import { formatObjective, objectiveField } from './objective.ts';
import { absent, counters, misspelt } from './ratio-counters.ts';
import { shareOf } from './share.ts';

const params = z
  .strictObject({
    name: nameField,
    good: counterField('counter of the good events').optional(),
    bad: counterField('counter of the bad events').optional(),
    total: counterField('counter of all events; the figure is good / total'),
    objective: objectiveField('the least share of good events, like 99.5%'),
    in: phasesField,
    minEvents: minEventsField,
  })
  .refine((written) => (written.good === undefined) !== (written.bad === undefined), {
    error: 'exactly one of good and bad is needed beside total',
  });

export type RatioParams = z.output<typeof params>;

export const ratio: ExpectationKind<RatioParams> = {
  kind: 'ratio',
  params,
  queries: (params, phase) => [
    ...new Set(counters(params).selectors.map((selector) => rawRangeQuery(selector, phase.to - phase.from))),
  ],
  selectors: (params) => [...new Set(counters(params).selectors)],
  bound: (params) => `>= ${formatObjective(params.objective)}`,
  judge,
  read,
  timeline: async (params, from, to, evidence) => {
    const window = { from, to, scrapeSeconds: evidence.scrapeSeconds };
    const { selectors, good, bad } = counters(params);
    const gathered = await gather(evidence.prometheus, selectors, window, [], evidence.signal);
    const frame = {
      name: params.name,
      kind: 'ratio',
      unit: 'ratio',
      threshold: params.objective,
      direction: 'above',
    } as const;
    if (!gathered.ok) return { ...frame, points: [] };
    const times = courseTimes(window);
    const goods = courseOf(gathered.value.tracks, good, times, from);
    const bads = courseOf(gathered.value.tracks, bad, times, from);
    const totals = goods.map((value, slot) => value + (bads[slot] ?? 0));
    const points = times.map((time, slot): [number, number | null] => {
      const span = spanOf(totals, slot);
      return [time, span === null ? null : clamp(lastOf(goods, slot, span) / lastOf(totals, slot, span))];
    });
    return { ...frame, points };
  },
};

async function judge(params: RatioParams, phase: PhaseWindow, evidence: Evidence): Promise<ReturnType<typeof result>> {
  const asked: Asked = {
    name: params.name,
    kind: 'ratio',
    phase: phase.name,
    bound: ratio.bound(params),
    threshold: params.objective,
    direction: 'above',
    unit: 'ratio',
  };
  const window: CountWindow = { from: phase.from, to: phase.to, scrapeSeconds: evidence.scrapeSeconds };
  const { prometheus, signal } = evidence;
  const queries: QueryRecord[] = [];
  const counted = counters(params);
  const { selectors, part, whole } = counted;
  const settled = await settle({ prometheus, selectors, end: phase.to, scrapeSeconds: evidence.scrapeSeconds, signal });
  if (!settled.ok) return result(asked, NOTHING_FOUND, 'inconclusive', settled.failure.message);
  const gathered = await gather(prometheus, selectors, window, queries, signal);
  if (!gathered.ok) return result(asked, { ...NOTHING_FOUND, queries }, 'inconclusive', gathered.failure.message);
  const { tracks, found } = gathered.value;
  if (whole.every((_, index) => found[part.length + index]?.length === 0)) {
    const reason = `no data: ${params.total} has no series in the phase`;
    return result(asked, { ...NOTHING_FOUND, queries }, 'inconclusive', reason);
  }
  const goods = count(tracks, counted.good, window);
  const bads = count(tracks, counted.bad, window);
  const totals = count(tracks, counted.total, window);
  const compared = await Promise.all([
    increaseOf(prometheus, part, phase, queries, signal),
    increaseOf(prometheus, whole, phase, queries, signal),
  ]);
  const facts: Found = {
    ...shareOf(goods, bads),
    events: totals.atLeast,
    queries,
    increase: increaseRatio(params, compared),
  };
  const problems = [
    ...gathered.value.problems,
    ...gathered.value.missing,
    ...misspelt(counted, gathered.value),
    ...new Set([...goods.problems, ...bads.problems, ...totals.problems]),
  ];
  if (problems.length > 0) return result(asked, facts, 'inconclusive', joinReasons(problems));
  if (totals.atMost === 0) return result(asked, facts, 'inconclusive', 'no traffic: not one event in the phase');
  if ((totals.atLeast ?? 0) < params.minEvents) {
    const reason = `too little traffic: ${events(totals.atLeast ?? 0)} for sure in the phase, ${params.minEvents} are needed`;
    return result(asked, facts, 'inconclusive', `${reason}${shortPhase(window)}`);
  }
  return decide(asked, facts, window, [...gathered.value.notes, ...absent(counted, gathered.value)]);
}

function decide(asked: Asked, facts: Found, window: CountWindow, notes: readonly string[]): ReturnType<typeof result> {
  const { low, high } = facts;
  if (low === null || high === null)
    return result(asked, facts, 'inconclusive', 'no figure can be had from the samples');
  const of = `of at least ${events(facts.events ?? 0)}`;
  const also = notes.length === 0 ? '' : ` (${joinReasons(notes)})`;
  if (low >= asked.threshold) {
    return result(asked, facts, 'pass', `${percentDown(low)} or more ${of} were good, asked for ${asked.bound}${also}`);
  }
  if (high < asked.threshold) {
    return result(
      asked,
      facts,
      'deviated',
      `${percentUp(high)} or less ${of} were good, asked for ${asked.bound}${also}`,
    );
  }
  const reason =
    `between ${percentDown(low)} and ${percentUp(high)} ${of} were good, and ${asked.bound} lies in between: ` +
    `the events between a phase edge and the next scrape may belong to either side`;
  return result(asked, facts, 'inconclusive', `${reason}${also}${shortPhase(window)}`);
}

async function read(params: RatioParams, at: number, seconds: number, evidence: Evidence): Promise<Reading> {
  // Two scrapes at least have to lie inside, wherever the window begins.
  const window = {
    from: at - Math.max(seconds, 2.2 * evidence.scrapeSeconds),
    to: at,
    scrapeSeconds: evidence.scrapeSeconds,
  };
  const counted = counters(params);
  const gathered = await gather(evidence.prometheus, counted.selectors, window, [], evidence.signal, true);
  if (!gathered.ok) return { value: null, reason: gathered.failure.message };
  const { tracks, problems } = gathered.value;
  const unsound = [...problems, ...misspelt(counted, gathered.value)];
  if (unsound.length > 0) return { value: null, reason: joinReasons(unsound) };
  const good = countSeen(tracks, counted.good, window);
  const total = good + countSeen(tracks, counted.bad, window);
  return total > 0 ? { value: good / total } : { value: null, reason: 'no traffic between the last scrapes' };
}

function increaseRatio(params: RatioParams, [part, whole]: readonly (number | null)[]): number | null {
  if (part === null || part === undefined || whole === null || whole === undefined || !(whole > 0)) return null;
  const good = params.good === undefined ? whole - part : part;
  return good / whole;
}

function shortPhase({ from, to, scrapeSeconds }: CountWindow): string {
  return to - from < 4 * scrapeSeconds
    ? `; the phase is only ${((to - from) / scrapeSeconds).toFixed(1)} scrapes long, 4 or more are better`
    : '';
}

function events(value: number): string {
  return `${Math.floor(value)} ${Math.floor(value) === 1 ? 'event' : 'events'}`;
}

/** Rounded away from the bound's benefit: 99.4999 % is not shown as 99.5 %. */
function percentDown(value: number): string {
  return `${Math.floor(value * 100_000 + 1e-6) / 1000} %`;
}

function percentUp(value: number): string {
  return `${Math.ceil(value * 100_000 - 1e-6) / 1000} %`;
}

function clamp(value: number): number {
  return Math.min(1, Math.max(0, value));
}
