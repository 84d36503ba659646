/**
 * Whatever a server can answer but the truth: no expectation may pass on it, and each says in a sentence why. The same
 * world without the pathology passes, so the pathology alone decides.
 */
import { gzipSync } from 'node:zlib';
import { describe, expect, test } from 'vitest';
import { scalar, vector, type Question, type Reaction } from '../../support/fake-prometheus.ts';
import { grow, isEvidence, judgeIn, kinds, PHASE, soundDepth, twisted } from './spoiled-world.ts';

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
