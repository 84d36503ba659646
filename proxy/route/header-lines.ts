/**
 * Finds the values of a fixed set of headers in one pass over a request head, as byte ranges, without making strings.
 * `RequestHead.header` is for one name; this is for many.
 */
import type { RequestHead } from '../http1/request-head.ts';

const TAB = 9;
const LF = 10;
const CR = 13;
const SPACE = 32;
const COLON = 58;

/** The first value of each name, after {@link HeaderLines.read}. Belongs to whoever made it; not shared. */
export class HeaderLines {
  readonly #names: readonly string[];
  /** Lengths that a wanted name has: most lines are passed over by their length alone. */
  readonly #lengths: Uint8Array;
  readonly #from: Int32Array;
  readonly #to: Int32Array;
  /** Names not yet found in this head. */
  #wanted = 0;

  /** @param names in lower case, each at most 255 bytes; their order gives the slots */
  constructor(names: readonly string[]) {
    this.#names = names;
    this.#lengths = new Uint8Array(256);
    for (const name of names) this.#lengths[name.length] = 1;
    this.#from = new Int32Array(names.length);
    this.#to = new Int32Array(names.length);
  }

  /** Reads a head; what an earlier head left is gone. */
  read(head: RequestHead): void {
    const { bytes, end } = head;
    this.#from.fill(-1);
    this.#wanted = this.#names.length;
    let at = head.headersStart;
    while (at < end && this.#wanted > 0) {
      let colon = at;
      while (colon < end && bytes[colon] !== COLON && bytes[colon] !== LF) colon++;
      if (bytes[colon] === LF) {
        at = colon + 1;
        continue;
      }
      let lineEnd = colon;
      while (lineEnd < end && bytes[lineEnd] !== LF) lineEnd++;
      if (this.#lengths[colon - at] === 1) this.#take(bytes, at, colon, lineEnd);
      at = lineEnd + 1;
    }
  }

  /** First byte of the value in this slot, white space left out; -1 where the head has no such header. */
  start(slot: number): number {
    return this.#from[slot] ?? -1;
  }

  /** One past the last byte of the value. */
  end(slot: number): number {
    return this.#to[slot] ?? -1;
  }

  #take(bytes: Uint8Array, nameStart: number, colon: number, lineEnd: number): void {
    const slot = this.#slotOf(bytes, nameStart, colon);
    if (slot < 0 || this.#from[slot] !== -1) return;
    let from = colon + 1;
    while (from < lineEnd && isSpace(bytes[from])) from++;
    let to = lineEnd;
    while (to > from && (isSpace(bytes[to - 1]) || bytes[to - 1] === CR)) to--;
    this.#from[slot] = from;
    this.#to[slot] = to;
    this.#wanted--;
  }

  #slotOf(bytes: Uint8Array, nameStart: number, colon: number): number {
    const names = this.#names;
    for (let slot = 0; slot < names.length; slot++) {
      const name = names[slot] ?? '';
      if (name.length === colon - nameStart && isName(bytes, nameStart, name)) return slot;
    }
    return -1;
  }
}

function isName(bytes: Uint8Array, at: number, name: string): boolean {
  for (let i = 0; i < name.length; i++) {
    const byte = bytes[at + i] ?? 0;
    if ((byte >= 65 && byte <= 90 ? byte | 32 : byte) !== name.charCodeAt(i)) return false;
  }
  return true;
}

function isSpace(byte: number | undefined): boolean {
  return byte === SPACE || byte === TAB;
}
