import { createServer } from 'node:http';
import type { RequestListener } from 'node:http';
import { createServer as createTcpServer } from 'node:net';
import type { AddressInfo, Server } from 'node:net';
import { setTimeout as sleep } from 'node:timers/promises';
import { describe, expect, it } from 'vitest';
import type { LoadSpec } from '../../../verifier/load/load-spec.ts';
import { startOpenLoop } from '../../../verifier/load/open-loop.ts';

async function listening<T extends Server>(server: T): Promise<{ server: T; url: string } & AsyncDisposable> {
  await new Promise<void>((resolve) => {
    server.listen(0, '127.0.0.1', resolve);
  });
  const url = `http://127.0.0.1:${(server.address() as AddressInfo).port}/hello?a=1`;
  return {
    server,
    url,
    [Symbol.asyncDispose]: async () => {
      if ('closeAllConnections' in server) (server as unknown as { closeAllConnections(): void }).closeAllConnections();
      await new Promise((resolve) => {
        server.close(resolve);
      });
    },
  };
}

const http = async (listener: RequestListener) => await listening(createServer(listener));

const spec = (url: string, more: Partial<LoadSpec> = {}): LoadSpec => ({
  url,
  ratePerSecond: 50,
  method: 'GET',
  headers: {},
  body: null,
  timeoutMs: 30_000,
  ...more,
});

describe.concurrent('open loop', () => {
  it('reports what a 100 ms server takes, at its rate, by phase', async () => {
    await using app = await http((_request, response) => {
      setTimeout(() => response.end('ok'), 100);
    });
    const startedMs = performance.now();
    await using load = startOpenLoop(spec(app.url));
    load.enterPhase('baseline');
    await sleep(1000);
    load.enterPhase('fault');
    await sleep(500);
    const seconds = (performance.now() - startedMs) / 1000;
    await load.stop(2000);
    const counts = load.counts();
    expect(counts.failed).toBe(0);
    // The rate is kept however long the test's own timers took.
    expect(Math.abs(counts.sent - 50 * seconds)).toBeLessThanOrEqual(3);
    expect(counts.byStatus).toEqual({ 200: counts.sent });
    const [baseline, fault] = counts.phases;
    expect(baseline?.sent).toBeGreaterThan((fault?.sent ?? 0) * 1.5);
    expect(baseline?.p50Ms).toBeGreaterThan(98);
    expect(baseline?.p50Ms).toBeLessThan(500);
  });

  it('shows a stall of one second in p99 and keeps sending during it', async () => {
    let stalledUntil = 0;
    let arrivedInStall = 0;
    await using app = await http((_request, response) => {
      const wait = Math.max(0, stalledUntil - performance.now());
      if (wait > 0) arrivedInStall++;
      setTimeout(() => response.end('ok'), wait);
    });
    await using load = startOpenLoop(spec(app.url, { ratePerSecond: 100 }));
    load.enterPhase('fault');
    await sleep(500);
    stalledUntil = performance.now() + 1000;
    await sleep(1500);
    await load.stop(2000);
    const [phase] = load.counts().phases;
    // A closed loop would have had one request in the stall. Half of these waited more than half of it.
    expect(arrivedInStall).toBeGreaterThan(70);
    expect(phase?.p99Ms).toBeGreaterThan(850);
    expect(phase?.p50Ms).toBeLessThan(600);
  });

  it('counts refused connections as failed without calling them fast', async () => {
    const server = await http(() => {});
    await server[Symbol.asyncDispose]();
    await using load = startOpenLoop(spec(server.url));
    load.enterPhase('fault');
    await sleep(400);
    await load.stop(1000);
    const counts = load.counts();
    expect(counts.sent).toBeGreaterThan(10);
    expect(counts.failed).toBe(counts.sent);
    expect(counts.failures).toEqual({ ECONNREFUSED: counts.sent });
    expect(counts.phases[0]?.p50Ms).toBeNull();
  });

  it('gives up after the timeout, and counts the time waited', async () => {
    await using app = await http(() => {});
    await using load = startOpenLoop(spec(app.url, { timeoutMs: 200 }));
    load.enterPhase('fault');
    await sleep(300);
    await load.stop(1000);
    const counts = load.counts();
    expect(counts.failed).toBe(counts.sent);
    expect(Object.keys(counts.failures)).toEqual(['timeout']);
    expect(counts.phases[0]?.p50Ms).toBeGreaterThanOrEqual(199);
  });

  it('never has more out than the cap, and counts the rest as failed instead of dropping it', async () => {
    let open = 0;
    let most = 0;
    await using app = await listening(
      createTcpServer((socket) => {
        most = Math.max(most, ++open);
        socket
          .on('close', () => open--)
          .on('error', () => {})
          .resume();
      }),
    );
    await using load = startOpenLoop(spec(app.url, { ratePerSecond: 200 }), { mostOutstanding: 20 });
    await sleep(500);
    await load.stop(0);
    const counts = load.counts();
    expect(most).toBeLessThanOrEqual(20);
    expect(counts.failed).toBe(counts.sent);
    expect(counts.failures['no answer at the end']).toBe(20);
    expect(counts.failures['over the cap']).toBe(counts.sent - 20);
  });

  it('sends method, headers, body and keeps connections', async () => {
    const seen = new Set<string>();
    const connections = new Set<unknown>();
    await using app = await http((request, response) => {
      connections.add(request.socket);
      let body = '';
      request.setEncoding('utf8').on('data', (chunk: string) => (body += chunk));
      request.on('end', () => {
        seen.add(
          `${request.method} ${request.url} ${String(request.headers['x-who'])} ${String(request.headers.authorization)} ${body}`,
        );
        response.writeHead(503).end('no');
      });
    });
    await using load = startOpenLoop(
      spec(app.url.replace('//', '//a:b@'), { method: 'POST', headers: { 'x-who': 'me' }, body: '{"a":1}' }),
    );
    await sleep(400);
    await load.stop(1000);
    expect([...seen]).toEqual(['POST /hello?a=1 me Basic YTpi {"a":1}']);
    expect(load.counts().byStatus).toEqual({ 503: load.counts().sent });
    expect(connections.size).toBeLessThan(load.counts().sent);
  });
});
