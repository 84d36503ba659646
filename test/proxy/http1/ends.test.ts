// What happens to an exchange that rules have selected when a side of its connection ends.
import net from 'node:net';
import { describe, expect, test } from 'vitest';
import { startApp } from '../../support/app.ts';
import { arm } from '../../support/arm.ts';
import { startListener } from '../../support/listener.ts';
import { pause, playClient, scriptedServer, send, until, untilEnd, end } from '../../support/wire.ts';

const GET = 'GET /a HTTP/1.1\r\nHost: app\r\n\r\n';
const OK = 'HTTP/1.1 200 OK\r\nContent-Length: 2\r\n\r\nok';

async function eventually(done: () => boolean): Promise<void> {
  for (let i = 0; i < 400 && !done(); i++) await new Promise((resolve) => setTimeout(resolve, 5));
  expect(done()).toBe(true);
}

describe('a request that comes behind the end of the app', () => {
  // The client has been told of that end: it can be given no answer any more, and will send the request elsewhere.
  test.each([
    ['delay', { delay: '30ms' }],
    ['abort', { abort: 503 }],
  ])('is not injected into by %s, and never reaches the app by a new connection', async (_, faults) => {
    const rule = arm({ match: { path: '/late' } }, faults);
    await using server = await scriptedServer([until(GET.length), send(OK), end, untilEnd]);
    await using proxy = await startListener(server.port, { rules: [rule] });
    const late = 'POST /late HTTP/1.1\r\nHost: app\r\nContent-Length: 0\r\n\r\n';
    const client = await playClient(proxy.port, [send(GET), untilEnd, send(late), pause(80), end]);
    expect(client.bytes).toBe(OK);
    expect(server.seen.length).toBe(1);
    expect(rule.ledger.injected).toBe(0);
    expect(rule.ledger.matched).toBe(1);
  });
});

test('an app that resets while its client is slow to read gets no further request by a new connection', async () => {
  const rule = arm({ match: { path: '/late' } }, { delay: '10ms' });
  const large = 'x'.repeat(8_000_000);
  await using server = await scriptedServer([
    until(GET.length),
    send(`HTTP/1.1 200 OK\r\nContent-Length: ${large.length + 10}\r\n\r\n${large}`),
    pause(100),
    { reset: true },
  ]);
  await using proxy = await startListener(server.port, { rules: [rule] });
  const client = net.connect({ port: proxy.port, host: '127.0.0.1', allowHalfOpen: true });
  client.on('error', () => undefined).pause();
  client.write(GET);
  await eventually(() => server.seen.length === 1);
  await server.seen[0];
  client.write('POST /late HTTP/1.1\r\nHost: app\r\nContent-Length: 0\r\n\r\n');
  await new Promise((resolve) => setTimeout(resolve, 100));
  client.resume();
  await new Promise((resolve) => client.on('close', resolve));
  await eventually(() => proxy.listener.active === 0);
  expect(server.seen.length).toBe(1);
});

test('a client with much behind a held exchange is let go when the app ends before an earlier answer', async () => {
  const rule = arm({ match: { path: '/held' } }, { delay: '30s' });
  await using server = await scriptedServer([until(GET.length), pause(60), end]);
  await using proxy = await startListener(server.port, { rules: [rule] });
  const held = `POST /held HTTP/1.1\r\nHost: app\r\nContent-Length: 300000\r\n\r\n${'x'.repeat(300_000)}`;
  const client = await playClient(proxy.port, [send(GET + held), untilEnd, end]);
  expect(client.bytes).toBe('');
  await eventually(() => proxy.listener.active === 0);
  expect([rule.ledger.active, rule.ledger.injected, rule.ledger.matched]).toEqual([0, 1, 1]);
});

describe('an app that gives up a connection on which its client waits for a held exchange', () => {
  test.each([
    ['with 408 and an end', 'HTTP/1.1 408 Request Timeout\r\nConnection: close\r\n\r\n'],
    ['with an end alone', ''],
  ])('%s does not answer that exchange: it gets a new connection', async (_, goodbye) => {
    const requests: string[] = [];
    const sockets: net.Socket[] = [];
    const server = net.createServer((socket) => {
      sockets.push(socket);
      // As a server does that times the head of a request: silent connections are told and closed.
      const timer = setTimeout(() => socket.end(goodbye), 50);
      socket
        .on('error', () => undefined)
        .on('data', (bytes) => {
          clearTimeout(timer);
          requests.push(String(bytes));
          socket.write(OK);
        });
    });
    await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
    const rule = arm({}, { delay: '200ms' });
    await using proxy = await startListener((server.address() as net.AddressInfo).port, { rules: [rule] });
    const client = await playClient(proxy.port, [send(GET), until(OK.length), end]);
    expect(client.bytes).toBe(OK);
    expect(requests).toEqual([GET]);
    expect(sockets.length).toBe(2);
    expect([...proxy.traffic.connections.tunnels]).toEqual([]);
    for (const socket of sockets) socket.destroy();
    server.close();
  });

  test('and answers it from nowhere, where an abort follows the delay', async () => {
    const rule = arm({}, { delay: '150ms', abort: { status: 418 } });
    await using server = await scriptedServer([pause(30), send('HTTP/1.1 408 No\r\n\r\n'), end]);
    await using proxy = await startListener(server.port, { rules: [rule] });
    const client = await playClient(proxy.port, [send(GET), untilEnd, end]);
    expect(client.bytes).toMatch(/^HTTP\/1\.1 418 /);
    expect(client.end).toBe('fin');
    expect([rule.ledger.injected, rule.ledger.active]).toEqual([1, 0]);
  });

  test('and cannot be reached again, ends the exchange as one the app has left', async () => {
    const rule = arm({}, { delay: '150ms' });
    const server = net.createServer((socket) => {
      socket.on('error', () => undefined);
      server.close();
      setTimeout(() => socket.end(), 50);
    });
    await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
    await using proxy = await startListener((server.address() as net.AddressInfo).port, { rules: [rule] });
    const client = await playClient(proxy.port, [send(GET), untilEnd]);
    expect(client).toEqual({ bytes: '', end: 'reset' });
    await eventually(() => proxy.listener.active === 0);
    expect([...proxy.traffic.connections.connectFailures]).toEqual([['ECONNREFUSED', 1]]);
    expect(proxy.traffic.exchanges.keys.map(({ outcome }) => outcome)).toEqual([4]);
    expect(rule.ledger.active).toBe(0);
  });
});

test('a drain ends a connection whose answer came before the end of its request', async () => {
  const half = 'POST /a HTTP/1.1\r\nHost: app\r\nContent-Length: 10\r\n\r\nhalf-';
  await using server = await scriptedServer([until(half.length), send(OK), untilEnd, end]);
  await using proxy = await startListener(server.port);
  const client = playClient(proxy.port, [send(half), until(OK.length), pause(60), send('other'), untilEnd, end]);
  await eventually(() => proxy.traffic.exchanges.keys.length === 1);
  const drained = proxy.listener.drain();
  const late = new Promise((resolve) => setTimeout(() => resolve('late'), 3000));
  expect(await Promise.race([drained, late])).toBeUndefined();
  expect(await client).toEqual({ bytes: OK, end: 'fin' });
});

test('a drain lets a body that is being thrown away behind an injected answer come to its end', async () => {
  await using app = await startApp();
  const rule = arm({}, { abort: { status: 503 } });
  await using proxy = await startListener(app.port, { rules: [rule] });
  const half = 'POST /a HTTP/1.1\r\nHost: app\r\nContent-Length: 10\r\n\r\nhalf-';
  const client = playClient(proxy.port, [send(half), until(60), pause(60), send('other'), untilEnd, end]);
  await eventually(() => rule.ledger.injected === 1);
  await proxy.listener.drain();
  expect(await client).toMatchObject({ end: 'fin' });
  expect(app.requests).toEqual([]);
});

test('a drain lets a connection that has just been made send its first request, and ends one that stays silent', async () => {
  await using app = await startApp();
  await using proxy = await startListener(app.port);
  const request = 'GET /first HTTP/1.1\r\nHost: app\r\n\r\n';
  const client = playClient(proxy.port, [pause(150), send(request), untilEnd, end]);
  const silent = playClient(proxy.port, [untilEnd, end]);
  await eventually(() => proxy.listener.active === 2);
  await proxy.listener.drain();
  expect((await client).bytes).toMatch(/^HTTP\/1\.1 200 /);
  expect(await silent).toEqual({ bytes: '', end: 'fin' });
});
