// Answers of the proxy among many requests, on slow clients, and before the request has ended.
import net from 'node:net';
import { describe, expect, test } from 'vitest';
import { startApp } from '../../support/app.ts';
import { arm } from '../../support/arm.ts';
import { startListener } from '../../support/listener.ts';
import { end, pause, playClient, scriptedServer, send, until, untilEnd } from '../../support/wire.ts';

const KB = 1024;

function statuses(bytes: string): string[] {
  return [...bytes.matchAll(/HTTP\/1\.1 (\d+)/g)].map(([, status]) => status ?? '');
}

test.each([
  ['abort', { abort: 503 }, '503'],
  ['delay of nothing', { delay: { from: '0ms', to: '1ms' } }, '200'],
])('thousands of requests in one packet do not exhaust the stack: %s', async (_, faults, status) => {
  await using app = await startApp();
  const rule = arm({}, faults);
  await using proxy = await startListener(app.port, { rules: [rule] });
  // As many as fit into one read.
  const count = status === '503' ? 3500 : 200;
  const requests = 'GET / HTTP/1.1\r\n\r\n'.repeat(count - 1);
  const last = 'GET / HTTP/1.1\r\nConnection: close\r\n\r\n';
  if (status === '200') {
    const seen = await playClient(proxy.port, [
      send((requests + last).replaceAll('1.1\r\n', '1.1\r\nHost: a\r\n')),
      untilEnd,
      end,
    ]);
    expect(new Set(statuses(seen.bytes))).toEqual(new Set([status]));
    expect(statuses(seen.bytes).length).toBe(count);
  } else {
    const seen = await playClient(proxy.port, [send(requests + last), untilEnd, end]);
    expect(statuses(seen.bytes).length).toBe(count);
    expect(new Set(statuses(seen.bytes))).toEqual(new Set([status]));
    expect(app.requests).toEqual([]);
  }
  expect([rule.ledger.injected, rule.ledger.matched, rule.ledger.active]).toEqual([count, count, 0]);
});

test('a client that sends and sends and never reads fills no memory with injected answers', async () => {
  await using app = await startApp();
  const rule = arm({}, { abort: { status: 503, body: 'x'.repeat(8 * KB) } });
  await using proxy = await startListener(app.port, { rules: [rule] });
  const client = net.connect({ port: proxy.port, host: '127.0.0.1' });
  client.on('error', () => undefined).pause();
  const block = Buffer.from('GET / HTTP/1.1\r\n\r\n'.repeat(3000));
  let blocked = 0;
  let most = 0;
  for (let i = 0; i < 200 && blocked < 30; i++) {
    blocked = client.write(block) ? 0 : blocked + 1;
    await new Promise((resolve) => setTimeout(resolve, 5));
    most = Math.max(most, proxy.listener.bufferedBytes);
  }
  // One answer beyond the high-water mark of a socket.
  expect(most).toBeLessThan(128 * KB);
  const before = rule.ledger.injected;
  expect(before).toBeGreaterThan(100);
  // Nothing is lost: what it reads later is answers and nothing else.
  let read = 0;
  client.on('data', (bytes) => (read += bytes.length)).resume();
  for (let i = 0; i < 400 && rule.ledger.injected < before + 1000; i++)
    await new Promise((resolve) => setTimeout(resolve, 5));
  expect(rule.ledger.injected).toBeGreaterThan(before + 1000);
  expect(read).toBeGreaterThan(1000 * 8 * KB);
  client.destroy();
});

describe('a request body whose end is not certain, behind an answer that the proxy has given', () => {
  test.each([
    ['no rule but this', false],
    ['strict', true],
  ])('goes nowhere, and the connection ends: %s', async (_, strict) => {
    await using server = await scriptedServer([untilEnd, end]);
    const rule = arm({}, { abort: { status: 503 } });
    await using proxy = await startListener(server.port, { rules: [rule], strict });
    const smuggled = 'GET /hidden HTTP/1.1\r\nHost: app\r\n\r\n';
    const request = `POST /a HTTP/1.1\r\nHost: app\r\nTransfer-Encoding: chunked\r\n\r\n3\r\nabc\r\nno size\r\n\r\n${smuggled}`;
    const client = await playClient(proxy.port, [send(request), untilEnd, end]);
    expect(statuses(client.bytes)).toEqual(['503']);
    expect((await server.seen[0])?.bytes).toBe('');
    expect([...proxy.traffic.connections.refusals]).toEqual([['chunk', 1]]);
    expect([rule.ledger.injected, rule.ledger.matched]).toEqual([1, 1]);
  });
});

test('a strict refusal behind a refused upgrade waits for the answers of what came before it', async () => {
  const upgrade = 'GET /ws HTTP/1.1\r\nHost: a\r\nConnection: Upgrade\r\nUpgrade: x\r\n\r\n';
  const good = 'GET /good HTTP/1.1\r\nHost: a\r\n\r\n';
  const bad = 'GET /bad HTTP/1.1\nHost: a\n\n';
  const OK = 'HTTP/1.1 200 OK\r\nContent-Length: 2\r\n\r\nok';
  await using server = await scriptedServer([
    until(upgrade.length + good.length),
    send(OK),
    pause(60),
    send(OK),
    untilEnd,
    end,
  ]);
  await using proxy = await startListener(server.port, { strict: true });
  const client = await playClient(proxy.port, [send(upgrade), pause(20), send(good + bad), untilEnd, end]);
  expect(statuses(client.bytes)).toEqual(['200', '200', '400']);
});

test('a large upload is taken to its end behind the answer, and the connection goes on', async () => {
  await using app = await startApp();
  const rule = arm({ match: { method: ['POST'] } }, { abort: { status: 503 } });
  await using proxy = await startListener(app.port, { rules: [rule] });
  const body = Buffer.alloc(5_000_000, 'GET /x HTTP/1.1\r\n\r\n');
  const head = `POST /a HTTP/1.1\r\nHost: a\r\nContent-Length: ${body.length}\r\n\r\n`;
  const next = 'GET /next HTTP/1.1\r\nHost: a\r\nConnection: close\r\n\r\n';
  const client = await playClient(proxy.port, [
    send(head),
    until(50),
    send(Buffer.concat([body, Buffer.from(next)])),
    untilEnd,
    end,
  ]);
  expect(statuses(client.bytes)).toEqual(['503', '200']);
  expect(app.requests).toEqual(['GET /next']);
});

test.each([
  ['HEAD', 'HEAD /a HTTP/1.1\r\nHost: a\r\n\r\n', /\r\ncontent-length: 4\r\n(?:.+\r\n)*\r\n$/, false],
  ['HTTP/1.0', 'GET /a HTTP/1.0\r\n\r\n', /\r\nconnection: close\r\n\r\nbody$/, true],
  ['HTTP/1.0 with keep-alive', 'GET /a HTTP/1.0\r\nConnection: keep-alive\r\n\r\n', /close\r\n\r\nbody$/, true],
  ['close', 'GET /a HTTP/1.1\r\nHost: a\r\nConnection: close\r\n\r\n', /close\r\n\r\nbody$/, true],
  [
    'Expect',
    'POST /a HTTP/1.1\r\nHost: a\r\nContent-Length: 4\r\nExpect: 100-continue\r\n\r\n',
    /close\r\n\r\nbody$/,
    true,
  ],
])('the injected answer to %s has the length that this client reads', async (_, request, shape, closes) => {
  await using server = await scriptedServer([untilEnd, end]);
  const rule = arm({}, { abort: { status: 503, body: 'body' } });
  await using proxy = await startListener(server.port, { rules: [rule] });
  const client = await playClient(proxy.port, [send(request), ...(closes ? [untilEnd] : [until(60), pause(20)]), end]);
  expect(client.bytes).toMatch(shape);
  expect(statuses(client.bytes)).toEqual(['503']);
  expect((await server.seen[0])?.bytes).toBe('');
});
