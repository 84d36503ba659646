import { Pool } from 'undici';
import * as z from 'zod';
import { AdminError } from './admin-error.ts';

/**
 * The admin API of one sidecar, over TCP or a unix socket. Every answer is checked by a schema: what is not understood
 * is an error, never an assumption about whether a fault is armed.
 */

const listedRule = z.looseObject({
  rule: z.looseObject({ id: z.string() }),
  state: z.enum(['armed', 'paused', 'ended']),
  source: z.string(),
  endsInMs: z.number().nullable(),
});

const rulesAnswer = z.looseObject({ instance: z.string(), rules: z.array(listedRule) });

const count = z.int().nonnegative();
const ledgerCounts = z.looseObject({
  matched: count,
  injected: count,
  skipped: z.record(z.string(), count),
  active: count,
});
const ledgerAnswer = z.looseObject({ instance: z.string(), rules: z.record(z.string(), ledgerCounts) });

const errorAnswer = z.looseObject({ error: z.looseObject({ code: z.string(), message: z.string() }) });

export type ListedRule = z.infer<typeof listedRule>;
export type RulesAnswer = z.infer<typeof rulesAnswer>;
export type LedgerAnswer = z.infer<typeof ledgerAnswer>;
export type LedgerCounts = z.infer<typeof ledgerCounts>;

/** What the runner needs of a sidecar. */
export interface Admin extends AsyncDisposable {
  /** As the user wrote it: for messages and for the command that would clear it. */
  readonly address: string;
  rules(signal: AbortSignal): Promise<RulesAnswer>;
  ledger(signal: AbortSignal): Promise<LedgerAnswer>;
  /** Arms a rule; the lease is part of it (`ttl`). */
  put(id: string, rule: Readonly<Record<string, unknown>>, signal: AbortSignal): Promise<ListedRule>;
  /** Done as well when the rule is not there. */
  remove(id: string, signal: AbortSignal): Promise<void>;
  renew(id: string, ttlMs: number, signal: AbortSignal): Promise<void>;
}

/** An answer larger than this is no answer of a sidecar. */
const MOST_BYTES = 8 * 1024 * 1024;

/** Opens nothing yet. `address` is `http://host:port` or `unix:PATH`; each request has `timeoutMs` in all. */
export function connectAdmin(address: string, timeoutMs = 2000): Admin {
  return new AdminClient(address, timeoutMs);
}

/** Why this is no admin address, or null. */
export function checkAdminAddress(address: string): string | null {
  if (address.startsWith('unix:')) return address.length > 'unix:'.length ? null : 'the path behind `unix:` is missing';
  const url = URL.canParse(address) ? new URL(address) : null;
  if (url === null || (url.protocol !== 'http:' && url.protocol !== 'https:')) {
    return 'it must look like http://127.0.0.1:15020 or unix:/run/sidequake.sock';
  }
  if ((url.pathname !== '/' && url.pathname !== '') || url.search !== '') return 'it must end behind the port';
  return null;
}

class AdminClient implements Admin {
  readonly address: string;
  readonly #pool: Pool;
  readonly #timeoutMs: number;

  constructor(address: string, timeoutMs: number) {
    this.address = address;
    this.#timeoutMs = timeoutMs;
    const unixPath = address.startsWith('unix:') ? address.slice('unix:'.length) : null;
    this.#pool = new Pool(unixPath === null ? new URL(address).origin : 'http://localhost', {
      allowH2: false,
      pipelining: 1,
      connect: unixPath === null ? { timeout: timeoutMs } : { timeout: timeoutMs, socketPath: unixPath },
    });
  }

  async rules(signal: AbortSignal): Promise<RulesAnswer> {
    return await this.#json('GET', '/rules', null, rulesAnswer, signal);
  }

  async ledger(signal: AbortSignal): Promise<LedgerAnswer> {
    return await this.#json('GET', '/ledger', null, ledgerAnswer, signal);
  }

  async put(id: string, rule: Readonly<Record<string, unknown>>, signal: AbortSignal): Promise<ListedRule> {
    return await this.#json('PUT', `/rules/${encodeURIComponent(id)}`, rule, listedRule, signal);
  }

  async remove(id: string, signal: AbortSignal): Promise<void> {
    await this.#request('DELETE', `/rules/${encodeURIComponent(id)}`, null, signal);
  }

  async renew(id: string, ttlMs: number, signal: AbortSignal): Promise<void> {
    await this.#request('PUT', `/leases/${encodeURIComponent(id)}`, { ttl: `${ttlMs}ms` }, signal);
  }

  async [Symbol.asyncDispose](): Promise<void> {
    await this.#pool.destroy();
  }

  async #json<T>(method: string, path: string, body: unknown, schema: z.ZodType<T>, signal: AbortSignal): Promise<T> {
    const text = await this.#request(method, path, body, signal);
    const parsed = schema.safeParse(parseJson(text));
    if (parsed.success) return parsed.data;
    throw new AdminError('unexpected-answer', `${this.address} answered ${method} ${path} with something else`, {
      cause: parsed.error,
    });
  }

  async #request(method: string, path: string, body: unknown, signal: AbortSignal): Promise<string> {
    signal.throwIfAborted();
    const deadline = AbortSignal.timeout(this.#timeoutMs);
    let status: number;
    let text: string;
    try {
      const answer = await this.#pool.request({
        method,
        path,
        headers: { accept: 'application/json', ...(body === null ? {} : { 'content-type': 'application/json' }) },
        body: body === null ? null : JSON.stringify(body),
        // A kept connection may be closed by the sidecar just when the request that ends a fault is sent.
        reset: true,
        signal: AbortSignal.any([signal, deadline]),
      });
      status = answer.statusCode;
      text = await readAll(answer.body);
    } catch (error) {
      signal.throwIfAborted();
      if (error instanceof AdminError) throw error;
      const why = deadline.aborted ? `no answer within ${this.#timeoutMs} ms` : reasonOf(error);
      throw new AdminError('unreachable', `${this.address} cannot be reached: ${why}`, { cause: error });
    }
    if (status >= 200 && status < 300) return text;
    const refusal = errorAnswer.safeParse(parseJson(text));
    const why = refusal.success ? refusal.data.error.message : `HTTP ${status}`;
    throw new AdminError('refused', `${this.address} refused ${method} ${path}: ${why}`, {
      status,
      ...(refusal.success ? { refusal: refusal.data.error.code } : {}),
    });
  }
}

async function readAll(body: AsyncIterable<Uint8Array>): Promise<string> {
  const chunks: Uint8Array[] = [];
  let bytes = 0;
  for await (const chunk of body) {
    bytes += chunk.length;
    if (bytes > MOST_BYTES) throw new AdminError('unexpected-answer', `an answer of more than ${MOST_BYTES} bytes`);
    chunks.push(chunk);
  }
  return Buffer.concat(chunks).toString('utf8');
}

/** Undefined for what is not JSON: the schema then says so. */
function parseJson(text: string): unknown {
  try {
    return JSON.parse(text);
  } catch {
    return undefined;
  }
}

function reasonOf(error: unknown): string {
  if (!(error instanceof Error)) return String(error);
  return error.message === '' && 'code' in error ? String(error.code) : error.message;
}
