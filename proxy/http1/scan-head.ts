/**
 * Reads heads strictly (RFC 9112) on bytes, without making strings. Where two readers could disagree on a boundary the
 * result is an ambiguity, never a guess.
 *
 * Scanning may run into stale bytes behind `end` (a read buffer is reused): every decision is made only after the
 * position has been compared with `end`.
 */
import {
  BAD_CONTENT_LENGTH,
  BAD_HEADER_NAME,
  BAD_REQUEST_LINE,
  BAD_STATUS_LINE,
  BAD_TRANSFER_ENCODING,
  BARE_LINE_END,
  CONTROL_CHARACTER,
  HEADER_FOLD,
  INCOMPLETE,
  LENGTH_AND_ENCODING,
  NOT_HTTP,
} from './ambiguity.ts';
import type { RequestHead } from './request-head.ts';

const TAB = 9;
const LF = 10;
const CR = 13;
const SPACE = 32;
const COLON = 58;

/** 1 for the bytes of a token (RFC 9110, 5.6.2). */
const TOKEN = new Uint8Array(256);
for (const character of "!#$%&'*+-.^_`|~0123456789ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz") {
  TOKEN[character.charCodeAt(0)] = 1;
}

/** What a head says about the message's boundaries. One instance is filled again and again. */
export class HeadScan {
  /** -1 where there is none. */
  contentLength = -1;
  chunked = false;
  /** Has a field `Upgrade`. */
  upgrade = false;
  /** Has a field `Expect`. */
  expect = false;
  /** 0 or 1: the minor version of HTTP/1.x. */
  minor = 1;
  /** Responses only. */
  status = 0;

  reset(): void {
    this.contentLength = -1;
    this.chunked = false;
    this.upgrade = false;
    this.expect = false;
  }
}

/**
 * Scans a request head that starts at `start`.
 *
 * @param view - set to the parts of the head where it is complete
 * @returns one past the head; INCOMPLETE; or an ambiguity
 */
export function scanRequestHead(bytes: Buffer, start: number, end: number, scan: HeadScan, view: RequestHead): number {
  let at = start;
  while (TOKEN[bytes[at] as number] === 1) at++;
  if (at >= end) return INCOMPLETE;
  if (bytes[at] !== SPACE || at === start) return NOT_HTTP;
  const methodEnd = at;
  const targetStart = ++at;
  while ((bytes[at] as number) > SPACE) at++;
  if (at >= end) return INCOMPLETE;
  if (bytes[at] !== SPACE || at === targetStart) return notARequest(bytes, start);
  const targetEnd = at;
  // "HTTP/1.x" CR LF
  if (at + 10 >= end) return couldBeVersion(bytes, at + 1, end) ? INCOMPLETE : notARequest(bytes, start);
  if (!isHttp1(bytes, at + 1)) return notARequest(bytes, start);
  const minor = (bytes[at + 8] as number) - 48;
  if (minor !== 0 && minor !== 1) return BAD_REQUEST_LINE;
  if (bytes[at + 9] !== CR || bytes[at + 10] !== LF) return bytes[at + 9] === LF ? BARE_LINE_END : BAD_REQUEST_LINE;
  scan.reset();
  scan.minor = minor;
  const after = scanFields(bytes, at + 11, end, scan);
  if (after <= 0) return after;
  if (minor === 0 && scan.chunked) return BAD_TRANSFER_ENCODING;
  view.bytes = bytes;
  view.start = start;
  view.methodEnd = methodEnd;
  view.targetStart = targetStart;
  view.targetEnd = targetEnd;
  view.headersStart = at + 11;
  view.end = after;
  return after;
}

/**
 * Scans a response head that starts at `start`; the status is left in `scan`.
 *
 * @returns one past the head; INCOMPLETE; or an ambiguity
 */
export function scanResponseHead(bytes: Buffer, start: number, end: number, scan: HeadScan): number {
  // "HTTP/1.x" SP 3DIGIT ( CR LF / SP reason CR LF )
  if (start + 13 > end) return INCOMPLETE;
  if (!isHttp1(bytes, start)) return BAD_STATUS_LINE;
  const minor = (bytes[start + 7] as number) - 48;
  const hundreds = (bytes[start + 9] as number) - 48;
  const tens = (bytes[start + 10] as number) - 48;
  const ones = (bytes[start + 11] as number) - 48;
  if ((minor !== 0 && minor !== 1) || bytes[start + 8] !== SPACE) return BAD_STATUS_LINE;
  if (hundreds < 1 || hundreds > 9 || tens < 0 || tens > 9 || ones < 0 || ones > 9) return BAD_STATUS_LINE;
  let at = start + 12;
  if (bytes[at] !== SPACE && bytes[at] !== CR) return bytes[at] === LF ? BARE_LINE_END : BAD_STATUS_LINE;
  at = lineEnd(bytes, at);
  if (at + 1 >= end) return INCOMPLETE;
  if (bytes[at] !== CR || bytes[at + 1] !== LF) return wrongLineEnd(bytes, at);
  scan.reset();
  scan.minor = minor;
  scan.status = hundreds * 100 + tens * 10 + ones;
  return scanFields(bytes, at + 2, end, scan);
}

/** A line that begins with a method of HTTP is a bad request line; anything else is another protocol. */
function notARequest(bytes: Buffer, start: number): number {
  const beginning = bytes.toString('latin1', start, Math.min(bytes.length, start + 8));
  return /^(?:GET|HEAD|POST|PUT|DELETE|OPTIONS|PATCH|CONNECT|TRACE)(?: |$)/.test(beginning)
    ? BAD_REQUEST_LINE
    : NOT_HTTP;
}

/** Field lines up to and with the empty line. */
function scanFields(bytes: Buffer, start: number, end: number, scan: HeadScan): number {
  let at = start;
  for (;;) {
    const nameStart = at;
    while (TOKEN[bytes[at] as number] === 1) at++;
    if (at >= end) return INCOMPLETE;
    if (bytes[at] !== COLON || at === nameStart) {
      if (at > nameStart) return BAD_HEADER_NAME;
      const byte = bytes[at];
      if (byte === CR) {
        if (at + 1 >= end) return INCOMPLETE;
        if (bytes[at + 1] !== LF) return BARE_LINE_END;
        break;
      }
      if (byte === LF) return BARE_LINE_END;
      return byte === SPACE || byte === TAB ? HEADER_FOLD : BAD_HEADER_NAME;
    }
    const nameLength = at - nameStart;
    const valueStart = at + 1;
    at = lineEnd(bytes, valueStart);
    if (at + 1 >= end) return INCOMPLETE;
    if (bytes[at] !== CR || bytes[at + 1] !== LF) return wrongLineEnd(bytes, at);
    // The only names that matter for boundaries, told apart by length first.
    if (nameLength === 14) {
      if (isField(bytes, nameStart, 'content-length')) {
        if (scan.contentLength !== -1) return BAD_CONTENT_LENGTH;
        scan.contentLength = decimal(bytes, valueStart, at);
        if (scan.contentLength < 0) return BAD_CONTENT_LENGTH;
      }
    } else if (nameLength === 17) {
      if (isField(bytes, nameStart, 'transfer-encoding')) {
        if (scan.chunked || !endsChunked(bytes, valueStart, at)) return BAD_TRANSFER_ENCODING;
        scan.chunked = true;
      }
    } else if (nameLength === 7) {
      if (isField(bytes, nameStart, 'upgrade')) scan.upgrade = true;
    } else if (nameLength === 6) {
      if (isField(bytes, nameStart, 'expect')) scan.expect = true;
    }
    at += 2;
  }
  if (scan.chunked && scan.contentLength !== -1) return LENGTH_AND_ENCODING;
  return at + 2;
}

/** The first byte that cannot stand in a field value: CR where all is well. */
function lineEnd(bytes: Buffer, start: number): number {
  let at = start;
  for (;;) {
    while ((bytes[at] as number) > 31) at++;
    if (bytes[at] !== TAB) return at;
    at++;
  }
}

function wrongLineEnd(bytes: Buffer, at: number): number {
  return bytes[at] === CR || bytes[at] === LF ? BARE_LINE_END : CONTROL_CHARACTER;
}

function isField(bytes: Buffer, at: number, name: string): boolean {
  // Token characters of these names are letters and hyphens: setting bit 5 folds case and keeps a hyphen.
  for (let i = 0; i < name.length; i++) if (((bytes[at + i] as number) | 32) !== name.charCodeAt(i)) return false;
  return true;
}

function isHttp1(bytes: Buffer, at: number): boolean {
  return (
    bytes[at] === 72 &&
    bytes[at + 1] === 84 &&
    bytes[at + 2] === 84 &&
    bytes[at + 3] === 80 &&
    bytes[at + 4] === 47 &&
    bytes[at + 5] === 49 &&
    bytes[at + 6] === 46
  );
}

function couldBeVersion(bytes: Buffer, start: number, end: number): boolean {
  return 'HTTP/1.'.startsWith(bytes.toString('latin1', start, Math.min(end, start + 7)));
}

/** 1*DIGIT with white space around; -1 where it is anything else or beyond 2^53. */
function decimal(bytes: Buffer, start: number, end: number): number {
  let at = start;
  while (bytes[at] === SPACE || bytes[at] === TAB) at++;
  let last = end;
  while (last > at && (bytes[last - 1] === SPACE || bytes[last - 1] === TAB)) last--;
  if (at === last || last - at > 15) return -1;
  let value = 0;
  for (; at < last; at++) {
    const digit = (bytes[at] as number) - 48;
    if (digit < 0 || digit > 9) return -1;
    value = value * 10 + digit;
  }
  return value;
}

/** `chunked`, alone or last behind known codings: only then do all readers find the same end (RFC 9112, 6.1). */
function endsChunked(bytes: Buffer, start: number, end: number): boolean {
  const value = bytes.toString('latin1', start, end);
  return /^[ \t]*(?:(?:x-)?(?:gzip|compress)[ \t]*,[ \t]*|deflate[ \t]*,[ \t]*)*chunked[ \t]*$/i.test(value);
}
