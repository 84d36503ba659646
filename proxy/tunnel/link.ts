/**
 * One client connection and its own upstream connection: the byte pump below every protocol.
 *
 * ```
 *   client ---read--> handler.fromClient   --> toUpstream ---> upstream
 *          <--------- toClient <-- handler.fromUpstream <--read---
 *   FIN is handed on as FIN, RST as RST, back-pressure by not reading. No timeout, no limit of its own.
 * ```
 *
 * Sockets are half-open on both sides: without that data is lost whenever one side ends first. The client is read only
 * once the upstream is connected, so that a client whose upstream is down is reset at once and nothing is buffered.
 */
import net from 'node:net';
import type { Address } from '../config/rule.ts';
import { adoptHandle, resetNow, type AcceptedHandle } from '../listen/private-net.ts';
import { ReadBuffer, writeBytes } from './buffers.ts';

/** What a protocol does with the bytes and ends of a link. Bytes are valid only during the call. */
export interface ByteHandler {
  fromClient(bytes: Buffer, length: number): void;
  fromUpstream(bytes: Buffer, length: number): void;
  /** The client will send nothing more. */
  clientEnded(): void;
  /** The upstream will send nothing more. */
  upstreamEnded(): void;
  /** The client is gone otherwise than by an orderly end; the upstream is about to be reset. */
  clientLost(): void;
  /** The upstream is gone otherwise than by an orderly end. True: the handler deals with it, the link stays. */
  upstreamLost(): boolean;
  /** All that was written to the client has left this process, after it was too much. */
  clientDrained(): void;
  /** The proxy is going to end: close where nothing is under way, and after what is. */
  drain(): void;
  /** Both connections are over, in order or not. Called once. */
  closed(): void;
}

/** What a link tells its owner. */
export interface LinkOwner {
  /** @param code - Node's code, such as ECONNREFUSED */
  connectFailed(link: Link, code: string): void;
  /** A defect of ours, met while this link's bytes were read: only this link is reset. */
  failed(link: Link, error: unknown): void;
}

interface LinkedSocket extends net.Socket {
  link: Link;
  reads: ReadBuffer;
}

/** Why the client is not being read: bits of `#clientHeld`. */
const BACK_PRESSURE = 1;
const HANDLER = 2;

export class Link {
  readonly client: net.Socket;
  readonly #upstreamAddress: Address;
  readonly #owner: LinkOwner;
  upstream: net.Socket;
  handler: ByteHandler;
  bytesFromClient = 0;
  bytesFromUpstream = 0;
  #clientHeld = BACK_PRESSURE;
  #clientOver = false;
  #upstreamOver = false;
  #closed = false;
  #connected = false;

  constructor(handle: AcceptedHandle, upstream: Address, owner: LinkOwner, makeHandler: (link: Link) => ByteHandler) {
    this.#owner = owner;
    this.#upstreamAddress = upstream;
    const reads = new ReadBuffer();
    const client = adoptHandle(handle, { buffer: () => reads.next(), callback: clientRead });
    linked(client, this, reads);
    client.on('end', clientEnd).on('error', clientError).on('close', clientClose).on('drain', clientDrain);
    this.client = client;
    this.upstream = this.#connect();
    this.handler = makeHandler(this);
  }

  toUpstream(bytes: Buffer, start: number, end: number): void {
    if (!writeBytes(this.upstream, bytes, start, end)) this.#holdClient(BACK_PRESSURE);
  }

  toClient(bytes: Buffer, start: number, end: number): void {
    if (!writeBytes(this.client, bytes, start, end)) this.upstream.pause();
  }

  /** Hands the client's FIN on. */
  endUpstream(): void {
    this.upstream.end();
  }

  /** Hands the upstream's FIN on. */
  endClient(): void {
    this.client.end();
  }

  /** Stops reading the client until `readClient`: the kernel then slows the peer down. */
  holdClient(): void {
    this.#holdClient(HANDLER);
  }

  readClient(): void {
    this.#freeClient(HANDLER);
  }

  /** Opens a new upstream connection in place of one that has ended. */
  replaceUpstream(): void {
    const old = this.upstream;
    this.#upstreamOver = false;
    this.#connected = false;
    this.#holdClient(BACK_PRESSURE);
    this.upstream = this.#connect();
    old.destroy();
  }

  /** Closes the upstream without a word and leaves the client: for an answer of our own that ends the connection. */
  dropUpstream(): void {
    this.upstream.destroy();
    // It will never ask for more: the client's end would not be seen.
    this.#freeClient(BACK_PRESSURE);
  }

  /** Ends both sides by RST. */
  reset(): void {
    resetNow(this.client);
    resetNow(this.upstream);
  }

  #connect(): net.Socket {
    const reads = new ReadBuffer();
    const address = this.#upstreamAddress;
    const where = address.kind === 'tcp' ? { host: address.host, port: address.port } : { path: address.path };
    const upstream = net.connect({
      ...where,
      noDelay: true,
      allowHalfOpen: true,
      onread: { buffer: () => reads.next(), callback: upstreamRead },
    } as unknown as net.NetConnectOpts);
    linked(upstream, this, reads);
    upstream
      .on('connect', upstreamConnect)
      .on('end', upstreamEnd)
      .on('error', upstreamError)
      .on('close', upstreamClose)
      .on('drain', upstreamDrain);
    return upstream;
  }

  #holdClient(reason: number): void {
    if (this.#clientHeld === 0) this.client.pause();
    this.#clientHeld |= reason;
  }

  #freeClient(reason: number): void {
    if (this.#clientHeld === 0) return;
    this.#clientHeld &= ~reason;
    if (this.#clientHeld === 0 && !this.client.destroyed) this.client.resume();
  }

  /** @internal The events of both sockets. */
  onConnect(): void {
    this.#connected = true;
    this.#freeClient(BACK_PRESSURE);
  }

  /** @internal */
  onUpstreamDrain(): void {
    this.#freeClient(BACK_PRESSURE);
  }

  /** @internal */
  onClientDrain(): void {
    this.upstream.resume();
    this.handler.clientDrained();
  }

  /** @internal A reset of the client is handed on as a reset. */
  onClientError(): void {
    this.handler.clientLost();
    resetNow(this.upstream);
  }

  /** @internal */
  onUpstreamError(socket: net.Socket, code: string): void {
    if (socket !== this.upstream) return;
    if (!this.#connected) {
      this.handler.upstreamLost();
      this.#owner.connectFailed(this, code);
      resetNow(this.client);
    } else if (!this.handler.upstreamLost()) {
      // Bytes that came before the reset go out before it: the peer would have had them without us, too.
      if (this.client.writableLength === 0) resetNow(this.client);
      else this.client.write('', () => resetNow(this.client));
    }
  }

  /** @internal */
  onDefect(error: unknown): void {
    this.#owner.failed(this, error);
    this.reset();
  }

  /** @internal */
  onClose(socket: net.Socket): void {
    if (socket === this.client) {
      this.#clientOver = true;
      // Only a client that went away otherwise than in order leaves an upstream that is still open.
      if (!this.upstream.destroyed && !this.upstream.writableEnded) resetNow(this.upstream);
    } else if (socket === this.upstream) this.#upstreamOver = true;
    if (!this.#clientOver || !this.#upstreamOver || this.#closed) return;
    this.#closed = true;
    this.handler.closed();
  }
}

function linked(socket: net.Socket, link: Link, reads: ReadBuffer): void {
  (socket as LinkedSocket).link = link;
  (socket as LinkedSocket).reads = reads;
}

// One function each for all connections: an event costs no closure.

function clientRead(this: LinkedSocket, length: number, chunk: Buffer): boolean {
  const { link } = this;
  link.bytesFromClient += length;
  this.reads.reclaim(link.upstream);
  try {
    link.handler.fromClient(chunk, length);
  } catch (error) {
    link.onDefect(error);
  }
  this.reads.settle(chunk, length, link.upstream);
  return true;
}

function upstreamRead(this: LinkedSocket, length: number, chunk: Buffer): boolean {
  const { link } = this;
  link.bytesFromUpstream += length;
  this.reads.reclaim(link.client);
  try {
    link.handler.fromUpstream(chunk, length);
  } catch (error) {
    link.onDefect(error);
  }
  this.reads.settle(chunk, length, link.client);
  return true;
}

function clientEnd(this: LinkedSocket): void {
  this.link.handler.clientEnded();
}

function clientError(this: LinkedSocket): void {
  this.link.onClientError();
}

function clientClose(this: LinkedSocket): void {
  this.link.onClose(this);
}

function clientDrain(this: LinkedSocket): void {
  this.link.onClientDrain();
}

function upstreamConnect(this: LinkedSocket): void {
  this.link.onConnect();
}

function upstreamEnd(this: LinkedSocket): void {
  if (this === this.link.upstream) this.link.handler.upstreamEnded();
}

function upstreamError(this: LinkedSocket, error: NodeJS.ErrnoException): void {
  this.link.onUpstreamError(this, error.code ?? 'unknown');
}

function upstreamClose(this: LinkedSocket): void {
  this.link.onClose(this);
}

function upstreamDrain(this: LinkedSocket): void {
  if (this === this.link.upstream) this.link.onUpstreamDrain();
}
