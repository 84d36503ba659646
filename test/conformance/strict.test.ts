// Requests on whose boundaries two readers could disagree: untouched in a counted tunnel, or refused under `strict`.
import { describe, expect, test } from 'vitest';
import { startApp } from '../support/app.ts';
import { arm } from '../support/arm.ts';
import { startListener } from '../support/listener.ts';
import { end, pause, playClient, scriptedServer, send, until, untilEnd } from '../support/wire.ts';

const HOST = 'Host: app\r\n';
const POST = `POST /a HTTP/1.1\r\n${HOST}`;
const GET = `GET /a HTTP/1.1\r\n${HOST}`;
const HIDDEN = 'GET /hidden HTTP/1.1\r\nHost: app\r\n\r\n';

const SMUGGLING: Readonly<Record<string, string>> = {
  'CL.TE': `${POST}Content-Length: 6\r\nTransfer-Encoding: chunked\r\n\r\n0\r\n\r\nG`,
  'TE.CL': `${POST}Transfer-Encoding: chunked\r\nContent-Length: 4\r\n\r\n5c\r\n${HIDDEN}0\r\n\r\n`,
  'TE.TE, an unknown coding': `${POST}Transfer-Encoding: xchunked\r\n\r\n0\r\n\r\n`,
  'TE with a tab before the colon': `${POST}Transfer-Encoding\t: chunked\r\n\r\n0\r\n\r\n`,
  'TE with a space before the colon': `${POST}Transfer-Encoding : chunked\r\n\r\n0\r\n\r\n`,
  'TE folded': `${POST}Transfer-Encoding:\r\n chunked\r\n\r\n0\r\n\r\n`,
  'TE with a vertical tab': `${POST}Transfer-Encoding: \x0bchunked\r\n\r\n0\r\n\r\n`,
  'TE behind a NUL': `${POST}X: a\0\r\nTransfer-Encoding: chunked\r\n\r\n0\r\n\r\n`,
  'TE behind a bare CR': `${POST}X: a\rTransfer-Encoding: chunked\r\n\r\n`,
  'TE behind a bare LF': `${POST}X: a\nTransfer-Encoding: chunked\r\n\r\n0\r\n\r\n`,
  'TE twice': `${POST}Transfer-Encoding: chunked\r\nTransfer-Encoding: identity\r\n\r\n0\r\n\r\n`,
  'TE identity': `${POST}Transfer-Encoding: identity\r\n\r\n`,
  'TE chunked not last': `${POST}Transfer-Encoding: chunked, gzip\r\n\r\n0\r\n\r\n`,
  'TE quoted': `${POST}Transfer-Encoding: "chunked"\r\n\r\n0\r\n\r\n`,
  'TE with a parameter': `${POST}Transfer-Encoding: chunked;q=1\r\n\r\n0\r\n\r\n`,
  'TE in HTTP/1.0': `POST /a HTTP/1.0\r\nTransfer-Encoding: chunked\r\n\r\n0\r\n\r\n`,
  'lengths that differ': `${POST}Content-Length: 3\r\nContent-Length: 30\r\n\r\nabc`,
  'a list of lengths': `${POST}Content-Length: 3, 3\r\n\r\nabc`,
  'a signed length': `${POST}Content-Length: +3\r\n\r\nabc`,
  'a negative length': `${POST}Content-Length: -3\r\n\r\nabc`,
  'a hexadecimal length': `${POST}Content-Length: 0x3\r\n\r\nabc`,
  'an empty length': `${POST}Content-Length:\r\n\r\nabc`,
  'a length with a space inside': `${POST}Content-Length: 1 3\r\n\r\nabc`,
  'a length beyond 2^53': `${POST}Content-Length: 18446744073709551619\r\n\r\nabc`,
  'bare LF everywhere': 'GET /a HTTP/1.1\nHost: app\n\n',
  'bare LF before the body': `${POST}Content-Length: 3\n\nabc`,
  'a folded header': `${GET}X: a\r\n\tb\r\n\r\n`,
  'white space before the first header': `GET /a HTTP/1.1\r\n ${HOST}\r\n`,
  'a header without a colon': `${GET}Nonsense\r\n\r\n`,
  'a header without a name': `${GET}: x\r\n\r\n`,
  'NUL in the request line': 'GET /a\0b HTTP/1.1\r\nHost: app\r\n\r\n',
  'a space in the target': `GET /a b HTTP/1.1\r\n${HOST}\r\n`,
  'a version of two digits': `GET /a HTTP/1.10\r\n${HOST}\r\n`,
  'HTTP/1.2': `GET /a HTTP/1.2\r\n${HOST}\r\n`,
  'HTTP/0.9': 'GET /a\r\n',
  'a chunk size with a space': `${POST}Transfer-Encoding: chunked\r\n\r\n3 \r\nabc\r\n0\r\n\r\n`,
  'a chunk size with 0x': `${POST}Transfer-Encoding: chunked\r\n\r\n0x3\r\nabc\r\n0\r\n\r\n`,
  'a chunk size that overflows': `${POST}Transfer-Encoding: chunked\r\n\r\n10000000000000003\r\nabc\r\n0\r\n\r\n`,
  'a chunk size ended by LF': `${POST}Transfer-Encoding: chunked\r\n\r\n3\nabc\r\n0\r\n\r\n`,
  'an extension ended by LF': `${POST}Transfer-Encoding: chunked\r\n\r\n3;a\nabc\r\n0\r\n\r\n`,
  'chunk data without its line end': `${POST}Transfer-Encoding: chunked\r\n\r\n3\r\nabcd\r\n0\r\n\r\n`,
  'an empty chunk size': `${POST}Transfer-Encoding: chunked\r\n\r\n\r\nabc`,
};

describe.each(Object.entries(SMUGGLING))('%s', (_, request) => {
  test('goes on untouched, as a counted tunnel, and no rule answers it', async () => {
    await using server = await scriptedServer([until(request.length), send('HTTP/1.1 400 No\r\n\r\n'), end]);
    const rule = arm({ match: { path: '/hidden' } }, { abort: { status: 503 } });
    const all = arm({ id: 'all' }, { abort: { status: 503 } });
    // A rule for everything would answer a request whose head is good before its body turns out to be ambiguous.
    const rules = request.includes('chunked\r\n\r\n') ? [rule] : [rule, all];
    await using proxy = await startListener(server.port, { rules });
    const client = await playClient(proxy.port, [send(request), untilEnd, end]);
    expect(client.bytes).toBe('HTTP/1.1 400 No\r\n\r\n');
    expect((await server.seen[0])?.bytes).toBe(request);
    expect([...proxy.traffic.connections.tunnels.values()]).toEqual([1]);
    expect([rule.ledger.injected, all.ledger.injected]).toEqual([0, 0]);
    for (const { ledger } of rules) expect(ledger.matched).toBe(ledger.skipped.reduce((sum, n) => sum + n, 0));
  });

  test('is refused by 400 where the listener is strict, and the app sees nothing of what is ambiguous', async () => {
    await using server = await scriptedServer([untilEnd, end]);
    await using proxy = await startListener(server.port, { strict: true });
    const client = await playClient(proxy.port, [send(request), untilEnd, end]);
    expect(client.bytes).toMatch(
      /^HTTP\/1\.1 400 Bad Request\r\n[^]*sidequake: proxy-error [a-z-]+\r\n[^]*connection: close\r\n/,
    );
    const seen = (await server.seen[0])?.bytes ?? '';
    expect(seen).not.toContain('hidden');
    expect(request.startsWith(seen)).toBe(true);
    expect([...proxy.traffic.connections.refusals.values()]).toEqual([1]);
  });
});

test('a strict refusal waits for the answers of earlier requests, and hands their bytes on first', async () => {
  await using app = await startApp();
  await using proxy = await startListener(app.port, { strict: true });
  const good = 'GET /one HTTP/1.1\r\nHost: a\r\n\r\n';
  const client = await playClient(proxy.port, [send(`${good}${good}GET /two HTTP/1.1\nHost: a\n\n`), untilEnd, end]);
  expect([...client.bytes.matchAll(/HTTP\/1\.1 (\d+)/g)].map(([, status]) => status)).toEqual(['200', '200', '400']);
  expect(app.requests).toEqual(['GET /one', 'GET /one']);
});

test('a strict listener answers a head over the limit by 431, others make it a tunnel', async () => {
  const request = `${GET}X: ${'x'.repeat(300_000)}\r\n\r\n`;
  await using app = await startApp();
  await using strict = await startListener(app.port, { strict: true });
  const refused = await playClient(strict.port, [send(request), untilEnd, end]);
  expect(refused.bytes).toMatch(/^HTTP\/1\.1 431 /);
  await using server = await scriptedServer([
    until(request.length),
    send('HTTP/1.1 200 OK\r\nContent-Length: 0\r\n\r\n'),
    end,
  ]);
  await using open = await startListener(server.port);
  await playClient(open.port, [send(request), untilEnd, end]);
  expect([...open.traffic.connections.tunnels]).toEqual([['head-too-large', 1]]);
});

test('a strict listener refuses a response it cannot read by 502, and resets where part of it is out', async () => {
  const request = `${GET}\r\n`;
  const bad = 'HTTP/1.1 200 OK\r\nContent-Length: 2\r\nTransfer-Encoding: chunked\r\n\r\nok';
  await using one = await scriptedServer([until(request.length), send(bad), untilEnd, end]);
  await using proxy = await startListener(one.port, { strict: true });
  expect((await playClient(proxy.port, [send(request), untilEnd, end])).bytes).toMatch(/^HTTP\/1\.1 502 /);
  const late = 'HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n2\r\nok\r\n';
  await using two = await scriptedServer([
    until(request.length),
    send(late),
    pause(20),
    send('no size\r\n'),
    untilEnd,
    end,
  ]);
  await using other = await startListener(two.port, { strict: true });
  expect(await playClient(other.port, [send(request), untilEnd, end])).toEqual({ bytes: late, end: 'reset' });
});

test('bytes that are no HTTP at all stay a tunnel on a strict listener that was not told what it carries', async () => {
  await using server = await scriptedServer([until(6), send('+PONG\r\n'), untilEnd, end]);
  await using proxy = await startListener(server.port, { strict: true });
  expect((await playClient(proxy.port, [send('PING\r\n'), until(7), end])).bytes).toBe('+PONG\r\n');
  await using told = await startListener(server.port, { strict: true, protocol: 'http' });
  expect((await playClient(told.port, [send('PING\r\n'), untilEnd, end])).bytes).toMatch(/^HTTP\/1\.1 400 /);
});
