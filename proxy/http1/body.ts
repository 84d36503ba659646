/**
 * Where a body ends (RFC 9112, 6 and 7): by length, by chunks or by the end of the connection. Content is skipped by
 * length; only chunk lines are read byte by byte, so they may be split anywhere over reads.
 */
import { BAD_CHUNK } from './ambiguity.ts';

const TAB = 9;
const LF = 10;
const CR = 13;
const SEMICOLON = 59;

/** Hexadecimal digits of a chunk size at most: more would pass 2^53. */
const SIZE_DIGITS = 13;
/** Bytes of chunk extensions or trailers at most, for one body. */
const MAX_LINES = 65536;

const NONE = 0;
const FIXED = 1;
const SIZE = 2;
const EXTENSION = 3;
const SIZE_LF = 4;
const DATA = 5;
const DATA_CR = 6;
const DATA_LF = 7;
const TRAILER_START = 8;
const TRAILER = 9;
const TRAILER_LF = 10;
const LAST_LF = 11;
const UNTIL_CLOSE = 12;

const HEX = new Int8Array(256).fill(-1);
for (let digit = 0; digit < 16; digit++) {
  const character = digit.toString(16);
  HEX[character.charCodeAt(0)] = digit;
  HEX[character.toUpperCase().charCodeAt(0)] = digit;
}

/** The body of the message that one direction of a connection is in. */
export class Body {
  #state = NONE;
  /** Bytes left of the content or the chunk. */
  #left = 0;
  #digits = 0;
  #lineBytes = 0;

  /** False: the next byte belongs to a head. */
  get open(): boolean {
    return this.#state !== NONE;
  }

  get untilClose(): boolean {
    return this.#state === UNTIL_CLOSE;
  }

  startFixed(length: number): void {
    this.#left = length;
    this.#state = length > 0 ? FIXED : NONE;
  }

  startChunked(): void {
    this.#startChunk();
    this.#lineBytes = 0;
  }

  startUntilClose(): void {
    this.#state = UNTIL_CLOSE;
  }

  /** The connection is over or has become a tunnel. */
  stop(): void {
    this.#state = NONE;
  }

  /**
   * Takes the bytes that belong to the body.
   *
   * @returns one past the last of them (the body has ended where `open` is then false), or an ambiguity
   */
  take(bytes: Buffer, start: number, end: number): number {
    if (this.#state === FIXED) {
      const taken = Math.min(this.#left, end - start);
      this.#left -= taken;
      if (this.#left === 0) this.#state = NONE;
      return start + taken;
    }
    return this.#state === UNTIL_CLOSE ? end : this.#takeChunks(bytes, start, end);
  }

  #startChunk(): void {
    this.#state = SIZE;
    this.#left = 0;
    this.#digits = 0;
  }

  #takeChunks(bytes: Buffer, start: number, end: number): number {
    let at = start;
    while (at < end) {
      if (this.#state === DATA) {
        const taken = Math.min(this.#left, end - at);
        this.#left -= taken;
        at += taken;
        if (this.#left > 0) return at;
        this.#state = DATA_CR;
        continue;
      }
      const byte = bytes[at++] as number;
      if (!this.#step(byte)) return BAD_CHUNK;
      if (this.#state === NONE) return at;
    }
    return at;
  }

  /** One byte outside of chunk data. False: it cannot stand here. */
  #step(byte: number): boolean {
    switch (this.#state) {
      case SIZE:
        return this.#sizeByte(byte);
      case EXTENSION:
        if (byte === CR) this.#state = SIZE_LF;
        else return this.#lineByte(byte);
        return true;
      case SIZE_LF:
        this.#state = this.#left > 0 ? DATA : TRAILER_START;
        return byte === LF;
      case DATA_CR:
        this.#state = DATA_LF;
        return byte === CR;
      case DATA_LF:
        this.#startChunk();
        return byte === LF;
      case TRAILER_START:
        this.#state = byte === CR ? LAST_LF : TRAILER;
        // A line that starts with white space would be folded: readers differ.
        return byte === CR || (byte > 32 && this.#lineByte(byte));
      case TRAILER:
        if (byte === CR) this.#state = TRAILER_LF;
        else return this.#lineByte(byte);
        return true;
      case TRAILER_LF:
        this.#state = TRAILER_START;
        return byte === LF;
      case LAST_LF:
        this.#state = NONE;
        return byte === LF;
      default:
        return false;
    }
  }

  #sizeByte(byte: number): boolean {
    const digit = HEX[byte] as number;
    if (digit >= 0) {
      this.#left = this.#left * 16 + digit;
      return ++this.#digits <= SIZE_DIGITS;
    }
    if (this.#digits === 0) return false;
    if (byte === CR) this.#state = SIZE_LF;
    else if (byte === SEMICOLON) this.#state = EXTENSION;
    else return false;
    return true;
  }

  #lineByte(byte: number): boolean {
    return (byte > 31 || byte === TAB) && ++this.#lineBytes <= MAX_LINES;
  }
}
