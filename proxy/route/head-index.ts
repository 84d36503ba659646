/**
 * Tells from a few bytes of a request head which entries of a table can match it at all: entries are put into buckets
 * by the first segment of their path, with a bit for each method. A head that no entry can match is dismissed by two
 * hashes over its own bytes; nothing is allocated and no string is made.
 *
 * Hashes only dismiss: two segments may share one, so a candidate still has to be tested in full.
 */
import type { PathPattern } from '../config/rule.ts';
import type { RequestHead } from '../http1/request-head.ts';
import { firstSegment } from './path-pattern.ts';

/** What the index looks at; absent means any. */
export interface Indexed {
  readonly method?: readonly string[];
  readonly path?: PathPattern;
}

const SLASH = 47;
const QUESTION_MARK = 63;
/** Hashing stops here: longer segments share a bucket and are told apart by the full test. */
const MOST_BYTES = 64;
/** A bit mask holds this many methods of their own; further ones share the last bit. */
const LAST_BIT = 30;
/** Methods that no entry names: only entries for any method have this bit. */
const OTHER_METHODS = 1 << 31;
const ANY_METHOD = -1;

/** Entries that a head with a certain first segment can match. */
export interface Bucket {
  /** Positions in the table, ascending. */
  readonly entries: readonly number[];
  /** For each of `entries` the methods it can match. */
  readonly methods: Int32Array;
  /** All of them together. */
  readonly union: number;
}

/** See the head of this file. */
export class HeadIndex {
  readonly #buckets = new Map<number, Bucket>();
  /** For all first segments that no entry names. */
  readonly #elsewhere: Bucket;
  readonly #methodBits = new Map<number, number>();

  constructor(entries: readonly Indexed[]) {
    const segments = entries.map((entry) => (entry.path === undefined ? undefined : firstSegment(entry.path)));
    for (const method of entries.flatMap((entry) => entry.method ?? [])) {
      const hash = hashText(method);
      if (!this.#methodBits.has(hash)) this.#methodBits.set(hash, 1 << Math.min(this.#methodBits.size, LAST_BIT));
    }
    const hashes = segments.map((segment) => (segment === undefined ? undefined : hashText(segment)));
    const bucketOf = (wanted: number | undefined): Bucket => {
      const inside = [...entries.keys()].filter((i) => hashes[i] === undefined || hashes[i] === wanted);
      const methods = Int32Array.from(inside, (i) => this.#maskOf(entries[i]?.method));
      return { entries: inside, methods, union: methods.reduce((union, mask) => union | mask, 0) };
    };
    for (const hash of hashes)
      if (hash !== undefined && !this.#buckets.has(hash)) this.#buckets.set(hash, bucketOf(hash));
    this.#elsewhere = bucketOf(undefined);
  }

  /** The bucket of a head: Null where no entry can match. */
  bucket(head: RequestHead): Bucket | null {
    const bucket =
      this.#buckets.size === 0 ? this.#elsewhere : (this.#buckets.get(hashSegment(head)) ?? this.#elsewhere);
    return bucket.union === 0 || (bucket.union & this.methodBit(head)) === 0 ? null : bucket;
  }

  /** The bit of the head's method; all bits where no entry names a method. */
  methodBit(head: RequestHead): number {
    if (this.#methodBits.size === 0) return ANY_METHOD;
    return this.#methodBits.get(hashBytes(head.bytes, head.start, head.methodEnd)) ?? OTHER_METHODS;
  }

  #maskOf(methods: readonly string[] | undefined): number {
    if (methods === undefined) return ANY_METHOD;
    return methods.reduce((mask, method) => mask | (this.#methodBits.get(hashText(method)) ?? 0), 0);
  }
}

/** FNV-1a, 32 bits, over at most {@link MOST_BYTES}. */
function hashBytes(bytes: Uint8Array, start: number, end: number): number {
  const stop = Math.min(end, start + MOST_BYTES);
  let hash = 0x811c9dc5 | 0;
  for (let at = start; at < stop; at++) hash = Math.imul(hash ^ (bytes[at] ?? 0), 0x01000193);
  return hash;
}

function hashText(text: string): number {
  const bytes = new TextEncoder().encode(text);
  return hashBytes(bytes, 0, bytes.length);
}

/** Hash of the first path segment; that of nothing where the path has none. */
function hashSegment(head: RequestHead): number {
  const { bytes, targetEnd } = head;
  const start = head.pathStart();
  // `*` and `host:port` are no paths: no pattern with a first segment matches them.
  if (start < targetEnd && bytes[start] !== SLASH && bytes[start] !== QUESTION_MARK) return 0;
  const stop = bytes[start] === SLASH ? Math.min(targetEnd, start + 1 + MOST_BYTES) : start;
  let hash = 0x811c9dc5 | 0;
  for (let at = start + 1; at < stop; at++) {
    const byte = bytes[at] ?? 0;
    if (byte === SLASH || byte === QUESTION_MARK) break;
    hash = Math.imul(hash ^ byte, 0x01000193);
  }
  return hash;
}
