// Runs over every fault of the registry: whatever a fault does, these hold.
import http from 'node:http';
import { describe, expect, test } from 'vitest';
import { faults } from '../../proxy/faults/registry.ts';
import { binomialInterval } from '../../verifier/stats/binomial.ts';
import { call, startApp, type Got } from '../support/app.ts';
import { startProxy, type Counts, type ProxyUnderTest } from '../support/proxy.ts';

/** Parameters of each fault for this suite, and how a caller tells that it acted. */
const SAMPLES: Readonly<Record<string, { readonly params: unknown; readonly acted: (got: Got) => boolean }>> = {
  abort: { params: { status: 418 }, acted: ({ status }) => status === 418 },
  delay: { params: { fixed: '30ms' }, acted: ({ tookMs }) => tookMs >= 30 },
};

const LONG: Readonly<Record<string, unknown>> = { delay: { fixed: '30s' } };

function sum(counts: Counts): number {
  return counts.injected + Object.values(counts.skipped).reduce((all, one) => all + one, 0);
}

function expectIdentity(counts: Counts): void {
  expect(sum(counts)).toBe(counts.matched);
}

async function manyCalls(
  port: number,
  count: number,
  concurrency: number,
  path: (i: number) => string,
): Promise<Got[]> {
  const agent = new http.Agent({ keepAlive: true, maxSockets: concurrency });
  const results: Got[] = [];
  let next = 0;
  const worker = async (): Promise<void> => {
    while (next < count) {
      const i = next++;
      results[i] = await call(port, path(i), { agent });
    }
  };
  await Promise.all(Array.from({ length: concurrency }, worker));
  agent.destroy();
  return results;
}

async function until(done: () => boolean): Promise<void> {
  for (let i = 0; i < 500 && !done(); i++) await new Promise((resolve) => setTimeout(resolve, 5));
  expect(done()).toBe(true);
}

test('every fault of the registry has a sample here', () => {
  expect(Object.keys(SAMPLES).toSorted()).toEqual(faults.map(({ name }) => name).toSorted());
});

describe.each(faults.map(({ name }) => name))('%s', (name) => {
  const sample = SAMPLES[name] ?? { params: {}, acted: () => false };
  const rule = (more: Record<string, unknown> = {}, params = sample.params): Record<string, unknown> => ({
    faults: [{ [name]: params }],
    ...more,
  });

  test('at 100 % every exchange is injected, the caller sees it, the ledger says so', async () => {
    await using app = await startApp();
    await using proxy = await startProxy(app.port);
    await proxy.put('r', rule());
    const got = await manyCalls(proxy.port, 40, 8, (i) => `/${i}`);
    expect(got.every(sample.acted)).toBe(true);
    expect(proxy.counts('r')).toEqual({ matched: 40, injected: 40, skipped: {}, active: 0 });
  });

  test('at 0 % nothing is touched', async () => {
    await using app = await startApp();
    await using proxy = await startProxy(app.port);
    await proxy.put('r', rule({ share: '0%' }));
    const got = await manyCalls(proxy.port, 40, 8, (i) => `/${i}`);
    expect(got.map(({ status, body, headers }) => [status, body, headers['sidequake']])).toEqual(
      got.map((_, i) => [200, `/${i}`, undefined]),
    );
    expect(proxy.counts('r')).toEqual({ matched: 40, injected: 0, skipped: { share: 40 }, active: 0 });
  });

  test('the same requests select the same set at concurrency 1 and 64, with ids and without', async () => {
    await using app = await startApp();
    for (const withIds of [true, false]) {
      const sets: string[][] = [];
      for (const concurrency of [1, 64]) {
        await using proxy = await startProxy(app.port);
        await proxy.put('r', rule({ share: '30%', seed: 7 }, name === 'delay' ? { fixed: '20ms' } : sample.params));
        const agent = new http.Agent({ keepAlive: true, maxSockets: concurrency });
        const chosen: string[] = [];
        // Without ids requests to one path are interchangeable: what must be equal is how many of each were chosen.
        const path = (i: number): string => (withIds ? `/${i}` : `/${i % 10}`);
        await Promise.all(
          Array.from({ length: 400 }, async (_, i) => {
            const headers = { host: 'app', ...(withIds ? { 'x-request-id': `call-${i}` } : {}) };
            const got = await call(proxy.port, path(i), { agent, headers });
            const flagged = name === 'abort' ? sample.acted(got) : null;
            if (flagged === true) chosen.push(path(i));
          }),
        );
        agent.destroy();
        const injected = proxy.logged
          .filter((line) => line.includes('"injected"'))
          .map((line) => {
            return (JSON.parse(line) as { path: string }).path;
          });
        if (name === 'abort') expect(injected.toSorted()).toEqual(chosen.toSorted());
        sets.push(injected.toSorted());
        expectIdentity(proxy.counts('r'));
        const { low, high } = binomialInterval(400, 0.3, 0.9999);
        expect(injected.length).toBeGreaterThanOrEqual(low);
        expect(injected.length).toBeLessThanOrEqual(high);
      }
      expect(sets[0]).toEqual(sets[1]);
    }
  });

  test('switched on and off under traffic it loses no exchange and no count', async () => {
    await using app = await startApp();
    await using proxy = await startProxy(app.port);
    let running = true;
    const toggling = (async () => {
      for (let i = 0; running; i++) {
        if (i % 2 === 0) await proxy.put('r', rule({ share: '50%' }));
        else await proxy.remove('r');
        await new Promise((resolve) => setTimeout(resolve, 7));
      }
      await proxy.remove('r');
    })();
    const got = await manyCalls(proxy.port, 1500, 16, (i) => `/${i}`);
    running = false;
    await toggling;
    for (const [i, one] of got.entries()) {
      if (one.headers['sidequake'] === undefined) expect([one.status, one.body]).toEqual([200, `/${i}`]);
    }
    const counts = proxy.counts('r');
    expectIdentity(counts);
    expect(counts.active).toBe(0);
    expect(counts.injected).toBeGreaterThan(0);
    if (name === 'abort') expect(got.filter(sample.acted).length).toBe(counts.injected);
  });

  test('a caller that goes away leaves nothing active', async () => {
    await using app = await startApp();
    await using proxy = await startProxy(app.port);
    await proxy.put('r', rule({ maxActive: 5 }, LONG[name] ?? sample.params));
    const controller = new AbortController();
    const calls = Array.from({ length: 20 }, (_, i) =>
      call(proxy.port, `/${i}`, { signal: controller.signal }).catch((error: unknown) => error),
    );
    await until(() => proxy.counts('r').matched === 20);
    if (name in LONG)
      expect(proxy.counts('r')).toMatchObject({ injected: 5, active: 5, skipped: { 'max-active': 15 } });
    controller.abort();
    await Promise.all(calls);
    await until(() => proxy.counts('r').active === 0);
    expectIdentity(proxy.counts('r'));
  });

  test('the end of its lease ends it', async () => {
    await using app = await startApp();
    await using proxy = await startProxy(app.port);
    await proxy.put('r', rule({ ttl: '300ms' }));
    expect(sample.acted(await call(proxy.port, '/a'))).toBe(true);
    await until(() => !proxy.store.isArmed('r'));
    expect((await call(proxy.port, '/b')).headers['sidequake']).toBeUndefined();
    const injected = proxy.counts('r').injected;
    await call(proxy.port, '/c');
    expect(proxy.counts('r').injected).toBe(injected);
  });

  test('what does not match is not touched, and not counted', async () => {
    await using app = await startApp();
    await using proxy = await startProxy(app.port);
    await proxy.put('r', rule({ match: { path: '/hit/*', method: ['GET'] }, except: [{ path: '/hit/not' }] }));
    const got = await Promise.all(
      [
        ['/miss', 'GET'],
        ['/hit/x', 'POST'],
        ['/hit/not', 'GET'],
      ].map(([path = '', method = '']) => call(proxy.port, path, { method })),
    );
    expect(got.map(({ status }) => status)).toEqual([200, 200, 200]);
    expect(proxy.counts('r').matched).toBe(0);
    expect(sample.acted(await call(proxy.port, '/hit/y'))).toBe(true);
  });
});

async function held(proxy: ProxyUnderTest, count: number): Promise<void> {
  await until(() => proxy.counts('r').active === count);
}

test('a removed rule frees what it held at once, and the app answers', async () => {
  await using app = await startApp();
  await using proxy = await startProxy(app.port);
  await proxy.put('r', { faults: [{ delay: '60s' }, { abort: 503 }] });
  const calls = Array.from({ length: 10 }, (_, i) => call(proxy.port, `/${i}`));
  await held(proxy, 10);
  const freedAt = performance.now();
  await proxy.remove('r');
  const got = await Promise.all(calls);
  expect(performance.now() - freedAt).toBeLessThan(5000);
  expect(got.map(({ status, body }) => `${status} ${body}`)).toEqual(got.map((_, i) => `200 /${i}`));
  expect(proxy.counts('r')).toEqual({ matched: 10, injected: 10, skipped: {}, active: 0 });
});

test('an app that closes a connection it believes idle does not break the call that is held on it', async () => {
  await using app = await startApp({ keepAliveTimeoutMs: 50 });
  await using proxy = await startProxy(app.port);
  const agent = new http.Agent({ keepAlive: true, maxSockets: 1 });
  expect((await call(proxy.port, '/first', { agent })).status).toBe(200);
  await proxy.put('r', { faults: [{ delay: '400ms' }] });
  const got = await call(proxy.port, '/held', { agent, method: 'POST', body: 'x'.repeat(1000) });
  expect([got.status, got.body]).toEqual([200, '/held']);
  expect(got.tookMs).toBeGreaterThanOrEqual(400);
  agent.destroy();
});

test('an injected answer comes in its turn among pipelined ones, and the connection goes on', async () => {
  await using app = await startApp();
  await using proxy = await startProxy(app.port);
  await proxy.put('r', { match: { path: '/b*' }, faults: [{ abort: { status: 429, body: 'no' } }] });
  const { playClient, send, end, until: bytes } = await import('../support/wire.ts');
  const request = (path: string, body = ''): string =>
    `POST ${path} HTTP/1.1\r\nHost: a\r\nContent-Length: ${body.length}\r\n\r\n${body}`;
  const seen = await playClient(proxy.port, [
    send(request('/a') + request('/b1', 'GET /x HTTP/1.1\r\n\r\n') + request('/c') + request('/b2') + request('/d')),
    bytes(500),
    end,
  ]);
  const statuses = [...seen.bytes.matchAll(/HTTP\/1\.1 (\d+)/g)].map(([, status]) => status);
  expect(statuses).toEqual(['200', '429', '200', '429', '200']);
  expect(app.requests).toEqual(['POST /a', 'POST /c', 'POST /d']);
});

test('of two rules that would answer the first in order does, and the delays of both add up', async () => {
  await using app = await startApp();
  await using proxy = await startProxy(app.port);
  await proxy.put('a', { faults: [{ delay: '60ms' }, { abort: 503 }] });
  await proxy.put('b', { faults: [{ abort: 418 }] });
  await proxy.put('c', { faults: [{ delay: '60ms' }] });
  const got = await call(proxy.port, '/');
  expect(got.status).toBe(503);
  expect(got.tookMs).toBeGreaterThanOrEqual(120);
  expect(proxy.counts('b').skipped).toEqual({ preempted: 1 });
  expect(proxy.counts('c').injected).toBe(1);
});
