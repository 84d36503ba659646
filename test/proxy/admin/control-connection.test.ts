// The control listeners on raw sockets: what a client library hides.
import { expect, test } from 'vitest';
import { playClient, end, send, until, untilEnd } from '../../support/wire.ts';
import { admin } from './serve.ts';

const RULE = '{"faults":[{"abort":503}]}';

async function port(): Promise<{ port: number } & AsyncDisposable> {
  const running = await admin();
  if (running.server.address.kind !== 'tcp') throw new Error('not TCP');
  return { port: running.server.address.port, [Symbol.asyncDispose]: () => running[Symbol.asyncDispose]() };
}

function put(body: string, ...headers: string[]): string {
  return ['PUT /rules/a HTTP/1.1', 'Host: localhost', ...headers, '', body].join('\r\n');
}

function statuses(bytes: string): string[] {
  return [...bytes.matchAll(/HTTP\/1\.1 (\d+)/g)].map(([, status = '']) => status);
}

test('a chunked body, cut anywhere, is one body', async () => {
  await using running = await port();
  const request = put(
    '3\r\n{"f\r\n17;x=y\r\naults":[{"abort":503}]}\r\n0\r\nT: 1\r\n\r\n',
    'Transfer-Encoding: chunked',
    'Connection: close',
  );
  for (let cut = 1; cut < request.length; cut += 11) {
    const seen = await playClient(running.port, [send(request.slice(0, cut)), send(request.slice(cut)), untilEnd, end]);
    expect(statuses(seen.bytes)).toEqual(['200']);
  }
});

test('pipelined requests are answered in order, and Connection: close ends it', async () => {
  await using running = await port();
  const get = 'GET /rules HTTP/1.1\r\nHost: localhost\r\n\r\n';
  const last = 'HEAD /ledger HTTP/1.1\r\nHost: localhost\r\nConnection: close\r\n\r\n';
  const seen = await playClient(running.port, [
    send(get + put(RULE, `Content-Length: ${RULE.length}`) + get + last),
    untilEnd,
    end,
  ]);
  expect(statuses(seen.bytes)).toEqual(['200', '200', '200', '200']);
  expect(seen.bytes).toMatch(/content-length: [1-9]\d*\r\n.*connection: close\r\n\r\n$/s);
});

test('Expect: 100-continue is told to go on', async () => {
  await using running = await port();
  const head = put('', `Content-Length: ${RULE.length}`, 'Expect: 100-continue');
  const seen = await playClient(running.port, [send(head), until(25), send(RULE), until(150), end]);
  expect(statuses(seen.bytes)).toEqual(['100', '200']);
});

test('HTTP/1.0 is answered, and the connection ends', async () => {
  await using running = await port();
  const seen = await playClient(running.port, [send('GET /config HTTP/1.0\r\n\r\n'), untilEnd, end]);
  expect(statuses(seen.bytes)).toEqual(['200']);
});

test.each([
  ['two lengths', put(RULE, 'Content-Length: 26', 'Content-Length: 2')],
  ['length and encoding', put(RULE, 'Content-Length: 26', 'Transfer-Encoding: chunked')],
  ['bare line ends', 'GET /rules HTTP/1.1\nHost: localhost\n\n'],
  ['no HTTP', '\x16\x03\x01\x00\x05hello\r\n\r\n'],
  ['bad chunks', put('zz\r\n', 'Transfer-Encoding: chunked')],
  ['an endless head', `GET / HTTP/1.1\r\nX: ${'x'.repeat(100_000)}`],
])('%s: refused by 400 and closed', async (_, request) => {
  await using running = await port();
  const seen = await playClient(running.port, [send(request), untilEnd, end]);
  expect(statuses(seen.bytes)).toEqual(['400']);
  expect(seen.bytes).toContain('"code":"bad-request"');
});
