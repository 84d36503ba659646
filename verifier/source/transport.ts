/**
 * The HTTP side of asking Prometheus: one deadline over everything (attempts, waits between them, reading the body), a
 * limit on what is read, few retries where asking again can help, no redirects. Nothing here knows what the answers
 * mean.
 */
import { setTimeout as sleep } from 'node:timers/promises';
import { pipeline } from 'node:stream/promises';
import { createGunzip, createInflate } from 'node:zlib';
import type { Readable } from 'node:stream';
import { Agent, request } from 'undici';
import { answered, failed, type Answer } from './answer.ts';
import type { Endpoint } from './endpoint.ts';

export interface TransportOptions {
  readonly endpoint: Endpoint;
  /** For one call with all its retries. */
  readonly timeoutMs: number;
  /** Of one answer, after decompression. */
  readonly maxBytes: number;
  /** Uniform in [0, 1): spreads retries. */
  readonly random: () => number;
}

/** An answer as it came, text decoded. */
export interface Reply {
  readonly status: number;
  readonly contentType: string;
  /** Of a redirect. */
  readonly location: string | null;
  readonly body: string;
}

const ATTEMPTS = 3;
const FIRST_PAUSE_MS = 200;
/** Longer parameters go into a form body: URLs beyond a few KB are cut off or refused by what lies in between. */
const LONGEST_IN_URL = 1024;

export class Transport {
  readonly #options: TransportOptions;
  readonly #agent: Agent;

  constructor(options: TransportOptions) {
    this.#options = options;
    const { timeoutMs } = options;
    this.#agent = new Agent({
      allowH2: false,
      connections: 8,
      connectTimeout: timeoutMs,
      headersTimeout: timeoutMs,
      bodyTimeout: timeoutMs,
    });
  }

  /** Asks `/api/v1/PATH`. Server errors and broken connections are asked again, everything else is returned. */
  async ask(path: string, params: URLSearchParams, signal?: AbortSignal): Promise<Answer<Reply>> {
    const deadline = AbortSignal.timeout(this.#options.timeoutMs);
    const either = signal === undefined ? deadline : AbortSignal.any([signal, deadline]);
    let last: Answer<Reply> | null = null;
    for (let attempt = 1; ; attempt++) {
      const reply = await this.#once(path, params, either, signal);
      // Out of time while asking again: what the attempt before said is worth more than "timed out".
      if (last !== null && !reply.ok && reply.failure.code === 'timeout') return last;
      if (attempt === ATTEMPTS || either.aborted || !isWorthAnotherTry(reply)) return reply;
      last = reply;
      const pauseMs = FIRST_PAUSE_MS * 2 ** (attempt - 1) * (0.5 + this.#options.random() / 2);
      const slept = await sleep(pauseMs, true, { signal: either }).catch(() => false);
      if (!slept) return signal?.aborted === true ? failed('aborted', 'the question was withdrawn') : reply;
    }
  }

  async [Symbol.asyncDispose](): Promise<void> {
    await this.#agent.destroy();
  }

  async #once(
    path: string,
    params: URLSearchParams,
    either: AbortSignal,
    signal?: AbortSignal,
  ): Promise<Answer<Reply>> {
    const { endpoint, timeoutMs, maxBytes } = this.#options;
    const text = params.toString();
    const inBody = text.length > LONGEST_IN_URL;
    try {
      const response = await request(endpoint.resolve(path, inBody ? '' : text), {
        dispatcher: this.#agent,
        method: inBody ? 'POST' : 'GET',
        headers: {
          accept: 'application/json',
          'accept-encoding': 'gzip, deflate',
          'user-agent': 'sidequake',
          ...(inBody ? { 'content-type': 'application/x-www-form-urlencoded' } : {}),
          ...endpoint.headers,
        },
        body: inBody ? text : null,
        signal: either,
      });
      const header = (name: string): string => [response.headers[name] ?? ''].flat().join(', ');
      const body = await readBody(response.body, header('content-encoding'), maxBytes, either);
      return answered({
        status: response.statusCode,
        contentType: header('content-type'),
        location: header('location') || null,
        body,
      });
    } catch (error) {
      if (signal?.aborted === true) return failed('aborted', 'the question was withdrawn');
      if (either.aborted)
        return failed('timeout', `no whole answer from ${endpoint.shown} within ${timeoutMs / 1000} s`);
      if (error instanceof TooLarge) {
        return failed(
          'too-large',
          `the answer of ${endpoint.shown} is larger than ${maxBytes} bytes: narrow the selector`,
        );
      }
      if (error instanceof Garbled) return failed('not-json', `the answer of ${endpoint.shown} ${error.message}`);
      return failed('unreachable', `${endpoint.shown} cannot be asked: ${endpoint.redact(reasonOf(error))}`);
    }
  }
}

function isWorthAnotherTry(reply: Answer<Reply>): boolean {
  if (!reply.ok) return reply.failure.code === 'unreachable';
  // Prometheus 3 answers 400 bad_data where its time is up before the query is parsed.
  return reply.value.status >= 500 || (reply.value.status === 400 && isOutOfTime(reply.value.body));
}

/** Whether an error text says that the server's time was up. */
export function isOutOfTime(text: string): boolean {
  return /deadline exceeded|timed out/i.test(text);
}

class TooLarge extends Error {}
class Garbled extends Error {}

async function readBody(body: Readable, encoding: string, maxBytes: number, signal: AbortSignal): Promise<string> {
  const chunks: Uint8Array[] = [];
  let size = 0;
  const collect = async (source: AsyncIterable<Uint8Array>): Promise<void> => {
    for await (const chunk of source) {
      size += chunk.length;
      if (size > maxBytes) throw new TooLarge();
      chunks.push(chunk);
    }
  };
  switch (encoding.trim().toLowerCase()) {
    case '':
    case 'identity':
      await pipeline(body, collect, { signal });
      break;
    case 'gzip':
      await pipeline(body, createGunzip(), collect, { signal }).catch(asGarbled);
      break;
    case 'deflate':
      await pipeline(body, createInflate(), collect, { signal }).catch(asGarbled);
      break;
    default:
      // Ending the body early is an error of the stream, and one nobody listens to would end the process.
      body.once('error', () => undefined).destroy();
      throw new Garbled(`has the content encoding ${JSON.stringify(encoding)}, which was not asked for`);
  }
  try {
    return new TextDecoder('utf-8', { fatal: true }).decode(Buffer.concat(chunks));
  } catch {
    throw new Garbled('is not UTF-8 text');
  }
}

/** zlib's errors carry codes like Z_DATA_ERROR. */
function asGarbled(error: unknown): never {
  const code = (error as { code?: unknown }).code;
  if (typeof code === 'string' && code.startsWith('Z_')) throw new Garbled('is not the compressed text it says it is');
  throw error;
}

function reasonOf(error: unknown): string {
  if (!(error instanceof Error)) return String(error);
  // A connection refused on several addresses is an AggregateError without a message of its own.
  if (error instanceof AggregateError && error.message === '') return error.errors.map(reasonOf).join(', ');
  return error.message === '' ? ((error as { code?: string }).code ?? error.name) : error.message;
}
