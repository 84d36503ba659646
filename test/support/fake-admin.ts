import { createServer } from 'node:http';
import type { IncomingMessage, ServerResponse } from 'node:http';
import type { AddressInfo } from 'node:net';

/**
 * A sidecar's admin API without a sidecar: rules with leases on this process' clock, a ledger that tests fill by
 * `exchange()`, and every way to misbehave that the runner must survive.
 */
export interface FakeAdmin extends AsyncDisposable {
  readonly url: string;
  /** Every request so far, as `PUT /rules/a`. */
  readonly requests: string[];
  readonly armed: ReadonlyMap<string, Readonly<Record<string, unknown>>>;
  /** One exchange passes: counted for every armed rule, `injected` with the rule's share. True: it was broken. */
  exchange(): boolean;
  /** When exchanges were broken, Unix seconds, by all rules together. */
  readonly brokenAt: readonly number[];
  /** Set to make it misbehave. */
  readonly mood: Mood;
  /** As after a restart without a state folder: no rules, new instance, counts at 0. */
  restart(): void;
}

export interface Mood {
  /** Refuse PUT /rules by this status. */
  refusePut: number | null;
  /** Accept DELETE and keep the rule. */
  ignoreDelete: boolean;
  /** Never answer anything. */
  silent: boolean;
  /** Never answer PUT /leases. */
  silentLeases: boolean;
  /** Matches nothing: exchanges pass by the rule. */
  matchNothing: boolean;
  /** Injects every exchange whatever the share says. */
  ignoreShare: boolean;
  /** Answer all by HTML, as something that is no sidecar. */
  html: boolean;
}

interface Entry {
  rule: Record<string, unknown>;
  source: string;
  endsAtMs: number;
  timer: NodeJS.Timeout;
}

export async function startFakeAdmin(): Promise<FakeAdmin> {
  const requests: string[] = [];
  const entries = new Map<string, Entry>();
  const counts = new Map<string, { matched: number; injected: number; share: number; credit: number }>();
  const mood: Mood = {
    refusePut: null,
    ignoreDelete: false,
    silent: false,
    silentLeases: false,
    matchNothing: false,
    ignoreShare: false,
    html: false,
  };
  const brokenAt: number[] = [];
  let instance = 'instance-1';
  const armed = new Map<string, Record<string, unknown>>();

  const end = (id: string) => {
    const entry = entries.get(id);
    if (entry === undefined) return;
    clearTimeout(entry.timer);
    entries.delete(id);
    armed.delete(id);
  };
  const lease = (id: string, ms: number) => setTimeout(() => end(id), ms);

  const answer = (response: ServerResponse, status: number, body: unknown) => {
    response.writeHead(status, { 'content-type': 'application/json' }).end(JSON.stringify(body));
  };
  const element = (entry: Entry) => ({
    rule: entry.rule,
    state: 'armed',
    source: entry.source,
    endsInMs: Math.max(0, entry.endsAtMs - performance.now()),
  });

  const handle = async (request: IncomingMessage, response: ServerResponse) => {
    const path = request.url ?? '';
    let text = '';
    for await (const chunk of request.setEncoding('utf8')) text += String(chunk);
    requests.push(`${request.method} ${path}`);
    if (mood.silent) return;
    if (mood.html) {
      response.writeHead(200, { 'content-type': 'text/html' }).end('<h1>It works</h1>');
      return;
    }
    const [, kind, id = ''] = path.split('/');
    if (request.method === 'GET' && kind === 'rules') {
      answer(response, 200, { instance, rules: [...entries.values()].map(element) });
    } else if (request.method === 'GET' && kind === 'ledger') {
      const rules: Record<string, unknown> = {};
      for (const [rule, count] of counts) {
        const { matched, injected } = count;
        rules[rule] = { matched, injected, skipped: { share: matched - injected }, active: 0 };
      }
      answer(response, 200, { instance, rules });
    } else if (request.method === 'PUT' && kind === 'rules') {
      if (mood.refusePut !== null) {
        answer(response, mood.refusePut, { error: { code: 'bad-rule', message: 'this sidecar does not want it' } });
        return;
      }
      end(id);
      const rule = JSON.parse(text) as { ttl?: string; share?: string };
      const ms = durationMs(rule.ttl ?? '5m');
      const entry = { rule: { ...rule, id }, source: 'api', endsAtMs: performance.now() + ms, timer: lease(id, ms) };
      entries.set(id, entry);
      armed.set(id, entry.rule);
      const share = Number.parseFloat(rule.share ?? '100%') / 100;
      const old = counts.get(id);
      counts.set(id, { matched: old?.matched ?? 0, injected: old?.injected ?? 0, share, credit: 0 });
      answer(response, 200, element(entry));
    } else if (request.method === 'DELETE' && kind === 'rules') {
      if (!mood.ignoreDelete) end(id);
      response.writeHead(204).end();
    } else if (request.method === 'PUT' && kind === 'leases') {
      if (mood.silentLeases) return;
      const entry = entries.get(id);
      if (entry === undefined) {
        answer(response, 404, { error: { code: 'unknown-rule', message: `there is no rule ${id}` } });
        return;
      }
      clearTimeout(entry.timer);
      const ms = durationMs((JSON.parse(text) as { ttl: string }).ttl);
      entry.timer = lease(id, ms);
      entry.endsAtMs = performance.now() + ms;
      answer(response, 200, element(entry));
    } else {
      answer(response, 404, { error: { code: 'not-found', message: path } });
    }
  };

  const server = createServer((request, response) => {
    handle(request, response).catch((error: unknown) => {
      response.writeHead(500).end(String(error));
    });
  });
  await new Promise<void>((resolve) => {
    server.listen(0, '127.0.0.1', resolve);
  });

  return {
    url: `http://127.0.0.1:${(server.address() as AddressInfo).port}`,
    requests,
    armed,
    brokenAt,
    mood,
    exchange: () => {
      let broken = false;
      for (const id of entries.keys()) {
        const count = counts.get(id);
        if (count === undefined || mood.matchNothing) continue;
        count.matched++;
        count.credit += mood.ignoreShare ? 1 : count.share;
        if (count.credit >= 1) {
          count.credit -= 1;
          count.injected++;
          broken = true;
          brokenAt.push(Date.now() / 1000);
        }
      }
      return broken;
    },
    restart: () => {
      for (const id of entries.keys()) end(id);
      counts.clear();
      instance = `instance-${Number(instance.split('-')[1]) + 1}`;
    },
    [Symbol.asyncDispose]: async () => {
      for (const id of entries.keys()) end(id);
      server.closeAllConnections();
      await new Promise((resolve) => {
        server.close(resolve);
      });
    },
  };
}

function durationMs(text: string): number {
  const match = /^(\d+(?:\.\d+)?)(ms|s|m)$/.exec(text);
  if (match === null) throw new Error(`the fake does not understand the duration ${text}`);
  const unit = { ms: 1, s: 1000, m: 60_000 }[match[2] as 'ms' | 's' | 'm'];
  return Number(match[1]) * unit;
}
