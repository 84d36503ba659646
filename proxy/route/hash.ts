/**
 * The hash behind every draw: 64 bits in two lanes over the bytes of a key, then a 32-bit mix of words. Not for
 * secrets: whoever can choose ids can choose their fate, which is harmless in a test of faults.
 *
 * The lanes follow cyrb53 (public domain, bryc), the mixing of words and the last avalanche follow MurmurHash3 (public
 * domain, Austin Appleby). The avalanche matters: without it ids that differ in their last bytes alone, as counters do,
 * get neighbouring hashes, and a share would take runs of them.
 */

/** Two lanes, fed piece by piece. Each piece is closed by a mark, so that `ab|c` and `a|bc` differ. */
export class KeyHash {
  #a = 0xdeadbeef | 0;
  #b = 0x41c6ce57 | 0;

  bytes(bytes: Uint8Array, start: number, end: number): void {
    for (let at = start; at < end; at++) this.#byte(bytes[at] ?? 0);
    this.#close();
  }

  /** Characters as 16-bit units. */
  text(text: string): void {
    for (let i = 0; i < text.length; i++) this.#byte(text.charCodeAt(i));
    this.#close();
  }

  /** A whole number, or any 32-bit word. */
  word(word: number): void {
    this.#a = Math.imul(this.#a ^ word, 0x9e3779b1);
    this.#b = Math.imul(this.#b ^ word, 0x5f356495);
    this.#close();
  }

  /** 32 bits, well mixed. */
  high(): number {
    return avalanche(
      Math.imul(this.#a ^ (this.#a >>> 16), 0x85ebca6b) ^ Math.imul(this.#b ^ (this.#b >>> 13), 0xc2b2ae35),
    );
  }

  /** 32 other bits. */
  low(): number {
    return avalanche(
      Math.imul(this.#b ^ (this.#b >>> 16), 0x85ebca6b) ^ Math.imul(this.#a ^ (this.#a >>> 13), 0xc2b2ae35),
    );
  }

  #byte(byte: number): void {
    this.#a = Math.imul(this.#a ^ byte, 0x9e3779b1);
    this.#b = Math.imul(this.#b ^ byte, 0x5f356495);
  }

  /** 0x1ff is no byte, so no content can imitate the mark; the shifts carry high bits down, which products never do. */
  #close(): void {
    this.#byte(0x1ff);
    this.#a ^= this.#a >>> 15;
    this.#b ^= this.#b >>> 17;
  }
}

/** 32 bits of a text. */
export function hashOfText(text: string): number {
  const hash = new KeyHash();
  hash.text(text);
  return hash.high();
}

/** One step of MurmurHash3 (x86, 32 bits): takes a word into the state. */
export function mixWord(state: number, word: number): number {
  let k = Math.imul(word, 0xcc9e2d51);
  k = Math.imul((k << 15) | (k >>> 17), 0x1b873593);
  const mixed = state ^ k;
  return (Math.imul((mixed << 13) | (mixed >>> 19), 5) + 0xe6546b64) | 0;
}

/** The last step of MurmurHash3: each bit of the state changes each bit of the result with even odds. */
export function avalanche(state: number): number {
  let hash = state;
  hash = Math.imul(hash ^ (hash >>> 16), 0x85ebca6b);
  hash = Math.imul(hash ^ (hash >>> 13), 0xc2b2ae35);
  return (hash ^ (hash >>> 16)) >>> 0;
}
