/**
 * The admin listener: rules, leases and ledger of one proxy, on loopback or a unix socket.
 *
 *   GET    /rules          what there is              PUT /leases/{id}   a lease from now
 *   PUT    /rules/{id}     arm (JSON or YAML)         GET /ledger        exact counts by rule
 *   DELETE /rules/{id}     take back                  GET /config        the file and what is wrong with it
 */
import { formatAddress } from '../config/address.ts';
import type { Problem } from '../config/problem.ts';
import type { Address } from '../config/rule.ts';
import type { RuleResult, RuleStore } from '../rules/store.ts';
import { BindError } from './bind.ts';
import { ControlServer, type Handler } from './control-server.ts';
import { foreign, isLoopback } from './foreign-request.ts';
import { sendError, sendJson, sendProblems } from './reply.ts';
import { readBody } from './request-body.ts';
import type { ServerResponse } from 'node:http';

/** The body of `GET /config`. */
export interface ConfigStatus {
  /** Of the snapshot that the data path reads. */
  readonly generation: number;
  /** Null where the proxy runs without a file. */
  readonly file: string | null;
  /** When the file that holds was loaded: RFC 3339, UTC; null before the first. */
  readonly loadedAt: string | null;
  /** Why a newer text of the file does not hold; null where there is none. */
  readonly error: { readonly message: string; readonly problems: readonly Problem[] } | null;
}

export interface AdminOptions {
  /** Loopback or a unix socket: whoever reaches it can break traffic. */
  readonly address: Address;
  readonly store: RuleStore;
  readonly config: () => ConfigStatus;
  /** Told of each rule that was put, renewed or deleted, in one line. */
  readonly note: (message: string) => void;
  readonly warn: (message: string) => void;
}

const FLAG = '--admin';

/** @throws {BindError} where the address is not on loopback or cannot be listened on */
export async function startAdmin(options: AdminOptions): Promise<ControlServer> {
  const { address, store, config, warn } = options;
  if (!isLoopback(address)) {
    const where = formatAddress(address);
    throw new BindError(
      `${FLAG} ${where}: must be on loopback (127.0.0.1, [::1]) or unix:PATH, as it asks for no credentials`,
    );
  }
  return ControlServer.start({
    address,
    flag: FLAG,
    warn,
    guard: (request, response) => {
      const refused = foreign(request.headers, address);
      if (refused) sendError(response, refused.code, refused.message);
      return refused !== undefined;
    },
    endpoints: [
      { path: '/rules', methods: { GET: (_request, response) => sendJson(response, 200, store.list()) } },
      { path: '/rules/{id}', methods: { PUT: putRule(options), DELETE: deleteRule(options) } },
      { path: '/leases/{id}', methods: { PUT: putLease(options) } },
      { path: '/ledger', methods: { GET: (_request, response) => sendJson(response, 200, store.ledger()) } },
      { path: '/config', methods: { GET: (_request, response) => sendJson(response, 200, config()) } },
    ],
  });
}

function putRule({ store, note }: AdminOptions): Handler {
  return async (request, response, id) => {
    const text = await readBody(request, response);
    if (text === undefined) return;
    const { readRule } = await import('../config/load.ts');
    const read = readRule(text, { id });
    if (!read.ok) return sendProblems(response, 'invalid-rule', read.problems);
    const result = await store.put(read.value);
    if (result.ok) note(`rule ${id} put: ${result.rule.state}, ${endOf(result.rule.endsInMs)}`);
    sendRule(response, result);
  };
}

function deleteRule({ store, note }: AdminOptions): Handler {
  return async (_request, response, id) => {
    const result = await store.delete(id);
    if (!result.ok) return sendError(response, result.code, result.message);
    note(`rule ${id} deleted`);
    response.writeHead(204).end();
  };
}

function putLease({ store, note }: AdminOptions): Handler {
  return async (request, response, id) => {
    const text = await readBody(request, response);
    if (text === undefined) return;
    const { readLease } = await import('../config/load.ts');
    const ttlMs = readLease(text);
    if (!ttlMs.ok) return sendProblems(response, 'invalid-lease', ttlMs.problems);
    const result = await store.renew(id, ttlMs.value);
    if (result.ok) note(`rule ${id} renewed: ${endOf(result.rule.endsInMs)}`);
    sendRule(response, result);
  };
}

function sendRule(response: ServerResponse, result: RuleResult): void {
  if (result.ok) sendJson(response, 200, result.rule);
  else sendError(response, result.code, result.message);
}

function endOf(endsInMs: number | null): string {
  return endsInMs === null ? 'without end' : `ends in ${endsInMs} ms`;
}
