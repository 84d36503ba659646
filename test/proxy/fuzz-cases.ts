// Random conversations on one connection, and a slow model of what both peers must see of each other in the end.
import * as fc from 'fast-check';

/** One request, and the response that the app gives to it. */
export interface Message {
  readonly path: '/plain' | '/hold' | '/abort' | '/both';
  readonly request: string;
  readonly response: string;
  readonly head: boolean;
  /** The client waits for all earlier answers before it sends this one. */
  readonly waits: boolean;
}

/** Which rules are armed. */
export type Mode = 'none' | 'unmatched' | 'delay' | 'abort' | 'all';

export interface Conversation {
  readonly mode: Mode;
  readonly messages: readonly Message[];
  /** What follows the last message: nothing, or a request whose end two readers could see differently. */
  readonly tail: string;
  readonly clientCuts: readonly number[];
  readonly serverCuts: readonly number[];
}

/** Who breaks the conversation, and how, when it has seen so many bytes. */
export interface Disruption {
  readonly by: 'client' | 'server';
  readonly how: 'reset' | 'end';
  /** Of the bytes it would see: 0..1. */
  readonly at: number;
}

const INJECTED_BODY = 'no';

const ABORTED = (head: boolean): string =>
  `HTTP/1.1 503 Service Unavailable\r\ncontent-length: ${INJECTED_BODY.length}\r\nsidequake: injected RULE/abort\r\n\r\n${head ? '' : INJECTED_BODY}`;

/** The rules of each mode; ids name what they do. */
export const RULES: Readonly<Record<Mode, readonly { id: string; path: string; faults: Record<string, unknown> }[]>> = {
  none: [],
  unmatched: [{ id: 'never', path: '/never/*', faults: { abort: 503 } }],
  delay: [{ id: 'delay', path: '/hold', faults: { delay: { from: '0ms', to: '3ms' } } }],
  abort: [{ id: 'abort', path: '/abort', faults: { abort: { status: 503, body: INJECTED_BODY } } }],
  all: [
    { id: 'delay', path: '/hold', faults: { delay: { from: '0ms', to: '3ms' } } },
    { id: 'abort', path: '/abort', faults: { abort: { status: 503, body: INJECTED_BODY } } },
    {
      id: 'both',
      path: '/both',
      faults: { delay: { from: '0ms', to: '3ms' }, abort: { status: 503, body: INJECTED_BODY } },
    },
  ],
};

/** The rule that answers a message in the app's place, if one does. */
export function abortedBy(mode: Mode, { path }: Message): string | null {
  if (path === '/abort' && (mode === 'abort' || mode === 'all')) return 'abort';
  return path === '/both' && mode === 'all' ? 'both' : null;
}

/** What the client must see in answer to a message. */
export function answerTo(mode: Mode, message: Message): string {
  const rule = abortedBy(mode, message);
  return rule === null ? message.response : ABORTED(message.head).replace('RULE', rule);
}

const text = fc
  .string({ unit: fc.constantFrom('a', '0', '\r', '\n', ' ', ':', 'G', 'E', 'T', '\0', '\xff'), maxLength: 60 })
  .map((body) => body);

function chunked(parts: readonly string[], trailer: boolean): string {
  const chunks = parts.filter((part) => part !== '').map((part) => `${part.length.toString(16)}\r\n${part}\r\n`);
  return `${chunks.join('')}0\r\n${trailer ? 'X-Sum: 1\r\n' : ''}\r\n`;
}

const large = fc.constantFrom('x'.repeat(70_000), '0\r\n\r\n'.repeat(14_000));
const body = fc.oneof({ weight: 20, arbitrary: text }, { weight: 1, arbitrary: large });
const parts = fc.tuple(fc.array(body, { maxLength: 4 }), fc.boolean());

/** Headers of a body and the body itself. */
const content: fc.Arbitrary<readonly [string, string]> = fc.oneof(
  fc.constant(['', ''] as const),
  body.map((bytes) => [`Content-Length: ${bytes.length}\r\n`, bytes] as const),
  parts.map(([pieces, trailer]) => ['Transfer-Encoding: chunked\r\n', chunked(pieces, trailer)] as const),
);

const noise = fc.constantFrom(
  '',
  'X-Odd:\r\n',
  'x-a: 1\r\nX-A: 2\r\n',
  `X-Long: ${'v'.repeat(900)}\r\n`,
  'Cookie: \xe9=\t1\r\n',
);
const interim = fc.constantFrom(
  '',
  '',
  'HTTP/1.1 100 Continue\r\n\r\n',
  'HTTP/1.1 103 Early Hints\r\nLink: <x>\r\n\r\n',
);

const response = fc
  .tuple(interim, fc.constantFrom('200 OK', '404 Not Found', '299 '), noise, content)
  .map(([before, status, odd, [length, bytes]]) => ({
    whole: `${before}HTTP/1.1 ${status}\r\n${odd}${length === '' ? 'Content-Length: 0\r\n' : length}\r\n${bytes}`,
    head: `${before}HTTP/1.1 ${status}\r\n${odd}${length}\r\n`,
  }));
const bodiless = fc.constantFrom(
  'HTTP/1.1 204 No Content\r\n\r\n',
  'HTTP/1.1 304 Not Modified\r\nContent-Length: 9\r\n\r\n',
);

const message: fc.Arbitrary<Message> = fc
  .tuple(
    fc.constantFrom('/plain', '/plain', '/hold', '/abort', '/both'),
    fc.constantFrom('GET', 'POST', 'HEAD', 'BREW'),
    noise,
    content,
    response,
    fc.option(bodiless, { freq: 6 }),
    fc.boolean(),
  )
  .map(([path, method, odd, [length, bytes], { whole, head }, empty, waits]) => ({
    path,
    request: `${method} ${path} HTTP/1.1\r\nHost: app\r\n${odd}${length}\r\n${bytes}`,
    response: empty ?? (method === 'HEAD' ? head : whole),
    head: method === 'HEAD',
    waits,
  }));

/** Good up to some byte, then not: everything from there on, and from before, goes on untouched. */
const tail = fc.oneof(
  { weight: 3, arbitrary: fc.constant('') },
  {
    weight: 1,
    arbitrary: fc.constantFrom(
      'GET /plain HTTP/1.1\nHost: a\n\nGET /abort HTTP/1.1\r\n\r\n',
      'POST /plain HTTP/1.1\r\nHost: a\r\nContent-Length: 3\r\nTransfer-Encoding: chunked\r\n\r\n0\r\n\r\nGET /abort HTTP/1.1\r\n\r\n',
      'POST /hold HTTP/1.1\r\nHost: a\r\nTransfer-Encoding: chunked\r\n\r\n2\r\nabc\r\n0\r\n\r\nGET /abort HTTP/1.1\r\n\r\n',
      'GET /plain HTTP/1.1\r\nHost : a\r\n\r\n',
      '\r\nGET /abort HTTP/1.1\r\n\r\n',
      '\x16\x03\x01\x00\x05hello',
      'GET /abort HTTP/1.1\r\nX: a\r\n b\r\n\r\n',
    ),
  },
);

const cuts = fc.array(fc.double({ min: 0, max: 1, noNaN: true }), { maxLength: 12 });

export const conversation: fc.Arbitrary<Conversation> = fc.record({
  mode: fc.constantFrom<Mode>('none', 'unmatched', 'delay', 'abort', 'all', 'all'),
  messages: fc.array(message, { minLength: 1, maxLength: 8 }),
  tail,
  clientCuts: cuts,
  serverCuts: cuts,
});

export const disruption: fc.Arbitrary<Disruption> = fc.record({
  by: fc.constantFrom('client', 'server'),
  how: fc.constantFrom('reset', 'end'),
  at: fc.double({ min: 0, max: 1, noNaN: true }),
});

/** A text in pieces, cut at these shares of its length. */
export function pieces(whole: string, at: readonly number[]): string[] {
  const places = [0, ...at.map((share) => Math.floor(share * whole.length)).toSorted((a, b) => a - b), whole.length];
  return places
    .slice(1)
    .map((to, i) => whole.slice(places[i], to))
    .filter((piece) => piece !== '');
}
