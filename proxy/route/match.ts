/**
 * A match, compiled: once per configuration generation a value with tests, then per request comparisons of bytes,
 * cheapest first. Strings are made only for header values, query and regular expressions, and only where everything
 * cheaper already holds.
 */
import { Buffer } from 'node:buffer';
import type { HeaderPattern, Match } from '../config/rule.ts';
import type { RequestHead } from '../http1/request-head.ts';
import { Cidr } from './cidr.ts';
import { HostTest } from './host-pattern.ts';
import { compilePath, type PathTest } from './path-pattern.ts';
import { checkRegex } from './regex.ts';

/** What is known of the connection an exchange or tunnel belongs to. */
export interface ConnectionFacts {
  /** The app's port: the port of the listener's upstream. */
  readonly port: number;
  /** What the connection speaks. HTTP/2 and connections given up as ambiguous are `http` as well. */
  readonly protocol: 'http' | 'tcp' | 'tls';
  /** The client's address; empty where it has none (a unix socket). */
  readonly sourceIp: string;
}

/** What is wrong with a header pattern, for people; null where it is fine. */
export function checkHeaderPattern(pattern: HeaderPattern): string | null {
  if (typeof pattern === 'string' || 'present' in pattern) return null;
  if ('regex' in pattern) return checkRegex(pattern.regex);
  return pattern.prefix === '' ? 'an empty prefix matches every value: write { present: true }' : null;
}

/**
 * One compiled match.
 *
 * `whereUnknown` says whether a condition on the source holds where the source is not known: yes in a rule's match (the
 * rule then skips by reason instead of silently), no in an exception.
 */
export class MatchTest {
  readonly #match: Match;
  readonly #whereUnknown: boolean;
  readonly #methods: readonly Buffer[] | null;
  readonly #path: PathTest | null;
  readonly #host: HostTest | null;
  readonly #headers: readonly HeaderTest[];
  readonly #query: readonly (readonly [name: string, value: string])[];
  readonly #source: Cidr | null;

  /** @throws {SyntaxError} for patterns that the `check...` functions refuse */
  constructor(match: Match, whereUnknown: boolean) {
    this.#match = match;
    this.#whereUnknown = whereUnknown;
    this.#methods = match.method?.map((method) => Buffer.from(method, 'latin1')) ?? null;
    this.#path = match.path === undefined ? null : compilePath(match.path);
    this.#host = match.host === undefined ? null : new HostTest(match.host);
    this.#headers = Object.entries(match.headers ?? {}).map(([name, pattern]) => headerTest(name, pattern));
    this.#query = Object.entries(match.query ?? {});
    this.#source = match.source?.ip === undefined ? null : new Cidr(match.source.ip);
  }

  /** Whether all fields hold for an exchange. */
  matches(head: RequestHead, connection: ConnectionFacts): boolean {
    const { protocol } = this.#match;
    if (protocol !== undefined && protocol !== connection.protocol) return false;
    return this.#holdsForPeers(connection) && this.#holdsForHead(head);
  }

  /**
   * Whether all fields hold that can be read of a tunnel. Under TLS, HTTP/2 and ambiguous framing there may be HTTP that
   * cannot be read: its fields are then left open, so that the rule is seen to skip. In plain TCP there is none.
   */
  matchesTunnel(connection: ConnectionFacts): boolean {
    const { protocol } = this.#match;
    const mayHideHttp = connection.protocol !== 'tcp';
    const httpInTls = protocol === 'http' && connection.protocol === 'tls';
    if (protocol !== undefined && protocol !== connection.protocol && !httpInTls) return false;
    return (mayHideHttp || !this.readsHead()) && this.#holdsForPeers(connection);
  }

  /** The same for an exception: a field that cannot be read does not hold. */
  matchesTunnelSurely(connection: ConnectionFacts): boolean {
    return !this.readsHead() && this.matchesTunnel(connection) && this.#match.protocol !== 'http';
  }

  /** Whether a field speaks of the request head. */
  readsHead(): boolean {
    const names = this.#methods !== null || this.#path !== null || this.#host !== null;
    return names || this.#headers.length > 0 || this.#query.length > 0;
  }

  #holdsForPeers(connection: ConnectionFacts): boolean {
    if (this.#match.port !== undefined && this.#match.port !== connection.port) return false;
    if (this.#source === null) return true;
    return connection.sourceIp === '' ? this.#whereUnknown : this.#source.contains(connection.sourceIp);
  }

  #holdsForHead(head: RequestHead): boolean {
    if (this.#methods !== null && !isOneOf(head, this.#methods)) return false;
    if (this.#path !== null && !this.#path.matches(head)) return false;
    if (this.#host !== null && !this.#host.matches(head)) return false;
    for (const header of this.#headers) if (!header.matches(head)) return false;
    return this.#query.length === 0 || hasParameters(head.query(), this.#query);
  }
}

function isOneOf(head: RequestHead, methods: readonly Buffer[]): boolean {
  const { bytes, start, methodEnd } = head;
  for (const method of methods) {
    if (method.length !== methodEnd - start) continue;
    let i = 0;
    while (i < method.length && bytes[start + i] === method[i]) i++;
    if (i === method.length) return true;
  }
  return false;
}

/** Form decoding (`+` is a space, broken escapes stay as they are); of a repeated name any value may be the one. */
function hasParameters(query: string, wanted: readonly (readonly [string, string])[]): boolean {
  // A leading question mark would be taken for the one before the query, which is not in it.
  const parameters = new URLSearchParams(`&${query}`);
  return wanted.every(([name, value]) => parameters.has(name, value));
}

interface HeaderTest {
  matches(head: RequestHead): boolean;
}

/** Tests the first line of that name, as `RequestHead.header` reads it. */
function headerTest(name: string, pattern: HeaderPattern): HeaderTest {
  if (typeof pattern === 'string') {
    const value = asSent(pattern);
    return { matches: (head) => head.header(name) === value };
  }
  if ('present' in pattern) return { matches: (head) => (head.header(name) !== undefined) === pattern.present };
  if ('prefix' in pattern) {
    const prefix = asSent(pattern.prefix);
    return { matches: (head) => head.header(name)?.startsWith(prefix) ?? false };
  }
  const regex = new RegExp(pattern.regex);
  return {
    matches: (head) => {
      const value = head.header(name);
      return value !== undefined && regex.test(value);
    },
  };
}

/** Heads are read as Latin-1, one character for each byte; what a user wrote is UTF-8 on the wire. */
function asSent(text: string): string {
  return Buffer.from(text, 'utf8').toString('latin1');
}
