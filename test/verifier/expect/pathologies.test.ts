/**
 * Whatever a server can answer but the truth: no expectation may pass on it, and each says in a sentence why. The same
 * world without the pathology passes, so the pathology alone decides.
 */
import { gzipSync } from 'node:zlib';
import { describe, expect, test } from 'vitest';
import {
  fakePrometheus,
  scalar,
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

const T0 = 1_767_272_400;
const PHASE: PhaseWindow = { name: 'fault', from: T0, to: T0 + 60 };
const pod: Scraped = { instance: '10.0.0.1:80', offset: T0 + 3, every: 15, from: T0 - 60, to: T0 + 120 };
const grow = (at: number): number => Math.round((at - T0 + 1000) * 20);

const plain = (one: Series): FakeSeries => ({
  metric: one.labels,
  values: one.samples.map(({ at, value }) => [at, String(value)]),
});
const total = plain(series('req_total', pod, grow, { code: '200' }));
const healthy = scrapedWorld({
  'req_total{code="500"}': [],
  req_total: [total],
  lat_seconds_bucket: ['0.1', '+Inf'].map((le) => plain(series('lat_seconds_bucket', pod, grow, { le }))),
  up: [plain(up(pod))],
});

type Judge = (prometheus: Prometheus) => Promise<ExpectationResult>;

const kinds = {
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
function isEvidence({ params }: Question): boolean {
  return /^(req_total|lat_seconds_bucket)\[|^sum\(depth\)$/.test(params.get('query') ?? '');
}

/** A sound answer with one thing changed: for the raw samples, and for the instant value. */
function twisted(
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

const as = (value: unknown) => (question: Question) =>
  twisted(question, (values) => values.map(([time], index) => [time, index === 3 ? value : String(grow(time))]), value);
const body =
  (text: string | Uint8Array, status = 200, headers: Record<string, string> = {}) =>
  (): Reaction => ({ status, headers, body: text });
const api = (status: number, errorType: string, error: string) =>
  body(JSON.stringify({ status: 'error', errorType, error }), status);
const extra =
  (more: Record<string, unknown>) =>
  (question: Question): Reaction => {
    const sound = as('5')(question);
    return 'data' in sound ? { data: sound.data, extra: more } : sound;
  };
const HTML = '<!doctype html><title>Sign in</title>';

const pathologies: Readonly<Record<string, readonly [(question: Question) => Reaction, RegExp]>> = {
  'an empty answer': [
    (question) =>
      question.params.get('query') === 'sum(depth)' ? vector(PHASE.to) : { data: { resultType: 'matrix', result: [] } },
    /no series|empty/i,
  ],
  NaN: [as('NaN'), /NaN/],
  '+Inf': [as('+Inf'), /Infinity/],
  '-Inf': [as('-Inf'), /-Infinity/],
  'an empty text for a number': [as(''), /not a sample/],
  'a decimal comma': [as('0,5'), /not a sample/],
  'a hexadecimal number': [as('0x10'), /not a sample/],
  'a number with something behind it': [as('0.001abc'), /not a sample/],
  'a number beyond doubles': [as('1e999'), /not a sample/],
  'a JSON number for a value': [as(5), /not a sample/],
  'null for a value': [as(null), /not a sample/],
  'labels that are no texts': [
    (question) => twisted(question, (values) => values, '5', { job: 1 }),
    /is not an? (element|series)/,
  ],
  'no labels': [(question) => twisted(question, (values) => values, '5', []), /is not an? (element|series)/],
  'a warning': [extra({ warnings: ['remote read failed'] }), /warns: remote read failed/],
  'a warning that is no list': [extra({ warnings: 'partial response' }), /warns: partial response/],
  'an info about ignored samples': [extra({ infos: ['ignored histogram in sum'] }), /ignored histogram/],
  'an info about incompatible samples': [extra({ infos: ['incompatible sample types encountered'] }), /incompatible/],
  'a partial answer of VictoriaMetrics': [extra({ isPartial: true }), /partial/],
  'an error type beside success': [extra({ errorType: 'internal', error: 'disk' }), /internal: disk/],
  'a string result': [() => ({ data: { resultType: 'string', result: [PHASE.to, '5'] } }), /is a "string"/],
  'a scalar pair that is none': [() => ({ data: { resultType: 'scalar', result: [5] } }), /not a scalar|is a "scalar"/],
  'a result that is no list': [() => ({ data: { resultType: 'matrix', result: {} } }), /is a "matrix"/],
  'data that is null': [() => ({ data: null }), /not an object/],
  'no data': [body('{"status":"success"}'), /no data/],
  'another status': [body('{"status":"ok","data":{}}'), /status ok/],
  'an error with HTTP 200': [api(200, 'execution', 'boom'), /execution: boom/],
  'JSON that is cut off': [body('{"status":"success","data":{"resultType":"vec'), /not a JSON object/],
  'a JSON list': [body('[]'), /not a JSON object/],
  'JSON null': [body('null'), /not a JSON object/],
  'an empty body': [body(''), /not a JSON object/],
  'HTML with HTTP 200': [body(HTML, 200, { 'content-type': 'text/html' }), /text\/html .*Sign in/],
  'a redirect to a login': [
    body('', 302, { location: 'https://login.example/?token=abc' }),
    /redirects to https:\/\/login\.example \(/,
  ],
  'a redirect within the server': [body('', 301, { location: '/prom/api/v1/query' }), /redirects/],
  'HTTP 400': [api(400, 'bad_data', 'parse error'), /bad_data: parse error/],
  'HTTP 400 for lack of time': [api(400, 'bad_data', 'context deadline exceeded'), /out of time/],
  'HTTP 401': [body('no org id', 401), /HTTP 401: "no org id"/],
  'HTTP 403 with HTML': [body(HTML, 403), /HTTP 403/],
  'HTTP 404 in plain text': [body('404 page not found', 404), /HTTP 404/],
  'HTTP 422': [api(422, 'execution', 'many-to-many matching'), /many-to-many/],
  'HTTP 429': [body('slow down', 429), /HTTP 429/],
  'HTTP 500': [api(500, 'internal', 'storage'), /internal: storage/],
  'HTTP 502 with HTML': [body(HTML, 502), /HTTP 502/],
  'HTTP 503 for lack of time': [api(503, 'timeout', 'query timed out'), /out of time/],
  'HTTP 204': [body('', 204), /HTTP 204/],
  'an answer that never comes': [() => ({ raw: () => undefined }), /within 0\.4 s/],
  'an answer that drips': [() => ({ raw: (response) => drip(response) }), /within 0\.4 s/],
  'an answer without end': [body(`{"status":"success","data":"${'x'.repeat(200_000)}"}`), /larger than 100000 bytes/],
  'an answer that explodes when unpacked': [
    body(gzipSync('x'.repeat(5_000_000)), 200, { 'content-encoding': 'gzip' }),
    /larger than 100000 bytes/,
  ],
  'gzip that is none': [body('{"status":"success"}', 200, { 'content-encoding': 'gzip' }), /compressed/],
  'gzip that is cut off': [
    body(gzipSync(HTML.repeat(100)).subarray(0, 30), 200, { 'content-encoding': 'gzip' }),
    /compressed/,
  ],
  'an encoding nobody asked for': [body('x', 200, { 'content-encoding': 'br' }), /content encoding "br"/],
  'bytes that are no text': [body(Buffer.from([0x7b, 0xff, 0xfe])), /UTF-8/],
  'a connection that is reset': [
    () => ({ raw: (response) => void response.socket?.resetAndDestroy() }),
    /cannot be asked/,
  ],
  'an answer that breaks off': [() => ({ raw: (response) => breakOff(response) }), /cannot be asked/],
};

function drip(response: {
  writeHead: (status: number) => unknown;
  write: (text: string) => unknown;
  destroyed: boolean;
}): void {
  response.writeHead(200);
  const timer = setInterval(() => (response.destroyed ? clearInterval(timer) : response.write(' ')), 20);
}

function breakOff(response: {
  writeHead: (status: number, headers: Record<string, string>) => unknown;
  write: (text: string, done: () => void) => unknown;
  socket: { destroy: () => void } | null;
}): void {
  response.writeHead(200, { 'content-length': '1000' });
  response.write('{"status":"success"', () => response.socket?.destroy());
}

async function judgeIn(
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
  expect(judged.reason).not.toMatch(/undefined|\[object|token=/);
  return judged;
}

const soundDepth = (question: Question): Reaction | undefined =>
  question.params.get('query') === 'sum(depth)' ? vector(PHASE.to, { value: '5' }) : healthy(question);

describe.concurrent.each(Object.entries(kinds))('%s', (_, kind) => {
  test('passes in the same world without a pathology', async () => {
    expect(await judgeIn(kind, soundDepth)).toMatchObject({ verdict: 'pass' });
  });

  test.each(Object.entries(pathologies))('%s is inconclusive', async (_, [react, reason]) => {
    // A busy machine may take its time; only what never ends is given a short one.
    const timeoutMs = reason.source.includes('within') ? 400 : 10_000;
    const script = (question: Question): Reaction | undefined =>
      isEvidence(question) ? react(question) : soundDepth(question);
    const judged = await judgeIn(kind, script, timeoutMs);
    expect(judged.reason).toMatch(reason);
    expect(judged.verdict).toBe('inconclusive');
  });

  test('a clock that is no time is inconclusive', async () => {
    const judged = await judgeIn(kind, (question) =>
      question.params.get('query') === 'time()' ? scalar(PHASE.to, 'NaN') : soundDepth(question),
    );
    expect(judged).toMatchObject({ verdict: 'inconclusive' });
    expect(judged.reason).toContain('time()');
  });
});

describe.concurrent('only in instant answers', () => {
  const asked = (react: (question: Question) => Reaction) =>
    judgeIn(kinds.query, (question) => (isEvidence(question) ? react(question) : soundDepth(question)));

  test('several series are named', async () => {
    const judged = await asked(() =>
      vector(PHASE.to, { labels: { pod: 'a' }, value: '1' }, { labels: { pod: 'b' }, value: '2' }),
    );
    expect(judged.verdict).toBe('inconclusive');
    expect(judged.reason).toContain('2 series came back where one number is needed: {pod="a"}, {pod="b"}');
  });

  test('an answer for another time', async () => {
    const judged = await asked(() => vector(PHASE.to - 15, { value: '1' }));
    expect(judged).toMatchObject({ verdict: 'inconclusive' });
    expect(judged.reason).toContain('asked was');
  });

  test('a native histogram', async () => {
    const judged = await asked(() => ({
      data: { resultType: 'vector', result: [{ metric: {}, histogram: [PHASE.to, { count: '1', sum: '1' }] }] },
    }));
    expect(judged).toMatchObject({ verdict: 'inconclusive' });
    expect(judged.reason).toContain('native histogram');
  });

  test('a matrix', async () => {
    const judged = await asked(() => ({ data: { resultType: 'matrix', result: [] } }));
    expect(judged.verdict).toBe('inconclusive');
  });
});

describe.concurrent('only in raw samples', () => {
  const asked = (change: (values: FakeSeries['values']) => unknown) =>
    judgeIn(kinds.ratio, (question) => (isEvidence(question) ? twisted(question, change, '5') : soundDepth(question)));

  test.each<[string, (values: FakeSeries['values']) => unknown, RegExp]>([
    ['samples that go back in time', (values) => values.toReversed(), /order of time/],
    ['two samples of one time', (values) => values.flatMap((value) => [value, value]), /order of time/],
    ['samples that were not asked for', (values) => [[T0 - 9999, '1'], ...values], /not asked for/],
    ['samples that are no pairs', () => [1, 2, 3], /not a sample/],
    ['times that are texts', (values) => values.map(([time, value]) => [String(time), value]), /not a sample/],
    ['a counter below zero', (values) => values.map(([time]) => [time, '-5']), /not a counter/],
    [
      'a counter that goes back a little',
      (values) => values.map(([time], index) => [time, String(5000 - (index % 2))]),
      /goes back/,
    ],
    ['a counter that stops', (values) => values.slice(0, 4), /ended in the phase/],
    ['a counter with a hole', (values) => values.filter((_, index) => index !== 4), /missing from a scrape/],
    ['a counter that stands still', (values) => values.map(([time]) => [time, '77']), /^No traffic/],
    [
      'a counter that hardly moves',
      (values) => values.map(([time], index) => [time, String(100 + index)]),
      /^Too little traffic/,
    ],
    ['nothing after the end', (values) => values.filter(([time]) => time < PHASE.to), /ended|missing/],
  ])('%s', async (_, change, reason) => {
    const judged = await asked(change);
    expect(judged.reason).toMatch(reason);
    expect(judged.verdict).toBe('inconclusive');
  });

  test('series that are there twice', async () => {
    const twice = scrapedWorld({
      req_total: ['a', 'b'].map((replica) => ({
        metric: { ...total.metric, prometheus_replica: replica },
        values: total.values,
      })),
      up: ['a', 'b'].map((replica) => {
        const one = plain(up(pod));
        return { ...one, metric: { ...one.metric, prometheus_replica: replica } };
      }),
    });
    const judged = await judgeIn(kinds.ratio, twice);
    expect(judged.verdict).toBe('inconclusive');
    expect(judged.reason).toContain('prometheus_replica (a, b)');
  });

  test('a target that fell silent where there is no up', async () => {
    const silent = scrapedWorld({ req_total: [total] });
    const judged = await judgeIn(kinds.ratio, (question) =>
      question.params.get('query')?.startsWith('count by (job, instance)') === true
        ? vector(PHASE.to, { labels: { job: 'app', instance: '10.0.0.2:80' }, value: '1' })
        : silent(question),
    );
    expect(judged.verdict).toBe('inconclusive');
    expect(judged.reason).toContain('app at 10.0.0.2:80 reported within the last 15m and is silent');
  });
});
