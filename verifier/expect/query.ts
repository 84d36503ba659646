/**
 * `query`: any PromQL that gives one number, evaluated at the end of the phase. Everything that is not exactly one
 * finite, fresh number is inconclusive, save for an empty answer whose meaning the expectation states.
 */
import * as z from 'zod';
import type { QueryRecord } from '../report/journal.ts';
import { queryRecord, watchTargets } from '../source/gather.ts';
import type { InstantResult } from '../source/result.ts';
import { showLabels } from '../source/sample.ts';
import { selectorsIn, substitutePhase, type SignedSelector } from '../source/selector.ts';
import { settle } from '../source/settle.ts';
import { promqlField } from './counter-field.ts';
import type { Evidence, ExpectationKind, PhaseWindow, Reading } from './expectation.ts';
import { joinReasons, nameField, NOTHING_FOUND, phasesField, result, type Asked, type Found } from './finding.ts';
import { freshness, scrapedThroughout } from './freshness.ts';

const params = z
  .strictObject({
    name: nameField,
    promql: promqlField('PromQL that gives one number; $phase stands for the length of the phase'),
    below: z.number().optional().describe('the number must be less than this'),
    above: z.number().optional().describe('the number must be more than this'),
    in: phasesField,
    onEmpty: z
      .enum(['inconclusive', 'zero', 'pass', 'fail'])
      .default('inconclusive')
      .describe('what an empty answer means; zero and pass are believed only while everything was scraped'),
  })
  .refine((written) => (written.below === undefined) !== (written.above === undefined), {
    error: 'exactly one of below and above is needed',
  });

export type QueryParams = z.output<typeof params>;

/** One number, or why there is none; empty answers are told apart. */
type Single = { readonly value: number } | { readonly value: null; readonly empty: boolean; readonly reason: string };

export const query: ExpectationKind<QueryParams> = {
  kind: 'query',
  params,
  queries: (params, phase) => [substitutePhase(params.promql, phase.to - phase.from)],
  selectors: (params) => [...new Set(selectorsIn(substitutePhase(params.promql, 60)).map((selector) => selector.text))],
  bound: (params) => (params.below === undefined ? `> ${params.above}` : `< ${params.below}`),
  judge,
  read,
  timeline: async (params, from, to, evidence) => {
    const step = Math.max(evidence.scrapeSeconds, (to - from) / 1000);
    const promql = substitutePhase(params.promql, 3 * evidence.scrapeSeconds);
    const course = await evidence.prometheus.range(promql, from, to, step, evidence.signal);
    const [series, more] = course.ok ? course.value : [];
    const samples = more === undefined ? (series?.samples ?? []) : [];
    return {
      name: params.name,
      kind: 'query',
      unit: 'none',
      threshold: thresholdOf(params),
      direction: directionOf(params),
      points: samples.map(({ at, value }): [number, number | null] => [at, Number.isFinite(value) ? value : null]),
    };
  },
};

async function judge(params: QueryParams, phase: PhaseWindow, evidence: Evidence): Promise<ReturnType<typeof result>> {
  const asked: Asked = {
    name: params.name,
    kind: 'query',
    phase: phase.name,
    bound: query.bound(params),
    threshold: thresholdOf(params),
    direction: directionOf(params),
    unit: 'none',
  };
  const { prometheus, scrapeSeconds, signal } = evidence;
  const promql = substitutePhase(params.promql, phase.to - phase.from);
  const plain = selectorsIn(promql);
  const selectors = [...new Set(plain.map((selector) => selector.text))];
  const window = { from: phase.from, to: phase.to, scrapeSeconds };
  const queries: QueryRecord[] = [];
  if (selectors.length > 0) {
    const settled = await settle({ prometheus, selectors, end: phase.to, scrapeSeconds, signal });
    if (!settled.ok) return result(asked, NOTHING_FOUND, 'inconclusive', settled.failure.message);
  }
  const answer = await prometheus.instant(promql, phase.to, signal);
  const elements = answer.ok && answer.value.kind === 'vector' ? answer.value.elements.length : undefined;
  queries.push(queryRecord(promql, phase.to, elements));
  if (!answer.ok) return result(asked, { ...NOTHING_FOUND, queries }, 'inconclusive', answer.failure.message);
  const single = onlyNumber(answer.value);
  const facts: Found = { low: single.value, high: single.value, events: null, queries };
  if (single.value === null && !single.empty) return result(asked, facts, 'inconclusive', single.reason);
  const watched = await watchTargets(prometheus, selectors, window, signal);
  const stale = await freshness(prometheus, selectors, phase.to, scrapeSeconds, signal);
  const problems = [...(watched.ok ? watched.value : [watched.failure.message]), ...stale];
  if (problems.length > 0) return result(asked, facts, 'inconclusive', joinReasons(problems));
  if (single.value !== null) return decide(asked, facts, single.value);
  return judgeEmpty(params, asked, facts, plain, phase, evidence);
}

/** An empty answer is also what a Prometheus gives that scrapes nothing any more. */
async function judgeEmpty(
  params: QueryParams,
  asked: Asked,
  facts: Found,
  selectors: readonly SignedSelector[],
  phase: PhaseWindow,
  { prometheus, signal }: Evidence,
): Promise<ReturnType<typeof result>> {
  const empty = 'the answer is empty';
  if (params.onEmpty === 'inconclusive') {
    return result(asked, facts, 'inconclusive', `${empty}; onEmpty can say what that means`);
  }
  if (params.onEmpty === 'fail') return result(asked, facts, 'deviated', `${empty}, which onEmpty calls a failure`);
  const doubt = await scrapedThroughout(prometheus, selectors, phase, facts.queries, signal);
  const known = { ...facts, queries: doubt.queries };
  if (doubt.reason !== null) return result(asked, known, 'inconclusive', `${empty}, and ${doubt.reason}`);
  if (params.onEmpty === 'zero') return decide(asked, { ...known, low: 0, high: 0 }, 0);
  return result(asked, known, 'pass', `${empty}, which onEmpty calls a pass, and everything was scraped`);
}

function decide(asked: Asked, facts: Found, value: number): ReturnType<typeof result> {
  const holds = asked.direction === 'below' ? value < asked.threshold : value > asked.threshold;
  return result(
    asked,
    facts,
    holds ? 'pass' : 'deviated',
    `it was ${Number(value.toPrecision(10))}, asked for ${asked.bound}`,
  );
}

async function read(params: QueryParams, at: number, seconds: number, evidence: Evidence): Promise<Reading> {
  const { prometheus, scrapeSeconds, signal } = evidence;
  const promql = substitutePhase(params.promql, seconds);
  const selectors = query.selectors(params);
  const answer = await prometheus.instant(promql, at, signal);
  if (!answer.ok) return { value: null, reason: answer.failure.message };
  const single = onlyNumber(answer.value);
  const empty = single.value === null && single.empty && params.onEmpty === 'zero';
  if (single.value === null && !empty) return { value: null, reason: single.reason };
  const watched = await watchTargets(prometheus, selectors, { from: at - seconds, to: at, scrapeSeconds }, signal);
  const stale = await freshness(prometheus, selectors, at, scrapeSeconds, signal);
  const problems = [...(watched.ok ? watched.value : [watched.failure.message]), ...stale];
  return problems.length > 0 ? { value: null, reason: joinReasons(problems) } : { value: single.value ?? 0 };
}

function onlyNumber(answer: InstantResult): Single {
  const [element, ...more] = answer.kind === 'scalar' ? [{ labels: {}, value: answer.value }] : answer.elements;
  if (element === undefined) return { value: null, empty: true, reason: 'the answer is empty' };
  if (more.length > 0) {
    const shown = [element, ...more].slice(0, 3).map(({ labels }) => showLabels(labels));
    const rest = more.length > 2 ? `, and ${more.length - 2} more` : '';
    const reason = `${more.length + 1} series came back where one number is needed: ${shown.join(', ')}${rest}`;
    return { value: null, empty: false, reason };
  }
  if (!Number.isFinite(element.value))
    return { value: null, empty: false, reason: `the answer is ${element.value}, not a number` };
  return { value: element.value };
}

function thresholdOf({ below, above }: QueryParams): number {
  return below ?? above ?? Number.NaN;
}

function directionOf({ below }: QueryParams): 'above' | 'below' {
  return below === undefined ? 'above' : 'below';
}
