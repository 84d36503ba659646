/**
 * A view of one request head in a read buffer. One instance is pointed at head after head: strings are made only where
 * an armed rule or a route asks for them. It is valid until the next read: nothing may keep it.
 */
const SPACE = 32;
const TAB = 9;
const COLON = 58;
const LF = 10;
const QUESTION_MARK = 63;
const SLASH = 47;

export class RequestHead {
  bytes: Buffer = Buffer.alloc(0);
  /** First byte of the method. */
  start = 0;
  /** One past the method. */
  methodEnd = 0;
  targetStart = 0;
  /** One past the request target. */
  targetEnd = 0;
  /** First byte of the first header line. */
  headersStart = 0;
  /** One past the empty line. */
  end = 0;

  method(): string {
    return this.bytes.toString('latin1', this.start, this.methodEnd);
  }

  /** The request target as sent, query included. */
  target(): string {
    return this.bytes.toString('latin1', this.targetStart, this.targetEnd);
  }

  /** First byte of the path: behind scheme and authority where the target is in absolute form. */
  pathStart(): number {
    const { bytes, targetStart, targetEnd } = this;
    if (bytes[targetStart] === SLASH) return targetStart;
    const scheme = bytes.indexOf('://', targetStart, 'latin1');
    if (scheme < 0 || scheme >= targetEnd) return targetStart;
    for (let at = scheme + 3; at < targetEnd; at++) {
      if (bytes[at] === SLASH || bytes[at] === QUESTION_MARK) return at;
    }
    return targetEnd;
  }

  /** One past the path: at the question mark or the end of the target. */
  pathEnd(): number {
    for (let at = this.targetStart; at < this.targetEnd; at++) if (this.bytes[at] === QUESTION_MARK) return at;
    return this.targetEnd;
  }

  /** The path without query, percent-encoding untouched; `/` where an absolute target has none. */
  path(): string {
    return this.bytes.toString('latin1', this.pathStart(), this.pathEnd()) || '/';
  }

  /** The query without its question mark; empty where there is none. */
  query(): string {
    return this.bytes.toString('latin1', Math.min(this.pathEnd() + 1, this.targetEnd), this.targetEnd);
  }

  /** Lower case, without port: the authority of an absolute target, else the Host header; undefined where neither. */
  host(): string | undefined {
    const pathStart = this.pathStart();
    let authority: string | undefined;
    if (pathStart > this.targetStart) {
      const target = this.bytes.toString('latin1', this.targetStart, pathStart);
      authority = target.slice(target.indexOf('://') + 3);
    } else authority = this.header('host');
    if (authority === undefined) return undefined;
    return authority.toLowerCase().replace(/:\d*$/, '');
  }

  /** The first value of a header, white space trimmed. `name` must be in lower case. */
  header(name: string): string | undefined {
    const { bytes, end } = this;
    for (let at = this.headersStart; at < end;) {
      if (bytes[at + name.length] === COLON && isName(bytes, at, name)) {
        return valueAt(bytes, at + name.length + 1, end);
      }
      const next = bytes.indexOf(LF, at);
      if (next < 0) return undefined;
      at = next + 1;
    }
    return undefined;
  }
}

function isName(bytes: Buffer, at: number, name: string): boolean {
  for (let i = 0; i < name.length; i++) {
    const byte = bytes[at + i] ?? 0;
    const lower = byte >= 65 && byte <= 90 ? byte | 32 : byte;
    if (lower !== name.charCodeAt(i)) return false;
  }
  return true;
}

function valueAt(bytes: Buffer, start: number, end: number): string {
  let from = start;
  while (bytes[from] === SPACE || bytes[from] === TAB) from++;
  let to = from;
  while (to < end && bytes[to] !== 13 && bytes[to] !== LF) to++;
  while (to > from && (bytes[to - 1] === SPACE || bytes[to - 1] === TAB)) to--;
  return bytes.toString('latin1', from, to);
}
