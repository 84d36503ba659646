/**
 * IP addresses and CIDR blocks, IPv4 and IPv6. Both become 16 bytes: IPv4 lies at `::ffff:0:0/96` (RFC 4291 section
 * 2.5.5.2), so an address that a dual-stack socket reports as `::ffff:10.0.0.1` is 10.0.0.1.
 */

/** What is wrong with an address or block, for people; null where it is fine. */
export function checkCidr(text: string): string | null {
  const block = parseBlock(text);
  return typeof block === 'string' ? block : null;
}

/** A block of addresses; one address is a block of itself. */
export class Cidr {
  readonly #network: Uint8Array;
  readonly #bits: number;
  /** Connections of one caller follow one another: the last answer is kept. */
  #lastText = '';
  #lastContains = false;

  /** @throws {SyntaxError} where {@link checkCidr} has something to say */
  constructor(text: string) {
    const block = parseBlock(text);
    if (typeof block === 'string') throw new SyntaxError(`source.ip: ${block}`);
    this.#network = block.network;
    this.#bits = block.bits;
  }

  /** False for what is not an address, like the empty peer name of a unix socket. */
  contains(address: string): boolean {
    if (address !== this.#lastText) {
      this.#lastText = address;
      const bytes = parseAddress(address);
      this.#lastContains = bytes !== null && sharesPrefix(bytes, this.#network, this.#bits);
    }
    return this.#lastContains;
  }
}

/** 16 bytes; null for what is not an address. A zone (`fe80::1%eth0`) is left out. */
export function parseAddress(text: string): Uint8Array | null {
  const zone = text.indexOf('%');
  const plain = zone < 0 ? text : text.slice(0, zone);
  if (!plain.includes(':')) {
    const v4 = parseV4(plain);
    return v4 && Uint8Array.from([0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 255, 255, ...v4]);
  }
  return parseV6(plain);
}

function parseBlock(text: string): { network: Uint8Array; bits: number } | string {
  const slash = text.indexOf('/');
  const address = slash < 0 ? text : text.slice(0, slash);
  const network = address.includes('%') ? null : parseAddress(address);
  if (network === null) return `${JSON.stringify(text)} is not an address or block: write 10.244.0.0/16 or fd00::/8`;
  const width = address.includes(':') ? 128 : 32;
  const prefix = slash < 0 ? String(width) : text.slice(slash + 1);
  if (!/^(?:0|[1-9]\d{0,2})$/.test(prefix) || Number(prefix) > width) {
    return `/${prefix} is not a prefix length: 0 to ${width} for this kind of address`;
  }
  const bits = Number(prefix) + 128 - width;
  for (let bit = bits; bit < 128; bit++) {
    if (((network[bit >> 3] ?? 0) >> (7 - (bit & 7))) & 1) {
      return `${JSON.stringify(text)} has bits behind its prefix: a longer prefix or a shorter address is meant`;
    }
  }
  return { network, bits };
}

function sharesPrefix(a: Uint8Array, b: Uint8Array, bits: number): boolean {
  const whole = bits >> 3;
  for (let i = 0; i < whole; i++) if (a[i] !== b[i]) return false;
  const mask = (0xff00 >> (bits & 7)) & 0xff;
  return ((a[whole] ?? 0) & mask) === ((b[whole] ?? 0) & mask);
}

/** Four decimal parts without leading zeros: what `010` means depends on the reader. */
function parseV4(text: string): number[] | null {
  const parts = text.split('.');
  if (parts.length !== 4 || !parts.every((part) => /^(?:0|[1-9]\d{0,2})$/.test(part) && Number(part) < 256))
    return null;
  return parts.map(Number);
}

/** RFC 4291 section 2.2: eight groups, `::` once for a run of zeros, the last two groups also as IPv4. */
function parseV6(text: string): Uint8Array | null {
  const halves = text.split('::');
  if (halves.length > 2) return null;
  const head = groupsOf(halves[0] ?? '', halves.length === 1);
  const tail = halves.length === 2 ? groupsOf(halves[1] ?? '', true) : [];
  if (head === null || tail === null) return null;
  const missing = 8 - head.length - tail.length;
  if (halves.length === 2 ? missing < 1 : missing !== 0) return null;
  const bytes = new Uint8Array(16);
  [...head, ...Array<number>(missing).fill(0), ...tail].forEach((group, i) => {
    bytes[2 * i] = group >> 8;
    bytes[2 * i + 1] = group & 255;
  });
  return bytes;
}

function groupsOf(text: string, last: boolean): number[] | null {
  if (text === '') return [];
  const groups: number[] = [];
  const parts = text.split(':');
  for (const [i, part] of parts.entries()) {
    const v4 = last && i === parts.length - 1 && part.includes('.') ? parseV4(part) : null;
    if (v4) groups.push(((v4[0] ?? 0) << 8) | (v4[1] ?? 0), ((v4[2] ?? 0) << 8) | (v4[3] ?? 0));
    else if (/^[\da-f]{1,4}$/i.test(part)) groups.push(Number.parseInt(part, 16));
    else return null;
  }
  return groups;
}
