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
import { BindError } from '../listen/bind.ts';
import { ControlServer, type Handler } from './control-server.ts';
import { foreign, isLoopback } from './foreign-request.ts';
import { failure, json, NO_CONTENT, problemsReply, type Reply } from './reply.ts';

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
    guard: (request) => {
      const refused = foreign(request, address);
      return refused && failure(refused.code, refused.message);
    },
    endpoints: [
      { path: '/rules', methods: { GET: () => json(200, store.list()) } },
      { path: '/rules/{id}', methods: { PUT: putRule(options), DELETE: deleteRule(options) } },
      { path: '/leases/{id}', methods: { PUT: putLease(options) } },
      { path: '/ledger', methods: { GET: () => json(200, store.ledger()) } },
      { path: '/config', methods: { GET: () => json(200, config()) } },
    ],
  });
}

function putRule({ store, note }: AdminOptions): Handler {
  return async ({ body }, id) => {
    const { readRule } = await import('../config/load.ts');
    const read = readRule(body, { id });
    if (!read.ok) return problemsReply('invalid-rule', read.problems);
    const result = await store.put(read.value);
    if (result.ok) note(`rule ${id} put: ${result.rule.state}, ${endOf(result.rule.endsInMs)}`);
    return ruleReply(result);
  };
}

function deleteRule({ store, note }: AdminOptions): Handler {
  return async (_request, id) => {
    const result = await store.delete(id);
    if (!result.ok) return failure(result.code, result.message);
    note(`rule ${id} deleted`);
    return NO_CONTENT;
  };
}

function putLease({ store, note }: AdminOptions): Handler {
  return async ({ body }, id) => {
    const { readLease } = await import('../config/load.ts');
    const ttlMs = readLease(body);
    if (!ttlMs.ok) return problemsReply('invalid-lease', ttlMs.problems);
    const result = await store.renew(id, ttlMs.value);
    if (result.ok) note(`rule ${id} renewed: ${endOf(result.rule.endsInMs)}`);
    return ruleReply(result);
  };
}

function ruleReply(result: RuleResult): Reply {
  return result.ok ? json(200, result.rule) : failure(result.code, result.message);
}

function endOf(endsInMs: number | null): string {
  return endsInMs === null ? 'without end' : `ends in ${endsInMs} ms`;
}
