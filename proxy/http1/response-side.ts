/**
 * The upstream's bytes: finds the end of each response (it needs to know the request's method) and counts its exchange
 * there. The bytes themselves go on as they came.
 */
import { FORWARDED } from '../observe/exchange-metrics.ts';
import { HEAD_TOO_LARGE, INCOMPLETE, UNSOLICITED_RESPONSE } from './ambiguity.ts';
import { Body } from './body.ts';
import type { ExchangeQueue } from './exchange.ts';
import { PartialHead } from './kept-bytes.ts';
import { METHOD_CONNECT, METHOD_HEAD } from './method.ts';
import { HeadScan, scanResponseHead } from './scan-head.ts';
import type { Traffic } from './traffic.ts';

/** What the response side tells its connection. */
export interface ResponseOwner {
  forwardToClient(bytes: Buffer, start: number, end: number): void;
  /** At least one response has ended, and its bytes have been handed on. */
  answered(): void;
  /** The protocol has been switched: bytes that have been handed on are the last of HTTP. */
  upgraded(): void;
  /** From `at` on the bytes cannot be read as HTTP. Those before `forwardFrom` have been handed on. */
  responseAmbiguous(code: number, bytes: Buffer, forwardFrom: number, at: number, end: number): void;
}

// Heads are read one at a time and to the end: one scan serves all connections.
const scan = new HeadScan();

export class ResponseSide {
  readonly #owner: ResponseOwner;
  readonly #traffic: Traffic;
  readonly #queue: ExchangeQueue;
  readonly #body = new Body();
  #partial: PartialHead | null = null;

  constructor(owner: ResponseOwner, traffic: Traffic, queue: ExchangeQueue) {
    this.#owner = owner;
    this.#traffic = traffic;
    this.#queue = queue;
  }

  /** Bytes of a response have been handed on and its end has not come. */
  get underWay(): boolean {
    return this.#body.open || this.#partial !== null || (this.#queue.first?.status ?? 0) > 0;
  }

  receive(bytes: Buffer, length: number): void {
    const partial = this.#partial;
    if (partial === null) return this.#observe(bytes, length, 0);
    const before = partial.length;
    if (!partial.append(bytes, 0, length)) {
      if (partial.forwarded) this.#owner.forwardToClient(bytes, 0, length);
      return;
    }
    this.#partial = null;
    const joined = partial.bytes();
    this.#observe(joined, joined.length, partial.forwarded ? before : 0);
  }

  /** The upstream's orderly end: it completes a body that runs until then. */
  ended(): void {
    if (this.#body.untilClose) this.#finishFirst();
    this.release();
  }

  /** Hands on what is kept of a head that will not become whole. */
  release(): void {
    const partial = this.#partial;
    this.#partial = null;
    if (partial !== null && !partial.forwarded) this.#owner.forwardToClient(partial.bytes(), 0, partial.length);
  }

  #observe(bytes: Buffer, end: number, forwardFrom: number): void {
    let at = 0;
    let answered = false;
    while (at < end) {
      const exchange = this.#queue.first;
      if (this.#body.open) {
        const next = this.#body.take(bytes, at, end);
        if (next < 0) return this.#owner.responseAmbiguous(next, bytes, forwardFrom, at, end);
        if (exchange !== null) exchange.responseBytes += next - at;
        at = next;
        if (this.#body.open) break;
        this.#finishFirst();
        answered = true;
        continue;
      }
      if (exchange === null) return this.#owner.responseAmbiguous(UNSOLICITED_RESPONSE, bytes, forwardFrom, at, end);
      const next = scanResponseHead(bytes, at, end, scan);
      if (next === INCOMPLETE && end - at <= this.#traffic.maxHeadBytes) {
        // Only a strict listener keeps it: there an ambiguous head must not reach the client.
        const keep = this.#traffic.listener.strict;
        this.#partial = new PartialHead(bytes, at, end, !keep);
        if (keep) return this.#owner.forwardToClient(bytes, forwardFrom, at);
        break;
      }
      if (next <= 0) {
        const code = next === INCOMPLETE ? HEAD_TOO_LARGE : next;
        return this.#owner.responseAmbiguous(code, bytes, forwardFrom, at, end);
      }
      exchange.responseBytes += next - at;
      at = next;
      const { status } = scan;
      // Interim responses (100, 102, 103): the final one is still to come.
      if (status < 200 && status !== 101) continue;
      exchange.status = status;
      if (status === 101 || (exchange.method === METHOD_CONNECT && status < 300)) {
        this.#finishFirst();
        this.#owner.forwardToClient(bytes, forwardFrom, end);
        return this.#owner.upgraded();
      }
      this.#startBody(exchange.method, status);
      if (!this.#body.open) {
        this.#finishFirst();
        answered = true;
      }
    }
    this.#owner.forwardToClient(bytes, forwardFrom, end);
    if (answered) this.#owner.answered();
  }

  /** RFC 9112, 6.3. */
  #startBody(method: number, status: number): void {
    if (method === METHOD_HEAD || status === 204 || status === 304) this.#body.startFixed(0);
    else if (scan.chunked) this.#body.startChunked();
    else if (scan.contentLength >= 0) this.#body.startFixed(scan.contentLength);
    else this.#body.startUntilClose();
  }

  #finishFirst(): void {
    this.#body.stop();
    const exchange = this.#queue.first;
    if (exchange === null) return;
    this.#queue.shift();
    const { route, method, status, flags, startedAtMs, requestBytes, responseBytes } = exchange;
    const durationMs = this.#traffic.nowMs() - startedAtMs;
    const { exchanges } = this.#traffic;
    exchanges.record(route, method, status, FORWARDED, flags, durationMs, requestBytes, responseBytes);
  }
}
