// Random conversations over real sockets: valid and ambiguous messages, cut anywhere, pipelined, broken off by either
// side, with no rule, with one that matches nothing and with ones that delay and abort some of them. Nothing may be
// lost, added, reordered, left open or miscounted.
import net from 'node:net';
import * as fc from 'fast-check';
import { afterAll, beforeAll, expect, test } from 'vitest';
import type { ArmedRule } from '../../proxy/rules/armed-rule.ts';
import { arm } from '../support/arm.ts';
import { startListener, type RunningListener } from '../support/listener.ts';
import { abortedBy, answerTo, conversation, disruption, pieces, RULES } from './fuzz-cases.ts';
import type { Conversation, Disruption, Mode } from './fuzz-cases.ts';

/** A conversation that takes longer than this hangs: most take a few milliseconds. */
const HANGS_MS = 5000;

const seed = Number(process.env['FUZZ_SEED'] ?? Date.now() % 2 ** 31);
const share = Number(process.env['FUZZ_RUNS'] ?? 10_000) / 10_000;

interface Peer {
  readonly socket: net.Socket;
  seen: string;
  ended: boolean;
  readonly closed: Promise<void>;
  /** Until so many bytes have come, or the other side has ended. */
  until(bytes: number): Promise<void>;
}

function peer(socket: net.Socket): Peer {
  const waiting = new Set<() => void>();
  const wake = (): void => {
    for (const resolve of waiting) resolve();
    waiting.clear();
  };
  const closed = Promise.withResolvers<void>();
  const self: Peer = {
    socket,
    seen: '',
    ended: false,
    closed: closed.promise,
    until: async (bytes) => {
      while (self.seen.length < bytes && !self.ended) await new Promise<void>((resolve) => waiting.add(resolve));
    },
  };
  const over = (): void => {
    self.ended = true;
    wake();
  };
  socket
    .on('data', (bytes) => {
      self.seen += bytes.toString('latin1');
      wake();
    })
    .on('end', over)
    .on('error', over)
    .on('close', () => {
      over();
      closed.resolve();
    });
  return self;
}

async function write({ socket }: Peer, bytes: readonly string[]): Promise<void> {
  for (const [i, piece] of bytes.entries()) {
    if (socket.destroyed || socket.writableEnded) return;
    socket.write(piece, 'latin1');
    // Most pieces leave in packets of their own; some meet.
    if (i % 3 !== 2) await new Promise((resolve) => setImmediate(resolve));
  }
}

let server: net.Server;
let onConnection: (server: Peer) => void = () => undefined;
const proxies = new Map<Mode, { readonly listener: RunningListener; readonly rules: readonly ArmedRule[] }>();

beforeAll(async () => {
  server = net.createServer({ allowHalfOpen: true, noDelay: true }, (socket) => onConnection(peer(socket)));
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  const { port } = server.address() as net.AddressInfo;
  for (const [mode, written] of Object.entries(RULES) as [Mode, (typeof RULES)[Mode]][]) {
    const rules = written.map(({ id, path, faults }) => arm({ id, match: { path } }, faults));
    proxies.set(mode, { listener: await startListener(port, { rules }), rules });
  }
});

afterAll(async () => {
  for (const { listener } of proxies.values()) await listener[Symbol.asyncDispose]();
  await new Promise((resolve) => server.close(resolve));
});

interface Outcome {
  readonly client: string;
  /** One for each connection that the app has seen. */
  readonly servers: readonly string[];
  readonly toClient: string;
  readonly toServer: string;
}

const TAIL_ANSWER = 'whatever a server says to that\r\n';

/** Plays a conversation to its end, or until somebody breaks it off. */
async function converse(talk: Conversation, broken: Disruption | null): Promise<Outcome> {
  const { mode, messages, tail } = talk;
  const { listener, rules } = proxies.get(mode) ?? expect.unreachable('every mode has a proxy');
  const passed = messages.filter((message) => abortedBy(mode, message) === null);
  const toServer = passed.map(({ request }) => request).join('') + tail;
  const toClient = messages.map((message) => answerTo(mode, message)).join('') + (tail === '' ? '' : TAIL_ANSWER);

  const servers: Peer[] = [];
  const breaks = (by: Disruption['by'], whole: number): number =>
    broken?.by === by ? Math.floor(broken.at * whole) : Infinity;
  const breakOff = ({ socket }: Peer): void => {
    if (broken?.how === 'reset') socket.resetAndDestroy();
    else socket.end();
  };

  const serve = async (self: Peer): Promise<void> => {
    const limit = breaks('server', toServer.length);
    let due = 0;
    for (const { request, response } of [
      ...passed,
      ...(tail === '' ? [] : [{ request: tail, response: TAIL_ANSWER }]),
    ]) {
      due += request.length;
      await self.until(Math.min(due, limit));
      if (limit < due) return breakOff(self);
      // Not what it was written to answer: see `asLeftAlone`.
      if (self.seen.slice(0, due) !== toServer.slice(0, due)) break;
      await write(self, pieces(response, talk.serverCuts));
    }
    if (limit <= toServer.length) return breakOff(self);
    await self.until(Infinity);
    self.socket.end();
  };
  onConnection = (self) => {
    servers.push(self);
    void serve(self);
  };

  const socket = net.connect({ port: listener.port, host: '127.0.0.1', allowHalfOpen: true, noDelay: true });
  const client = peer(socket);
  const limit = breaks('client', toClient.length);
  const speak = async (): Promise<void> => {
    let due = 0;
    let waiting = '';
    for (const message of messages) {
      if (message.waits && waiting !== '') {
        await write(client, pieces(waiting, talk.clientCuts));
        waiting = '';
        await client.until(due);
      }
      waiting += message.request;
      due += answerTo(mode, message).length;
    }
    await write(client, pieces(waiting + tail, talk.clientCuts));
    await client.until(toClient.length);
    if (!socket.destroyed) socket.end();
  };
  const cut = async (): Promise<void> => {
    if (limit === Infinity) return;
    await client.until(limit);
    breakOff(client);
  };
  const hangs = AbortSignal.timeout(HANGS_MS);
  const all = (async () => {
    await Promise.all([speak(), cut(), client.closed]);
    await Promise.all(servers.map(({ closed }) => closed));
  })();
  await Promise.race([
    all,
    new Promise((_, reject) => {
      hangs.addEventListener('abort', () =>
        reject(
          new Error(
            `hangs: ${JSON.stringify([client.seen, client.ended, servers.map(({ seen, ended }) => [seen, ended])])}`,
          ),
        ),
      );
    }),
  ]);
  while (listener.listener.active > 0) {
    if (hangs.aborted) throw new Error('the proxy keeps a connection whose peers are gone');
    await new Promise((resolve) => setImmediate(resolve));
  }
  for (const { ledger, held } of rules) {
    expect(held.size).toBe(0);
    expect(ledger.active).toBe(0);
    expect(ledger.matched).toBe(ledger.injected + ledger.skipped.reduce((sum, count) => sum + count, 0));
  }
  expect(listener.listener.bufferedBytes).toBe(0);
  return { client: client.seen, servers: servers.map(({ seen }) => seen), toClient, toServer };
}

function expectBeginning(seen: string, whole: string): void {
  expect(seen).toBe(whole.slice(0, seen.length));
}

/**
 * What an app may see of requests that would be aborted: the beginning of a head whose client has broken off, as that is
 * no exchange; and whole ones behind its own end, which cannot be answered by us any more.
 */
function asLeftAlone(seen: string, { mode, messages, tail }: Conversation, serverEnds: boolean): string {
  let whole = '';
  for (const message of messages) {
    const { request } = message;
    const left = seen.slice(whole.length);
    const begun = left !== '' && request.startsWith(left) && left.length < request.indexOf('\r\n\r\n') + 4;
    const there = begun || (serverEnds && left !== '' && (left.startsWith(request) || request.startsWith(left)));
    if (abortedBy(mode, message) === null || there) whole += request;
  }
  return whole + tail;
}

async function fuzz(property: fc.IAsyncProperty<[Conversation, Disruption | null]>, runs: number): Promise<void> {
  const numRuns = Math.round(runs * share);
  console.log(`fuzz: ${numRuns} runs, repeat by FUZZ_SEED=${seed} npm run test:long -- test/proxy/fuzz.long.test.ts`);
  await fc.assert(property, { numRuns, seed, interruptAfterTimeLimit: 240_000, markInterruptAsFailure: true });
}

test('of whole conversations both peers see every byte, in order, and nothing else', async () => {
  const whole = fc.asyncProperty(conversation, fc.constant(null), async (talk, broken) => {
    const { client, servers, toClient, toServer } = await converse(talk, broken);
    expect(servers).toEqual([toServer]);
    expect(client).toBe(toClient);
  });
  await fuzz(whole, 7000);
});

test('of conversations that are broken off both peers see a beginning, and the proxy keeps nothing', async () => {
  const cut = fc.asyncProperty(conversation, disruption, async (talk, broken) => {
    const { client, servers, toClient } = await converse(talk, broken);
    // Behind an app that has ended, a held exchange may have been given a new connection: its script begins anew there.
    if (servers.length <= 1) {
      const [seen = ''] = servers;
      expectBeginning(seen, asLeftAlone(seen, talk, broken?.by === 'server' && broken.how === 'end'));
      // An answer of ours behind the app's end is the last of its connection, and says so.
      expectBeginning(client.replace('connection: close\r\n', ''), toClient);
    }
  });
  await fuzz(cut, 3000);
});
