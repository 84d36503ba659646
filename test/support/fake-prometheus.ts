/**
 * A Prometheus that answers what a test tells it to, pathologies included, over a real socket. It does not evaluate
 * PromQL: a script is asked for each question and gives the answer.
 */
import { createServer, type IncomingMessage, type ServerResponse } from 'node:http';
import type { AddressInfo } from 'node:net';

/** One question as it arrived. */
export interface Question {
  readonly method: string;
  /** After `/api/v1/`. */
  readonly path: string;
  /** Of the URL and of a form body. */
  readonly params: URLSearchParams;
  readonly headers: IncomingMessage['headers'];
}

/** What to answer: data in a sound envelope, or bytes of one's own. Undefined: a sound empty answer. */
export type Reaction =
  | { readonly data: unknown; readonly extra?: Readonly<Record<string, unknown>> }
  | {
      readonly status?: number;
      readonly headers?: Readonly<Record<string, string>>;
      readonly body: string | Uint8Array;
    }
  | { readonly raw: (response: ServerResponse) => void };

export interface FakePrometheus extends AsyncDisposable {
  readonly url: string;
  readonly port: number;
  /** Every question so far. */
  readonly questions: readonly Question[];
}

/** What a scraped series looks like to the fake: `[Unix seconds, value]`. */
export interface FakeSeries {
  readonly metric: Readonly<Record<string, string>>;
  readonly values: readonly (readonly [number, string])[];
}

/** `before` is awaited before each answer. */
export async function fakePrometheus(
  script: (question: Question) => Reaction | undefined,
  before: (question: Question) => Promise<void> = async () => {},
): Promise<FakePrometheus> {
  const questions: Question[] = [];
  const server = createServer((request, response) => {
    answer(request, response, questions, script, before).catch((error: unknown) => response.destroy(error as Error));
  });
  await new Promise<void>((listening) => server.listen(0, '127.0.0.1', listening));
  const { port } = server.address() as AddressInfo;
  return {
    url: `http://127.0.0.1:${port}`,
    port,
    questions,
    [Symbol.asyncDispose]: async () => {
      server.closeAllConnections();
      await new Promise((closed) => server.close(closed));
    },
  };
}

/** A sound vector. */
export function vector(
  at: number,
  ...elements: readonly { labels?: Readonly<Record<string, string>>; value: string }[]
): Reaction {
  const result = elements.map(({ labels, value }) => ({ metric: labels ?? {}, value: [at, value] }));
  return { data: { resultType: 'vector', result } };
}

/** A sound scalar. */
export function scalar(at: number, value: string): Reaction {
  return { data: { resultType: 'scalar', result: [at, value] } };
}

/** A sound matrix of the samples that lie in the range a raw query asks for. */
function matrix(question: Question, series: readonly FakeSeries[]): Reaction {
  const at = Number(question.params.get('time'));
  const range = /\[(\d+)(ms|s)\]$/.exec(question.params.get('query') ?? '');
  const seconds = Number(range?.[1]) / (range?.[2] === 'ms' ? 1000 : 1);
  const result = series
    .map(({ metric, values }) => ({ metric, values: values.filter(([time]) => time > at - seconds && time <= at) }))
    .filter(({ values }) => values.length > 0);
  return { data: { resultType: 'matrix', result } };
}

/**
 * Answers as a healthy Prometheus with these series would: raw ranges by the selector's text, `up` included, the server
 * time, and empty vectors for everything else. `now` defaults to long after every sample.
 */
export function scrapedWorld(
  bySelector: Readonly<Record<string, readonly FakeSeries[]>>,
  now = 4_000_000_000,
): (question: Question) => Reaction | undefined {
  return (question) => {
    const query = question.params.get('query') ?? '';
    const at = Number(question.params.get('time') ?? now);
    if (query === 'time()') return scalar(at, String(at));
    if (/\[\d+m?s\]$/.test(query)) {
      const selector = query.replace(/\[\d+m?s\]$/, '');
      return matrix(question, bySelector[selector.startsWith('up') ? 'up' : selector] ?? []);
    }
    return vector(at);
  };
}

async function answer(
  request: IncomingMessage,
  response: ServerResponse,
  questions: Question[],
  script: (question: Question) => Reaction | undefined,
  before: (question: Question) => Promise<void>,
): Promise<void> {
  const url = new URL(request.url ?? '/', 'http://fake');
  const params = url.searchParams;
  let body = '';
  for await (const chunk of request) body += String(chunk);
  for (const [name, value] of new URLSearchParams(body)) params.append(name, value);
  const question: Question = {
    method: request.method ?? '',
    path: url.pathname.replace(/^.*\/api\/v1\//, ''),
    params,
    headers: request.headers,
  };
  questions.push(question);
  await before(question);
  const reaction = script(question) ?? vector(Number(params.get('time') ?? 0));
  if ('raw' in reaction) return reaction.raw(response);
  if ('body' in reaction) {
    response.writeHead(reaction.status ?? 200, { 'content-type': 'application/json', ...reaction.headers });
    response.end(reaction.body);
    return undefined;
  }
  response.writeHead(200, { 'content-type': 'application/json' });
  response.end(JSON.stringify({ status: 'success', data: reaction.data, ...reaction.extra }));
  return undefined;
}
