/** Bytes that are kept back for a while, copied out of the read buffers. */

/** Client bytes that wait behind an exchange which is being held. */
export class Stash {
  #chunks: Buffer[] = [];
  length = 0;

  add(bytes: Buffer, start: number, end: number): void {
    if (start === end) return;
    this.#chunks.push(Buffer.from(bytes.subarray(start, end)));
    this.length += end - start;
  }

  /** All bytes in one buffer; the stash keeps them. */
  peek(): Buffer {
    if (this.#chunks.length !== 1) this.#chunks = [Buffer.concat(this.#chunks)];
    return this.#chunks[0] as Buffer;
  }
}

const CR = 13;
const LF = 10;

/**
 * A head whose end has not arrived yet. It is scanned again only when its end is there or it has doubled, so that a head
 * that drips in byte by byte costs no more than its length.
 */
export class PartialHead {
  #buffer: Buffer;
  #scanAt: number;
  #searched = 0;
  length: number;
  /** Its bytes have been handed on already: the exchange can be observed, and no longer be held. */
  forwarded: boolean;

  constructor(bytes: Buffer, start: number, end: number, forwarded: boolean) {
    this.length = end - start;
    this.#buffer = Buffer.allocUnsafe(Math.max(512, this.length * 2));
    bytes.copy(this.#buffer, 0, start, end);
    this.#scanAt = this.length * 2;
    this.forwarded = forwarded;
    this.#endIsThere();
  }

  /** Appends bytes. True: it is time to scan. */
  append(bytes: Buffer, start: number, end: number): boolean {
    const length = this.length + end - start;
    if (length > this.#buffer.length) {
      const larger = Buffer.allocUnsafe(length * 2);
      this.#buffer.copy(larger, 0, 0, this.length);
      this.#buffer = larger;
    }
    bytes.copy(this.#buffer, this.length, start, end);
    this.length = length;
    return this.#endIsThere() || length >= this.#scanAt;
  }

  bytes(): Buffer {
    return this.#buffer.subarray(0, this.length);
  }

  /** Looks for an empty line in what is new: LF LF or LF CR LF. */
  #endIsThere(): boolean {
    let from = this.length;
    for (let at = this.#buffer.indexOf(LF, this.#searched); at >= 0 && at < this.length;) {
      const next = this.#buffer[at + 1];
      if (at + 1 < this.length && next === LF) return true;
      if (at + 2 < this.length && next === CR && this.#buffer[at + 2] === LF) return true;
      if (at + 2 >= this.length) from = Math.min(from, at);
      at = this.#buffer.indexOf(LF, at + 1);
    }
    // Only an LF among the last two bytes can still begin an end.
    this.#searched = from;
    return false;
  }
}
