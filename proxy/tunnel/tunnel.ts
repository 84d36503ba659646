/** Two byte directions with no exchanges inside: what is not HTTP/1.1, or is no longer. Bytes go on as they come. */
import type { ByteHandler, Link } from './link.ts';

export class Tunnel implements ByteHandler {
  readonly #link: Link;
  readonly #onClosed: (link: Link) => void;

  /** @param onClosed - called once, when both connections are over */
  constructor(link: Link, onClosed: (link: Link) => void) {
    this.#link = link;
    this.#onClosed = onClosed;
  }

  fromClient(bytes: Buffer, length: number): void {
    this.#link.toUpstream(bytes, 0, length);
  }

  fromUpstream(bytes: Buffer, length: number): void {
    this.#link.toClient(bytes, 0, length);
  }

  clientEnded(): void {
    this.#link.endUpstream();
  }

  upstreamEnded(): void {
    this.#link.endClient();
  }

  clientLost(): void {
    // All its bytes have been handed on.
  }

  upstreamLost(): boolean {
    return false;
  }

  clientDrained(): void {
    // The link itself reads on.
  }

  drain(): void {
    // A tunnel has no moment at which nothing is under way: it lives until one side ends it.
  }

  closed(): void {
    this.#onClosed(this.#link);
  }
}
