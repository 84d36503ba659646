// Listeners that a new configuration adds, changes or takes away while connections are open.
import http from 'node:http';
import net from 'node:net';
import { expect, test } from 'vitest';
import { readConfig } from '../../../proxy/config/load.ts';
import type { Config } from '../../../proxy/config/rule.ts';
import { call, startApp } from '../../support/app.ts';
import { startProxy } from '../../support/proxy.ts';
import { scriptedServer, send, untilEnd, end } from '../../support/wire.ts';

function config(data: unknown): Config {
  const read = readConfig(JSON.stringify(data), 'test.yaml');
  if (!read.ok) throw new Error(JSON.stringify(read.problems));
  return read.value;
}

async function freePort(): Promise<number> {
  const server = net.createServer();
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  const { port } = server.address() as net.AddressInfo;
  await new Promise((resolve) => server.close(resolve));
  return port;
}

async function eventually(done: () => boolean): Promise<void> {
  for (let i = 0; i < 400 && !done(); i++) await new Promise((resolve) => setTimeout(resolve, 5));
  expect(done()).toBe(true);
}

test('a listener gets another app behind it without a moment in which nobody listens', async () => {
  await using one = await startApp();
  await using two = await startApp();
  await using proxy = await startProxy(one.port);
  const listen = await freePort();
  const to = (upstream: number, more: object = {}): Config => config({ listeners: [{ listen, upstream, ...more }] });
  await proxy.proxy.apply(to(one.port), null);
  let refused = 0;
  let running = true;
  const calling = (async () => {
    // A connection for each: idle ones are closed by the change, and a request can cross that on its way.
    while (running) await call(listen, '/x', { agent: new http.Agent() }).catch(() => refused++);
  })();
  for (let i = 0; i < 20; i++) {
    await proxy.proxy.apply(to(i % 2 === 0 ? two.port : one.port, { strict: i % 3 === 0 }), null);
    await new Promise((resolve) => setTimeout(resolve, 10));
  }
  await proxy.proxy.apply(to(two.port), null);
  running = false;
  await calling;
  expect(refused).toBe(0);
  const before = two.requests.length;
  await call(listen, '/last');
  expect(two.requests.length).toBe(before + 1);
  expect(one.requests.length).toBeGreaterThan(0);
});

test('where one address of a new configuration cannot be had, all stays as it was, changed listeners too', async () => {
  await using one = await startApp();
  await using two = await startApp();
  await using proxy = await startProxy(one.port);
  const listen = await freePort();
  await proxy.proxy.apply(config({ listeners: [{ listen, upstream: one.port }] }), null);
  const bad = [
    { listen, upstream: two.port },
    { listen: two.port, upstream: one.port },
  ];
  await expect(proxy.proxy.apply(config({ listeners: bad }), null)).rejects.toThrow(/in use/);
  await call(listen, '/still');
  expect(one.requests).toEqual(['GET /still']);
});

test('what is left of a listener that was taken away follows the rules and is ended with the rest', async () => {
  await using app = await startApp();
  await using proxy = await startProxy(app.port);
  const listen = await freePort();
  const rules = [{ id: 'r', match: { path: '/abort' }, faults: [{ abort: 503 }] }];
  const listeners = [{ listen, upstream: app.port }];
  await proxy.proxy.apply(config({ listeners, rules }), null);
  expect((await call(listen, '/abort')).status).toBe(503);
  const client = net.connect({ port: listen, host: '127.0.0.1' });
  let seen = '';
  client.on('data', (bytes) => (seen += String(bytes))).on('error', () => undefined);
  // Something is under way: a listener that is taken away lets it come to its end.
  const half = 'POST /slow HTTP/1.1\r\nHost: a\r\nContent-Length: 5\r\n\r\n';
  client.write(half);
  await eventually(() => proxy.proxy.metricsText().includes(`listener="127.0.0.1:${listen}"} 1`));
  await new Promise((resolve) => setTimeout(resolve, 30));
  await proxy.proxy.apply(config({}), null);
  client.write('helloGET /abort HTTP/1.1\r\nHost: a\r\n\r\n');
  await eventually(() => seen.includes('/slow') && seen.includes('/abort'));
  expect([...seen.matchAll(/HTTP\/1\.1 (\d+)/g)].map(([, status]) => status)).toEqual(['200', '200']);
  expect(proxy.counts('r')).toEqual({ matched: 1, injected: 1, skipped: {}, active: 0 });
  client.destroy();
});

test('a tunnel of a listener that was taken away is drained, counted and cut like the others', async () => {
  await using app = await startApp();
  await using server = await scriptedServer([send('hello'), untilEnd, end]);
  await using proxy = await startProxy(app.port);
  const listen = await freePort();
  await proxy.proxy.apply(config({ listeners: [{ listen, upstream: server.port, protocol: 'tcp' }] }), null);
  const client = net.connect({ port: listen, host: '127.0.0.1' });
  const closed = new Promise((resolve) => client.on('error', () => undefined).on('close', resolve));
  await new Promise((resolve) => client.once('data', resolve));
  await proxy.proxy.apply(config({}), null);
  await expect(call(listen, '/')).rejects.toThrow(/ECONNREFUSED/);
  expect(await proxy.proxy.drain(100)).toBe(1);
  await proxy.proxy[Symbol.asyncDispose]();
  const late = new Promise((resolve) => setTimeout(() => resolve('late'), 2000));
  expect(await Promise.race([closed.then(() => 'closed'), late])).toBe('closed');
  client.destroy();
});
