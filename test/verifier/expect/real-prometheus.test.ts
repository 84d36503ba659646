/**
 * Verdicts against a real Prometheus over synthetic scrapes: each world is a job of its own in one database. Three pods
 * of 20 requests a second, scraped every 15 s at +3.217, +7.854 and +11.391 s; the phase is 60 s long.
 */
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { realPrometheus, type RealPrometheus } from '../../support/prometheus.ts';
import { series, up, type Scraped } from '../../support/series.ts';
import type { PhaseWindow } from '../../../verifier/expect/expectation.ts';
import { latency } from '../../../verifier/expect/latency.ts';
import { query } from '../../../verifier/expect/query.ts';
import { ratio } from '../../../verifier/expect/ratio.ts';
import { clockSkew, scrapeInterval } from '../../../verifier/source/clock.ts';
import { Prometheus } from '../../../verifier/source/prometheus.ts';
import type { Series } from '../../../verifier/source/sample.ts';
import { settle } from '../../../verifier/source/settle.ts';

const T0 = 1_767_272_400;
const PHASE: PhaseWindow = { name: 'fault', from: T0, to: T0 + 60 };
const RATE = 20;
const pods: readonly Scraped[] = [3.217, 7.854, 11.391].map((offset, index) => ({
  instance: `10.0.0.${index + 1}:80`,
  offset: T0 + offset,
  every: 15,
  from: T0 - 600,
  to: T0 + 600,
}));

/** Events of a rate that holds between two times. */
function during(from: number, to: number, perSecond: number): (at: number) => number {
  return (at) => Math.round(Math.max(0, Math.min(at, to) - from) * perSecond);
}
const always = (at: number): number => Math.round((at - (T0 - 1000)) * RATE);
const failing = during(T0, T0 + 60, RATE);

type Tell = (
  pod: Scraped,
  index: number,
) => {
  ok?: (at: number) => number | undefined;
  bad?: (at: number) => number | undefined;
  up?: (at: number) => number;
  pod?: Scraped;
};

/** One job: total requests by code, and `up`. */
function world(job: string, tell: Tell): Series[] {
  return pods.flatMap((scraped, index) => {
    const told = tell(scraped, index);
    const pod = told.pod ?? scraped;
    const labels = { job };
    return [
      up(pod, told.up, labels),
      ...(told.ok === undefined ? [] : [series('req_total', pod, told.ok, { ...labels, code: '200' })]),
      ...(told.bad === undefined ? [] : [series('req_total', pod, told.bad, { ...labels, code: '500' })]),
    ].filter((one) => one.samples.length > 0);
  });
}

/** 0.5 s buckets; every fourth request slow during the phase. */
function histogram(job: string): Series[] {
  const slow = during(T0, T0 + 60, RATE / 4);
  const buckets: readonly [string, (at: number) => number][] = [
    ['0.1', (at) => always(at) - slow(at)],
    ['0.3', (at) => always(at) - slow(at)],
    ['0.5', (at) => always(at) - slow(at)],
    ['1.0', always],
    ['+Inf', always],
  ];
  return pods.flatMap((pod) => [
    up(pod, undefined, { job }),
    ...buckets.map(([le, value]) => series('latency_seconds_bucket', pod, value, { job, le })),
  ]);
}

/** How many paths have broken by then: one at +2.5 s, and then every 5 s. */
const broken = (at: number): number => Math.min(12, Math.max(0, Math.floor((at - T0 + 2.5) / 5)));
const total = (at: number): number => always(at);
const samples: readonly Series[] = [
  ...world('outage', () => ({ ok: (at) => total(at) - failing(at), bad: (at) => failing(at) + 7 })),
  // A quarter fails: every 5 s each pod answers 25 requests of another path with an error, which makes a new series.
  ...pods.flatMap((pod) => [
    up(pod, undefined, { job: 'born' }),
    series('req_total', pod, (at) => total(at) - 25 * broken(at), { job: 'born', code: '200', path: '/' }),
    ...Array.from({ length: 12 }, (_, path) =>
      series('req_total', pod, (at) => (broken(at) > path ? 25 : undefined), {
        job: 'born',
        code: '500',
        path: `/${path}`,
      }),
    ),
  ]),
  ...world('healthy', () => ({ ok: total })),
  // Two of three pods restart at +20 s and +35 s and come back at once.
  ...world('restarted', (_, index) => {
    const restart = T0 + ([20, 35][index] ?? 9999);
    return { ok: (at) => (at < restart ? total(at) : Math.round((at - restart) * RATE)), bad: () => 3 };
  }),
  // One pod is replaced at +30 s: the old one disappears, the new one has another address.
  ...world('churned', (pod, index) => (index === 0 ? { ok: total, pod: { ...pod, to: T0 + 30 } } : { ok: total })),
  ...world('churned', (pod, index) =>
    index === 0
      ? { ok: (at) => Math.round((at - T0 - 30) * RATE), pod: { ...pod, instance: '10.0.0.9:80', from: T0 + 31 } }
      : {},
  ).filter(({ labels }) => labels['instance'] === '10.0.0.9:80'),
  // A new pod joins: nothing is lost, but its first value may be from before.
  ...world('joined', (pod, index) =>
    index === 0 ? { ok: (at) => Math.round((at - T0 - 10) * RATE), pod: { ...pod, from: T0 + 12 } } : { ok: total },
  ),
  ...world('gap', (_, index) => ({
    ok: index === 1 ? (at) => (at > T0 + 5 && at < T0 + 50 ? undefined : total(at)) : total,
  })).filter(
    ({ labels, samples }) =>
      samples.length > 0 && !(labels['__name__'] === 'up' && labels['instance'] === '10.0.0.2:80'),
  ),
  ...world('dark', (_, index) => {
    const there = (at: number): boolean => index !== 2 || at < T0 + 20;
    return { ok: (at) => (there(at) ? total(at) : undefined), up: (at) => (there(at) ? 1 : 0) };
  }),
  ...world('darkBefore', (_, index) => {
    const there = (at: number): boolean => index !== 2 || at < T0 - 200;
    return { ok: (at) => (there(at) ? total(at) : undefined), up: (at) => (there(at) ? 1 : 0) };
  }),
  ...histogram('histogram'),
  ...pods.flatMap((pod) => [
    up(pod, undefined, { job: 'queue' }),
    series('queue_depth', pod, () => 40, { job: 'queue' }),
  ]),
];

let real: RealPrometheus;
let prometheus: Prometheus;

beforeAll(async () => {
  real = await realPrometheus({ samples });
  prometheus = new Prometheus({ url: real.url });
});

afterAll(async () => {
  await prometheus?.[Symbol.asyncDispose]();
  await real?.[Symbol.asyncDispose]();
});

const evidence = () => ({ prometheus, scrapeSeconds: 15, signal: AbortSignal.timeout(20_000) });
const errors = (job: string, objective = '99.5%') =>
  ratio.params.parse({
    name: 'availability',
    bad: `req_total{job="${job}",code="500"}`,
    total: `sum(req_total{job="${job}"})`,
    objective,
  });

describe('ratio', () => {
  test('60 s of 100 % errors are 100 %: nothing inside the phase was good', async () => {
    const judged = await ratio.judge(errors('outage'), PHASE, evidence());
    expect(judged.verdict).toBe('deviated');
    expect(judged.low).toBe(0);
    // The scrapes around the edges saw good requests that may, as far as samples tell, be of the phase.
    expect(judged.high).toBeGreaterThan(0);
    expect(judged.high).toBeCloseTo(15 / 60, 6);
    // No request was good: Prometheus' own figure agrees here, as the window is exactly the phase.
    expect(judged.increase).toBeCloseTo(0, 6);
    const reading = await ratio.read(errors('outage'), T0 + 60, 60, evidence());
    expect(reading.value).toBeCloseTo(0, 6);
  });

  test('errors in series that are born in the phase are seen: true 25 %, where increase() says 0 %', async () => {
    const judged = await ratio.judge(errors('born', '90%'), PHASE, evidence());
    expect(judged.verdict).toBe('deviated');
    expect(judged.low).toBeLessThanOrEqual(0.75);
    expect(judged.high).toBeGreaterThanOrEqual(0.75);
    expect(judged.high).toBeLessThan(0.9);
    // Not one of these series has grown after its first sample.
    expect(judged.increase).toBe(1);
  });

  test('a healthy phase passes, and says that no error series exists', async () => {
    const judged = await ratio.judge(errors('healthy'), PHASE, evidence());
    expect(judged).toMatchObject({ verdict: 'pass', low: 1, high: 1 });
    expect(judged.events).toBeGreaterThan(2500);
    expect(judged.events).toBeLessThanOrEqual(3600);
    expect(judged.reason).toContain('has no series and counts as 0');
  });

  test('resets are taken out and told', async () => {
    const judged = await ratio.judge(errors('restarted'), PHASE, evidence());
    expect(judged.verdict).toBe('pass');
    expect(judged.reason).toContain('counter resets');
    expect(judged.events).toBeGreaterThan(2000);
  });

  test('a pod that went away takes its last events with it: no verdict', async () => {
    const judged = await ratio.judge(errors('churned'), PHASE, evidence());
    expect(judged.verdict).toBe('inconclusive');
    expect(judged.reason).toMatch(/10\.0\.0\.1:80 went dark/);
  });

  test('a pod that joins widens the bracket and spoils nothing', async () => {
    const judged = await ratio.judge(errors('joined'), PHASE, evidence());
    expect(judged.verdict).toBe('pass');
    expect(judged.reason).toContain('10.0.0.1:80 is first seen inside the phase');
  });

  test('a gap in a series is no verdict', async () => {
    const judged = await ratio.judge(errors('gap'), PHASE, evidence());
    expect(judged.verdict).toBe('inconclusive');
    expect(judged.reason).toMatch(/no sample for 60 s/);
  });

  test.each(['dark', 'darkBefore'])('a pod that cannot be scraped (%s) is not healthy by absence', async (job) => {
    const judged = await ratio.judge(errors(job), PHASE, evidence());
    expect(judged.verdict).toBe('inconclusive');
    expect(judged.reason).toMatch(/10\.0\.0\.3:80.*up (was|is) 0/);
  });

  test('a label that no series has is a mistake and not a clean sheet', async () => {
    const params = ratio.params.parse({
      name: 'a',
      bad: 'req_total{job="outage",status="500"}',
      total: 'req_total{job="outage"}',
      objective: '99%',
    });
    const judged = await ratio.judge(params, PHASE, evidence());
    expect(judged.verdict).toBe('inconclusive');
    expect(judged.reason).toContain('has the label status');
  });

  test('no series of total is no data', async () => {
    const judged = await ratio.judge(errors('nowhere'), PHASE, evidence());
    expect(judged).toMatchObject({ verdict: 'inconclusive', low: null, high: null });
    expect(judged.reason).toContain('no series');
  });

  test('the timeline falls to 0 with the fault and comes back', async () => {
    const { points } = await ratio.timeline(errors('outage'), T0 - 60, T0 + 180, evidence());
    const at = (seconds: number): number | null | undefined => points.find(([time]) => time === T0 + seconds)?.[1];
    expect(at(-15)).toBe(1);
    expect(at(45)).toBeCloseTo(0, 3);
    expect(at(90)).toBe(1);
  });
});

describe('latency', () => {
  const params = (below: string, quantile = 0.9) =>
    latency.params.parse({ name: 'p', histogram: 'latency_seconds{job="histogram"}', quantile, below });

  test.each([
    ['500ms', 'deviated', 0.5, 1],
    ['1s', 'pass', 0.5, 1],
    // No bucket ends there, and its neighbours differ.
    ['700ms', 'inconclusive', 0.5, 1],
    // No bucket ends there either, but both neighbours say the same.
    ['400ms', 'deviated', 0.5, 1],
    ['2s', 'pass', 0.5, 1],
  ])('a quarter of the requests between 0.5 s and 1 s: p90 below %s is %s', async (below, verdict, low, high) => {
    const judged = await latency.judge(params(below), PHASE, evidence());
    expect(judged).toMatchObject({ verdict, low, high });
  });

  test('the median is in the lowest bucket', async () => {
    const judged = await latency.judge(params('100ms', 0.5), PHASE, evidence());
    expect(judged).toMatchObject({ verdict: 'pass', low: 0, high: 0.1 });
    expect(await latency.read(params('100ms', 0.5), T0 + 60, 30, evidence())).toEqual({ value: 0.1 });
  });

  test('a metric without buckets is no data', async () => {
    const missing = latency.params.parse({ name: 'p', histogram: 'nothing_seconds', quantile: 0.9, below: '1s' });
    expect(await latency.judge(missing, PHASE, evidence())).toMatchObject({ verdict: 'inconclusive' });
  });
});

describe('query', () => {
  const ask = (promql: string, more: Record<string, unknown> = { below: 200 }) =>
    query.params.parse({ name: 'q', promql, ...more });

  test.each([
    ['sum(queue_depth)', { below: 200 }, 'pass', '120'],
    ['sum(queue_depth)', { below: 120 }, 'deviated', '120'],
    ['sum(queue_depth)', { above: 119 }, 'pass', '120'],
    ['queue_depth', { below: 200 }, 'inconclusive', '3 series'],
    ['sum(nothing)', { below: 200 }, 'inconclusive', 'empty'],
    ['sum(queue_depth) / 0', { below: 200 }, 'inconclusive', 'Infinity'],
    ['0 * sum(queue_depth) / 0', { below: 200 }, 'inconclusive', 'NaN'],
    ['sum(rate(req_total{job="dark"}[$phase]))', { above: 1 }, 'inconclusive', 'up was 0'],
    ['sum(rate(req_total{job="healthy"}[$phase]))', { above: 50 }, 'pass', 't was 60'],
    ['sum(rate(req_total))', { below: 200 }, 'inconclusive', 'expected type range vector'],
    ['sum(req_total{job="healthy",code="500"})', { below: 1, onEmpty: 'zero' }, 'pass', 't was 0'],
    ['sum(req_total{job="dark",code="500"})', { below: 1, onEmpty: 'zero' }, 'inconclusive', 'was down'],
    ['sum(req_total{job="nowhere"})', { below: 1, onEmpty: 'pass' }, 'inconclusive', 'nothing was scraped'],
    ['sum(nothing{job="healthy"})', { below: 1, onEmpty: 'fail' }, 'deviated', 'failure'],
  ])('%s %o is %s', async (promql, more, verdict, reason) => {
    const judged = await query.judge(ask(promql, more), PHASE, evidence());
    expect(judged.verdict).toBe(verdict);
    expect(judged.reason).toContain(reason);
  });

  test('a sample that lingers is stale', async () => {
    // The blocks carry no stale markers: Prometheus goes on giving the last value for five minutes.
    const late: PhaseWindow = { name: 'fault', from: T0 + 640, to: T0 + 700 };
    const judged = await query.judge(ask('sum(queue_depth)'), late, evidence());
    expect(judged.verdict).toBe('inconclusive');
    expect(judged.reason).toMatch(/went dark|stale/);
  });
});

describe('the source', () => {
  test('names its version, its clock and its syntax errors', async () => {
    expect(await prometheus.buildInfo()).toMatchObject({ ok: true, value: { version: real.version } });
    const skew = await clockSkew(prometheus, () => Date.now());
    expect(skew.ok && Math.abs(skew.value.skewMs)).toBeLessThan(1000);
    expect(await prometheus.checkSyntax('sum( up )')).toMatchObject({ ok: true });
    expect(await prometheus.checkSyntax('rate(up)')).toMatchObject({ ok: false, failure: { code: 'refused' } });
    for (const kind of [ratio.queries(errors('outage'), PHASE)]) {
      for (const promql of kind) expect(await prometheus.checkSyntax(promql)).toMatchObject({ ok: true });
    }
    expect(await prometheus.series('req_total{job="healthy"}', T0, T0 + 60)).toMatchObject({
      ok: true,
      value: { length: 3 },
    });
    expect(await prometheus.targets()).toEqual({ ok: true, value: [], infos: [] });
  });

  test('the scrape interval comes from the samples where there are no targets', async () => {
    expect(await scrapeInterval(prometheus, ['req_total{job="healthy"}'], T0 + 60)).toEqual({
      ok: true,
      value: { seconds: 15, from: 'samples' },
      infos: [],
    });
    expect(await scrapeInterval(prometheus, ['nothing'], T0 + 60)).toMatchObject({ ok: false });
  });

  test('a phase in the past is not waited for', async () => {
    const settled = await settle({
      prometheus,
      selectors: ['req_total'],
      end: T0 + 60,
      scrapeSeconds: 15,
      signal: AbortSignal.timeout(2000),
    });
    expect(settled).toMatchObject({ ok: true, value: { complete: false } });
  });
});
