/**
 * Path patterns, compiled to compare bytes: exact text, `{name}` for one segment that is not empty, a trailing `*` for
 * any rest (also none), or a regular expression.
 *
 * The path is compared as it was sent: with case, percent-encoding not decoded, `//` and `..` left alone, without the
 * query. Two spellings of one path are two paths: decoding is the app's business, and guessing at it would break
 * traffic that nobody named.
 */
import { Buffer } from 'node:buffer';
import type { PathPattern } from '../config/rule.ts';
import type { RequestHead } from '../http1/request-head.ts';
import { checkRegex } from './regex.ts';

const SLASH = 47;
const QUESTION_MARK = 63;
/** The path of an absolute target that has none, like `GET http://host HTTP/1.1` (RFC 9112 section 3.2.1). */
const ROOT = Buffer.from('/');

/** Tests the path of a head. Makes no string unless the pattern is a regular expression. */
export interface PathTest {
  matches(head: RequestHead): boolean;
}

/** What is wrong with a pattern, for people; null where it is fine. */
export function checkPathPattern(pattern: PathPattern): string | null {
  if (typeof pattern !== 'string') return checkRegex(pattern.regex);
  if (pattern === '') return 'an empty path matches nothing: write /, or * for any path';
  if (pattern === '*') return null;
  if (!pattern.startsWith('/')) return `a path begins with /: write ${JSON.stringify(`/${pattern}`)}`;
  const odd = /[^\x21-\x7e]/u.exec(pattern);
  if (odd) return `${JSON.stringify(odd[0])} never stands in a path as sent: write it percent-encoded`;
  if (/[?#]/.test(pattern)) return 'a path ends before ? and #: match parameters by `query`';
  const star = pattern.indexOf('*');
  if (star >= 0 && star < pattern.length - 1) return '* stands only at the end; use { regex: ... } for more';
  for (const segment of pattern.replace(/\*$/, '').split('/')) {
    if (!/[{}]/.test(segment) || /^\{[A-Za-z_][\w-]*\}$/.test(segment)) continue;
    return `${JSON.stringify(segment)}: {name} stands for a whole segment and its name is a word; use { regex: ... } for more`;
  }
  return null;
}

/** @throws {SyntaxError} where {@link checkPathPattern} has something to say */
export function compilePath(pattern: PathPattern): PathTest {
  const wrong = checkPathPattern(pattern);
  if (wrong !== null) throw new SyntaxError(`path: ${wrong}`);
  return typeof pattern === 'string' ? new SegmentTest(pattern) : new RegexTest(pattern.regex);
}

/**
 * The first segment, without slashes, of every path that the pattern can match; undefined where there is not one such
 * segment. What the index of rules asks before it looks any closer.
 */
export function firstSegment(pattern: PathPattern): string | undefined {
  if (typeof pattern !== 'string' || !pattern.startsWith('/')) return undefined;
  const end = pattern.indexOf('/', 1);
  const segment = pattern.slice(1, end < 0 ? undefined : end);
  return /[{*]/.test(segment) ? undefined : segment;
}

/** Literal bytes and one-segment gaps by turns: `/a/{b}/c*` is `/a/`, gap, `/c`, any rest. */
class SegmentTest implements PathTest {
  readonly #literals: readonly Buffer[];
  readonly #anyRest: boolean;

  constructor(pattern: string) {
    this.#anyRest = pattern.endsWith('*');
    const text = this.#anyRest ? pattern.slice(0, -1) : pattern;
    this.#literals = text.split(/\{[^}]*\}/).map((literal) => Buffer.from(literal, 'latin1'));
  }

  matches(head: RequestHead): boolean {
    const { bytes, targetEnd } = head;
    const start = head.pathStart();
    const first = this.#literals[0] ?? ROOT;
    // Most paths differ here; no literal has a question mark in it, so the end of the path need not be known yet.
    if (start + first.length <= targetEnd && startsWith(bytes, start, first)) {
      return this.#test(bytes, start + first.length, head.pathEnd());
    }
    const noPath = start === targetEnd || bytes[start] === QUESTION_MARK;
    return noPath && first.length <= 1 && startsWith(ROOT, 0, first) && this.#test(ROOT, first.length, 1);
  }

  /** Everything behind the first literal. */
  #test(bytes: Buffer, start: number, end: number): boolean {
    const literals = this.#literals;
    let at = start;
    for (let i = 1; i < literals.length; i++) {
      const gap = at;
      while (at < end && bytes[at] !== SLASH) at++;
      const literal = literals[i] ?? ROOT;
      if (at === gap || at + literal.length > end || !startsWith(bytes, at, literal)) return false;
      at += literal.length;
    }
    return this.#anyRest || at === end;
  }
}

function startsWith(bytes: Buffer, at: number, literal: Buffer): boolean {
  for (let i = 0; i < literal.length; i++) if (bytes[at + i] !== literal[i]) return false;
  return true;
}

class RegexTest implements PathTest {
  readonly #regex: RegExp;

  constructor(source: string) {
    this.#regex = new RegExp(source);
  }

  matches(head: RequestHead): boolean {
    return this.#regex.test(head.path());
  }
}
