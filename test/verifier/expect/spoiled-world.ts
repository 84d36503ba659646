/** A sound little world with one expectation of each kind in it, which tests then spoil. */
import { expect } from 'vitest';
import {
  fakePrometheus,
  scrapedWorld,
  vector,
  type FakeSeries,
  type Question,
  type Reaction,
} from '../../support/fake-prometheus.ts';
import { series, up, type Scraped } from '../../support/series.ts';
import type { PhaseWindow } from '../../../verifier/expect/expectation.ts';
import { latency } from '../../../verifier/expect/latency.ts';
import { query } from '../../../verifier/expect/query.ts';
import { ratio } from '../../../verifier/expect/ratio.ts';
import { Prometheus } from '../../../verifier/source/prometheus.ts';
import type { ExpectationResult } from '../../../verifier/report/journal.ts';
import type { Series } from '../../../verifier/source/sample.ts';

export const T0 = 1_767_272_400;
export const PHASE: PhaseWindow = { name: 'fault', from: T0, to: T0 + 60 };
export const pod: Scraped = { instance: '10.0.0.1:80', offset: T0 + 3, every: 15, from: T0 - 60, to: T0 + 120 };
export const grow = (at: number): number => Math.round((at - T0 + 1000) * 20);

export const plain = (one: Series): FakeSeries => ({
  metric: one.labels,
  values: one.samples.map(({ at, value }) => [at, String(value)]),
});
export const total = plain(series('req_total', pod, grow, { code: '200' }));
const healthy = scrapedWorld({
  'req_total{code="500"}': [],
  req_total: [total],
  lat_seconds_bucket: ['0.1', '+Inf'].map((le) => plain(series('lat_seconds_bucket', pod, grow, { le }))),
  up: [plain(up(pod))],
});

export type Judge = (prometheus: Prometheus) => Promise<ExpectationResult>;

export const kinds = {
  ratio: (prometheus: Prometheus) =>
    ratio.judge(
      ratio.params.parse({ name: 'r', bad: 'req_total{code="500"}', total: 'req_total', objective: '99%' }),
      PHASE,
      evidence(prometheus),
    ),
  latency: (prometheus: Prometheus) =>
    latency.judge(
      latency.params.parse({ name: 'l', histogram: 'lat_seconds', quantile: 0.9, below: '100ms' }),
      PHASE,
      evidence(prometheus),
    ),
  query: (prometheus: Prometheus) =>
    query.judge(query.params.parse({ name: 'q', promql: 'sum(depth)', below: 100 }), PHASE, evidence(prometheus)),
};

function evidence(prometheus: Prometheus) {
  return { prometheus, scrapeSeconds: 15, signal: AbortSignal.timeout(20_000) };
}

/** The questions whose answers are the evidence itself. */
export function isEvidence({ params }: Question): boolean {
  return /^(req_total|lat_seconds_bucket)\[|^sum\(depth\)$/.test(params.get('query') ?? '');
}

/** A sound answer with one thing changed: for the raw samples, and for the instant value. */
export function twisted(
  question: Question,
  samples: (values: FakeSeries['values']) => unknown,
  value: unknown,
  labels?: unknown,
): Reaction {
  const at = Number(question.params.get('time'));
  if (question.params.get('query') === 'sum(depth)') {
    return { data: { resultType: 'vector', result: [{ metric: labels ?? {}, value: [at, value] }] } };
  }
  const name = question.params.get('query')?.startsWith('lat') === true ? 'lat_seconds_bucket' : 'req_total';
  const result = (name === 'req_total' ? ['200'] : ['0.1', '+Inf']).map((label) => {
    const metric = labels ?? { ...total.metric, __name__: name, ...(name === 'req_total' ? {} : { le: label }) };
    return { metric, values: samples(total.values.filter(([time]) => time > at - 120 && time <= at)) };
  });
  return { data: { resultType: 'matrix', result } };
}

export async function judgeIn(
  kind: Judge,
  script: (question: Question) => Reaction | undefined,
  timeoutMs = 10_000,
): Promise<ExpectationResult> {
  await using fake = await fakePrometheus(script);
  await using prometheus = new Prometheus({
    url: fake.url.replace('//', '//someone:s3cret-word@'),
    timeoutMs,
    maxBytes: 100_000,
    random: () => 0,
  });
  const judged = await kind(prometheus);
  const text = JSON.stringify(judged);
  expect(text).not.toMatch(/s3cret|someone/);
  expect(judged.reason).toMatch(/^\S.{10,}[.?]$/s);
  expect(judged.reason).not.toMatch(/^Http|undefined|\[object|token=/);
  return judged;
}

export const soundDepth = (question: Question): Reaction | undefined =>
  question.params.get('query') === 'sum(depth)' ? vector(PHASE.to, { value: '5' }) : healthy(question);
