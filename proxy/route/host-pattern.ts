/**
 * Host patterns, compared on bytes: a name without regard to case and port, or `*.name` for any name below it (but not
 * for itself). The host is the authority of an absolute target, else the Host header (RFC 9112 section 3.2.2).
 */
import { Buffer } from 'node:buffer';
import type { RequestHead } from '../http1/request-head.ts';
import { HeaderLines } from './header-lines.ts';

const COLON = 58;

/** What is wrong with a pattern, for people; null where it is fine. */
export function checkHostPattern(pattern: string): string | null {
  const name = withoutPort(pattern.replace(/^\*\./, ''));
  if (name === '') return 'an empty host matches nothing: write a name like reviews.shop.svc';
  if (name.includes('*')) return '* stands only at the front, as in *.shop.svc';
  if (/:\/\//.test(name)) return 'a host has no scheme: write the name alone';
  if (!/^(?:[\w.-]+|\[[\da-f:.]+\])$/i.test(name)) return `${JSON.stringify(name)} is not a host name or an address`;
  return null;
}

/** Tests the host of a head, without making a string. */
export class HostTest {
  readonly #name: Buffer;
  readonly #below: boolean;
  readonly #lines = new HeaderLines(['host']);

  /** @throws {SyntaxError} where {@link checkHostPattern} has something to say */
  constructor(pattern: string) {
    const wrong = checkHostPattern(pattern);
    if (wrong !== null) throw new SyntaxError(`host: ${wrong}`);
    this.#below = pattern.startsWith('*.');
    this.#name = Buffer.from(withoutPort(this.#below ? pattern.slice(1) : pattern).toLowerCase(), 'latin1');
  }

  matches(head: RequestHead): boolean {
    const pathStart = head.pathStart();
    if (pathStart > head.targetStart) {
      const start = head.bytes.indexOf('://', head.targetStart, 'latin1') + 3;
      return this.#test(head.bytes, start, pathStart);
    }
    this.#lines.read(head);
    const start = this.#lines.start(0);
    return start >= 0 && this.#test(head.bytes, start, this.#lines.end(0));
  }

  #test(bytes: Buffer, start: number, valueEnd: number): boolean {
    const name = this.#name;
    let end = valueEnd;
    while (end > start && isDigit(bytes[end - 1])) end--;
    end = end > start && bytes[end - 1] === COLON ? end - 1 : valueEnd;
    const from = end - name.length;
    if (this.#below ? from <= start : from !== start) return false;
    for (let i = 0; i < name.length; i++) {
      const byte = bytes[from + i] ?? 0;
      if ((byte >= 65 && byte <= 90 ? byte | 32 : byte) !== name[i]) return false;
    }
    return true;
  }
}

function isDigit(byte: number | undefined): boolean {
  return byte !== undefined && byte >= 48 && byte <= 57;
}

function withoutPort(host: string): string {
  return host.replace(/:\d*$/, '');
}
