/**
 * Counts how often each call key has been seen, in memory of a fixed size: identical requests are told apart by their
 * number, so that the set of chosen ones does not depend on the order in which they run.
 *
 * 4096 sets of 8 ways, in order of recency. Keys that came again stand in front, up to 4 of them; a new key enters behind
 * them. A stream of keys that come once (an id for each call) can so only push one another out, never a key that is in
 * use. A key that was pushed out is counted from 0 again: its draws repeat, which keeps the share but makes fewer of them
 * independent.
 *
 *   set: | tag tag | tag tag tag tag tag tag | count x 8 |    64 bytes, a cache line
 *          again     new ones first
 */
const SETS = 4096;
const WAYS = 8;
/** Ways of a set that keys in use can keep for themselves. */
const KEPT = 4;
const SET_WORDS = 2 * WAYS;

/** See the head of this file. 256 KiB, allocated on first use. */
export class Occurrences {
  #words: Uint32Array | null = null;

  /**
   * How often this key was seen before; counts this time.
   *
   * Keys are told apart by `hashHigh` and the lowest 12 bits of `hashLow`: both must be well mixed.
   */
  next(hashHigh: number, hashLow: number): number {
    const words = (this.#words ??= new Uint32Array(SETS * SET_WORDS));
    const set = (hashLow & (SETS - 1)) * SET_WORDS;
    const tag = hashHigh >>> 0;
    for (let way = 0; way < WAYS; way++) {
      const count = words[set + WAYS + way] ?? 0;
      if (count === 0 || words[set + way] !== tag) continue;
      // The count stays below 2^32: at 10,000 per second that takes five days of one key; then it stands still.
      const next = count < 0xffffffff ? count + 1 : count;
      place(words, set, 0, way, tag, next);
      return count;
    }
    let behind = 0;
    while (behind < KEPT && (words[set + WAYS + behind] ?? 0) > 1) behind++;
    place(words, set, behind, WAYS - 1, tag, 1);
    return 0;
  }
}

/** Puts a key at `to` and moves those between one way down; what stood at `from` is gone. */
function place(words: Uint32Array, set: number, to: number, from: number, tag: number, count: number): void {
  for (let way = from; way > to; way--) {
    words[set + way] = words[set + way - 1] ?? 0;
    words[set + WAYS + way] = words[set + WAYS + way - 1] ?? 0;
  }
  words[set + to] = tag;
  words[set + WAYS + to] = count;
}
