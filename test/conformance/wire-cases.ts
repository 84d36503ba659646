// The differential corpus: scripts of two peers. Whatever they see of each other directly they must see through the
// proxy, byte for byte and end for end.
import { end, pause, reset, send, until, untilEnd, type Step } from '../support/wire.ts';

export interface WireCase {
  readonly name: string;
  readonly client: readonly Step[];
  readonly server: readonly Step[];
}

const GET = 'GET /a HTTP/1.1\r\nHost: app\r\n\r\n';
const OK = 'HTTP/1.1 200 OK\r\nContent-Length: 2\r\n\r\nok';

/** The client sends, the server answers once all of it has come, the client then ends. */
function exchange(name: string, request: string, response: string, answerBytes = response.length): WireCase {
  return {
    name,
    client: [send(request), until(answerBytes), end],
    server: [until(request.length), send(response), untilEnd, end],
  };
}

/** The same, with the response ended by the end of the connection. */
function untilClose(name: string, request: string, response: string): WireCase {
  return {
    name,
    client: [send(request), untilEnd, end],
    server: [until(request.length), send(response), end],
  };
}

function head(line: string, ...fields: string[]): string {
  return [line, ...fields, '', ''].join('\r\n');
}

const CHUNKED = 'Transfer-Encoding: chunked';

/** Requests a server answers by OK; the name says what is odd about each. */
const REQUESTS: Readonly<Record<string, string>> = {
  'a plain GET': GET,
  'a GET with a long query': head(`GET /a?${'q'.repeat(4000)} HTTP/1.1`, 'Host: app'),
  'HTTP/1.0 without keep-alive': head('GET /a HTTP/1.0', 'Host: app'),
  'HTTP/1.0 with keep-alive': head('GET /a HTTP/1.0', 'Connection: keep-alive'),
  'Connection: close': head('GET /a HTTP/1.1', 'Host: app', 'Connection: close'),
  'an absolute-form target': head('GET http://app/a HTTP/1.1', 'Host: app'),
  'OPTIONS *': head('OPTIONS * HTTP/1.1', 'Host: app'),
  'an unknown method': head('BREW /pot HTTP/1.1', 'Host: app'),
  'a lower-case method': head('get /a HTTP/1.1', 'Host: app'),
  'a very long method': head(`${'X'.repeat(60)} /a HTTP/1.1`, 'Host: app'),
  'headers in odd case and order': head('GET /a HTTP/1.1', 'hOST: app', 'x-B: 2', 'X-a: 1', 'X-B: 3'),
  'an empty header value': head('GET /a HTTP/1.1', 'Host: app', 'X-Empty:', 'X-Blank:   '),
  'header values with tabs and obs-text': head('GET /a HTTP/1.1', 'Host: app', 'X: a\tb\u00e9\u00ff'),
  'two hundred headers': head('GET /a HTTP/1.1', 'Host: app', ...Array.from({ length: 200 }, (_, i) => `X-${i}: ${i}`)),
  'a head of 60 KB': head('GET /a HTTP/1.1', 'Host: app', `X-Big: ${'b'.repeat(60_000)}`),
  'a head of 300 KB': head('GET /a HTTP/1.1', 'Host: app', `X-Big: ${'b'.repeat(300_000)}`),
  'a body by length': head('POST /a HTTP/1.1', 'Host: app', 'Content-Length: 5') + 'hello',
  'a body that looks like a request': head('POST /a HTTP/1.1', 'Host: app', `Content-Length: ${GET.length}`) + GET,
  'a length of zero': head('POST /a HTTP/1.1', 'Host: app', 'Content-Length: 0'),
  'a length with leading zeros': head('POST /a HTTP/1.1', 'Host: app', 'Content-Length: 0005') + 'hello',
  'a GET with a body': head('GET /a HTTP/1.1', 'Host: app', 'Content-Length: 3') + 'abc',
  'a chunked body': `${head('POST /a HTTP/1.1', 'Host: app', CHUNKED)}5\r\nhello\r\n0\r\n\r\n`,
  'chunks with extensions': `${head('POST /a HTTP/1.1', 'Host: app', CHUNKED)}5;a=b;c="d"\r\nhello\r\n0;last\r\n\r\n`,
  'chunks with trailers': `${head('POST /a HTTP/1.1', 'Host: app', CHUNKED)}5\r\nhello\r\n0\r\nX-Sum: 1\r\nX-T: 2\r\n\r\n`,
  'a chunk that holds an end of chunks': `${head('POST /a HTTP/1.1', 'Host: app', CHUNKED)}9\r\nx0\r\n\r\nabc\r\n0\r\n\r\n`,
  'upper-case chunk sizes': `${head('POST /a HTTP/1.1', 'Host: app', CHUNKED)}A\r\n0123456789\r\n00\r\n\r\n`,
  'gzip, chunked': `${head('POST /a HTTP/1.1', 'Host: app', 'Transfer-Encoding: gzip, chunked')}1\r\nx\r\n0\r\n\r\n`,
  // From here on two readers could disagree: the connection goes on as a tunnel.
  'length and encoding together': `${head('POST /a HTTP/1.1', 'Host: app', 'Content-Length: 4', CHUNKED)}0\r\n\r\n`,
  'two lengths that differ': `${head('POST /a HTTP/1.1', 'Host: app', 'Content-Length: 4', 'Content-Length: 5')}hello`,
  'two lengths that agree': `${head('POST /a HTTP/1.1', 'Host: app', 'Content-Length: 5', 'Content-Length: 5')}hello`,
  'a signed length': `${head('POST /a HTTP/1.1', 'Host: app', 'Content-Length: +5')}hello`,
  'an unknown encoding': `${head('POST /a HTTP/1.1', 'Host: app', 'Transfer-Encoding: xchunked')}5\r\nhello\r\n0\r\n\r\n`,
  'chunked twice': `${head('POST /a HTTP/1.1', 'Host: app', 'Transfer-Encoding: chunked, chunked')}0\r\n\r\n`,
  'white space before the colon': head('GET /a HTTP/1.1', 'Host : app'),
  'a folded header': head('GET /a HTTP/1.1', 'Host: app', 'X-A: 1', ' folded'),
  'bare LF line ends': 'GET /a HTTP/1.1\nHost: app\n\n',
  'a bare CR in a value': head('GET /a HTTP/1.1', 'Host: app', 'X: a\rb'),
  'NUL in a value': head('GET /a HTTP/1.1', 'Host: app', 'X: a\0b'),
  'an empty line before the request': `\r\n${GET}`,
  'a header without a name': head('GET /a HTTP/1.1', 'Host: app', ': x'),
  'HTTP/1.2': head('GET /a HTTP/1.2', 'Host: app'),
  'HTTP/0.9': 'GET /a\r\n',
  'two spaces in the request line': head('GET  /a HTTP/1.1', 'Host: app'),
  'a chunk size with a space': `${head('POST /a HTTP/1.1', 'Host: app', CHUNKED)}5 \r\nhello\r\n0\r\n\r\n`,
  'a chunk size beyond 2^64': `${head('POST /a HTTP/1.1', 'Host: app', CHUNKED)}FFFFFFFFFFFFFFFFF\r\nhello`,
  'a chunk with bare LF': `${head('POST /a HTTP/1.1', 'Host: app', CHUNKED)}5\nhello\n0\n\n`,
  'a chunk longer than it says': `${head('POST /a HTTP/1.1', 'Host: app', CHUNKED)}3\r\nhello\r\n0\r\n\r\n`,
};

/** Responses to a plain GET. */
const RESPONSES: Readonly<Record<string, string>> = {
  'a reason phrase of many words': 'HTTP/1.1 200 All is very well\r\nContent-Length: 0\r\n\r\n',
  'no reason phrase': 'HTTP/1.1 200\r\nContent-Length: 0\r\n\r\n',
  'an empty reason phrase': 'HTTP/1.1 200 \r\nContent-Length: 0\r\n\r\n',
  'a status nobody knows': 'HTTP/1.1 799 Hm\r\nContent-Length: 1\r\n\r\nx',
  'HTTP/1.0 with a length': 'HTTP/1.0 200 OK\r\nContent-Length: 2\r\n\r\nok',
  'odd case and repeated headers': 'HTTP/1.1 200 OK\r\nsEt-cOOkie: a\r\nSet-Cookie: b\r\nCONTENT-LENGTH: 0\r\n\r\n',
  'a chunked response with trailers': `HTTP/1.1 200 OK\r\n${CHUNKED}\r\n\r\n2\r\nok\r\n0\r\nX-T: 1\r\n\r\n`,
  '204 with a length': 'HTTP/1.1 204 No Content\r\nContent-Length: 5\r\n\r\n',
  '304 with a length': 'HTTP/1.1 304 Not Modified\r\nContent-Length: 5\r\n\r\n',
  '100 Continue before the answer': `HTTP/1.1 100 Continue\r\n\r\n${OK}`,
  'early hints, twice': `HTTP/1.1 103 Early Hints\r\nLink: </x>\r\n\r\nHTTP/1.1 102 Processing\r\n\r\n${OK}`,
  'a folded header in a response': 'HTTP/1.1 200 OK\r\nX: a\r\n b\r\nContent-Length: 2\r\n\r\nok',
  'bare LF in a response': 'HTTP/1.1 200 OK\nContent-Length: 2\n\nok',
  'length and encoding in a response': `HTTP/1.1 200 OK\r\nContent-Length: 2\r\n${CHUNKED}\r\n\r\n0\r\n\r\n`,
  'no HTTP at all': 'SSH-2.0-dropbear\r\n',
  'a response of 200 KB': `HTTP/1.1 200 OK\r\nContent-Length: 200000\r\n\r\n${'z'.repeat(200_000)}`,
  'more bytes than promised': `${OK}surplus`,
};

const WEBSOCKET = head('GET /ws HTTP/1.1', 'Host: app', 'Connection: Upgrade', 'Upgrade: websocket');
const SWITCHING = head('HTTP/1.1 101 Switching Protocols', 'Connection: Upgrade', 'Upgrade: websocket');
const EXPECT = head('POST /a HTTP/1.1', 'Host: app', 'Content-Length: 5', 'Expect: 100-continue');
const CONTINUE = 'HTTP/1.1 100 Continue\r\n\r\n';
const CONNECT = head('CONNECT db:5432 HTTP/1.1', 'Host: db');
const HELLO = Buffer.from('1603010005010000010303', 'hex').toString('latin1');

const SPECIAL: readonly WireCase[] = [
  exchange(
    'HEAD with a length and no body',
    head('HEAD /a HTTP/1.1', 'Host: app'),
    head('HTTP/1.1 200 OK', 'Content-Length: 500'),
  ),
  exchange(
    'HEAD, then GET on the same connection',
    head('HEAD /a HTTP/1.1', 'Host: app') + GET,
    head('HTTP/1.1 200 OK', 'Content-Length: 2') + OK,
  ),
  exchange('three pipelined requests', GET + GET + GET, OK + OK + OK),
  exchange('pipelined with bodies', REQUESTS['a chunked body'] + GET + REQUESTS['a body by length'], OK + OK + OK),
  exchange('a hundred pipelined requests', GET.repeat(100), OK.repeat(100)),
  exchange('an ambiguous request behind a good one', `${GET}GET /b HTTP/1.1\nHost: a\n\n`, OK + OK),
  untilClose('a response until close', GET, 'HTTP/1.1 200 OK\r\n\r\nall of this until the end'),
  untilClose('HTTP/1.0 until close', head('GET /a HTTP/1.0', 'Host: app'), 'HTTP/1.0 200 OK\r\n\r\nold'),
  untilClose('an empty response', GET, ''),
  untilClose('a response cut in its head', GET, 'HTTP/1.1 200 OK\r\nContent-Le'),
  untilClose('a response cut in its body', GET, 'HTTP/1.1 200 OK\r\nContent-Length: 100\r\n\r\nshort'),
  untilClose('a response cut in a chunk', GET, `HTTP/1.1 200 OK\r\n${CHUNKED}\r\n\r\n64\r\nshort`),
  {
    name: 'a WebSocket handshake and bytes both ways',
    client: [send(WEBSOCKET), until(SWITCHING.length), send('\x81\x05hello'), until(SWITCHING.length + 7), end],
    server: [
      until(WEBSOCKET.length),
      send(SWITCHING),
      until(WEBSOCKET.length + 7),
      send('\x81\x05world'),
      untilEnd,
      end,
    ],
  },
  {
    name: 'bytes of the new protocol in the same packet as the 101',
    client: [send(WEBSOCKET), until(SWITCHING.length + 5), send('GET /not-http'), end],
    server: [until(WEBSOCKET.length), send(`${SWITCHING}hello`), untilEnd, end],
  },
  exchange('an upgrade that is refused, HTTP goes on', WEBSOCKET + GET, OK + OK),
  {
    name: 'CONNECT that is accepted',
    client: [send(CONNECT), until(19), send('\0\x01raw'), until(24), end],
    server: [
      until(CONNECT.length),
      send('HTTP/1.1 200 OK\r\n\r\n'),
      until(CONNECT.length + 5),
      send('\0\x02raw'),
      untilEnd,
      end,
    ],
  },
  exchange('CONNECT that is refused', CONNECT, 'HTTP/1.1 403 No\r\nContent-Length: 0\r\n\r\n'),
  {
    name: 'Expect: 100-continue, continued',
    client: [send(EXPECT), until(CONTINUE.length), send('hello'), until(CONTINUE.length + OK.length), end],
    server: [until(EXPECT.length), send(CONTINUE), until(EXPECT.length + 5), send(OK), untilEnd, end],
  },
  {
    name: 'Expect: 100-continue, refused at once',
    client: [send(EXPECT), until(1), untilEnd, end],
    server: [until(EXPECT.length), send('HTTP/1.1 417 No\r\nContent-Length: 0\r\nConnection: close\r\n\r\n'), end],
  },
  {
    name: 'an answer before the request has ended',
    client: [
      send(head('POST /a HTTP/1.1', 'Host: app', 'Content-Length: 10') + 'half-'),
      until(OK.length),
      send('other'),
      end,
    ],
    server: [until(50), send(OK), untilEnd, end],
  },
  {
    name: 'the client ends first, the answer comes later',
    client: [send(GET), end],
    server: [untilEnd, pause(20), send(OK), end],
  },
  {
    name: 'the server ends first, the request goes on',
    client: [send(head('POST /a HTTP/1.1', 'Host: app', 'Content-Length: 10')), untilEnd, send('0123456789'), end],
    server: [until(20), send(OK), end, untilEnd],
  },
  { name: 'a connection that says nothing', client: [pause(10), end], server: [untilEnd, end] },
  {
    name: 'a server that speaks first',
    client: [until(6), send('hi\r\n'), end],
    server: [send('220 x\r'), send('\n'), untilEnd, end],
  },
  { name: 'a server that closes at once', client: [untilEnd, end], server: [end, untilEnd] },
  { name: 'a server that resets at once', client: [untilEnd], server: [pause(5), reset] },
  {
    name: 'a server that resets instead of answering',
    client: [send(GET), untilEnd],
    server: [until(GET.length), reset],
  },
  {
    name: 'a server that resets in the body',
    client: [send(GET), until(45), untilEnd],
    server: [until(GET.length), send('HTTP/1.1 200 OK\r\nContent-Length: 100\r\n\r\nshort'), pause(30), reset],
  },
  {
    name: 'a client that resets in its head',
    client: [send('GET /a HT'), pause(30), reset],
    server: [until(9), untilEnd],
  },
  {
    name: 'a client that resets while it waits',
    client: [send(GET), pause(30), reset],
    server: [until(GET.length), untilEnd],
  },
  {
    name: 'a TLS hello',
    client: [send(HELLO), until(3), end],
    server: [until(11), send('\x15\x03\x01'), untilEnd, end],
  },
  {
    name: 'an HTTP/2 preface',
    client: [send('PRI * HTTP/2.0\r\n\r\nSM\r\n\r\n\x00\x00\x00\x04\x00\x00\x00\x00\x00'), until(9), end],
    server: [until(33), send('\x00\x00\x00\x04\x00\x00\x00\x00\x00'), untilEnd, end],
  },
  {
    name: 'lines that are not HTTP',
    client: [send('PING\r\n'), until(7), end],
    server: [until(6), send('+PONG\r\n'), untilEnd, end],
  },
  {
    name: 'letters without a line end, then silence',
    client: [send('HELLO'), until(2), end],
    server: [until(5), send('OK'), untilEnd, end],
  },
  {
    name: 'what looks like HTTP for a while',
    client: [send('GET /a HTTP/1'), until(2), end],
    server: [until(13), send('OK'), untilEnd, end],
  },
  {
    name: 'zero bytes',
    client: [send('\0'.repeat(1000)), until(1000), end],
    server: [until(1000), send('\xff'.repeat(1000)), untilEnd, end],
  },
];

const SPLIT_REQUEST = REQUESTS['chunks with trailers'] as string;
const SPLIT_RESPONSE = RESPONSES['a chunked response with trailers'] as string;

/** Sends in two parts at every 7th byte. */
function split(text: string): Step[][] {
  const cuts = Array.from({ length: Math.floor(text.length / 7) }, (_, i) => (i + 1) * 7);
  return cuts.map((cut) => [send(text.slice(0, cut)), pause(2), send(text.slice(cut))]);
}

/** Sends byte by byte, each in a packet of its own as far as the kernel allows. */
function drip(text: string): Step[] {
  return Array.from(text).flatMap((byte, i) => (i % 8 === 7 ? [send(byte), pause(1)] : [send(byte)]));
}

export const WIRE_CASES: readonly WireCase[] = [
  ...Object.entries(REQUESTS).map(([name, request]) => exchange(`request: ${name}`, request, OK)),
  ...Object.entries(RESPONSES).map(([name, response]) => exchange(`response: ${name}`, GET, response)),
  ...SPECIAL,
  ...split(SPLIT_REQUEST).map((steps, i) => ({
    name: `request split at byte ${(i + 1) * 7}`,
    client: [...steps, until(OK.length), end],
    server: [until(SPLIT_REQUEST.length), send(OK), untilEnd, end],
  })),
  ...split(SPLIT_RESPONSE).map((steps, i) => ({
    name: `response split at byte ${(i + 1) * 7}`,
    client: [send(GET), until(SPLIT_RESPONSE.length), end],
    server: [until(GET.length), ...steps, untilEnd, end],
  })),
  {
    name: 'request byte by byte',
    client: [...drip(SPLIT_REQUEST + GET), until(OK.length * 2), end],
    server: [until(SPLIT_REQUEST.length + GET.length), send(OK + OK), untilEnd, end],
  },
  {
    name: 'response byte by byte',
    client: [send(GET), until(SPLIT_RESPONSE.length), end],
    server: [until(GET.length), ...drip(SPLIT_RESPONSE), untilEnd, end],
  },
];
