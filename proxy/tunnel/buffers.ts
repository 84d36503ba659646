/**
 * Where bytes lie between a read and a write.
 *
 * ```
 *  small reads of all sockets --> shared ---copy--> arena --> write
 *  large reads of one socket  --> own buffer ---------------> write (not copied)
 * ```
 *
 * The rule that keeps it correct: nothing that a pending write points to may ever be registered for reading. `shared`
 * is registered by every socket, so nothing is ever written from it; the arena is registered by none, and is replaced
 * as soon as a write that points into it has not left at once; a socket's own buffer is replaced likewise.
 */
import type net from 'node:net';

/** Bytes in one read at most. */
const READ_SIZE = 65536;
/** A read of at least this many bytes gives its socket a buffer of its own. */
const OWN_BUFFER_FROM = 16384;

const shared = Buffer.allocUnsafeSlow(READ_SIZE);
let arena = Buffer.allocUnsafeSlow(READ_SIZE);

/** Large buffers that nothing points to any more: allocating one costs as much as a good part of copying it. */
const pool: Buffer[] = [];
const POOL_SIZE = 32;

function takeBuffer(): Buffer {
  return pool.pop() ?? Buffer.allocUnsafeSlow(READ_SIZE);
}

function giveBuffer(buffer: Buffer): void {
  if (pool.length < POOL_SIZE) pool.push(buffer);
}

/** The buffer that one socket reads into next. `to` is always the socket its bytes are written to. */
export class ReadBuffer {
  #own: Buffer | null = null;
  /** Former own buffers that writes to `to` may still point into. */
  #lent: Buffer[] | null = null;

  /** For `onread.buffer`. */
  next(): Buffer {
    return this.#own ?? shared;
  }

  /** To be called before the bytes of a read are handed on: where every write has left, what was lent is free again. */
  reclaim(to: net.Socket): void {
    if (this.#lent === null || to.writableLength > 0 || to.destroyed) return;
    for (const buffer of this.#lent) giveBuffer(buffer);
    this.#lent = null;
  }

  /**
   * Chooses the buffer for the next read. To be called when the bytes of a read have been handed on.
   *
   * @param chunk - the buffer that was read into
   * @param length - how many bytes were read
   */
  settle(chunk: Buffer, length: number, to: net.Socket): void {
    const large = length >= OWN_BUFFER_FROM;
    if (chunk === shared) {
      if (large) this.#own = takeBuffer();
    } else if (to.writableLength > 0 || to.destroyed) {
      this.#lent ??= [];
      this.#lent.push(chunk);
      this.#own = large ? takeBuffer() : null;
    } else if (!large) {
      giveBuffer(chunk);
      this.#own = null;
    }
  }
}

/** Writes bytes of a read to a socket. False: the socket asks to wait for its `drain`. */
export function writeBytes(to: net.Socket, bytes: Buffer, start: number, end: number): boolean {
  if (bytes !== shared) return to.write(start === 0 && end === bytes.length ? bytes : bytes.subarray(start, end));
  const length = end - start;
  // A write that is certain to wait (behind others) gets memory of its own instead of costing a whole arena.
  if (to.writableLength > 0) return to.write(Buffer.from(bytes.subarray(start, end)));
  bytes.copy(arena, 0, start, end);
  const goesOn = to.write(arena.subarray(0, length));
  if (to.writableLength > 0) arena = Buffer.allocUnsafeSlow(READ_SIZE);
  return goesOn;
}
