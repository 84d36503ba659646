/**
 * One connection to a control listener. It is read by the same strict scanner as the traffic: `node:http` would make
 * every sidecar some 13 MB larger. Requests are answered one after the other; a body is taken as a whole, up to a limit.
 *
 * ```
 *   bytes --> head --> body (1 MiB at most) --> answer --> next head
 *                '--ambiguous, slow, too large--> refused, closed
 * ```
 */
import type { Socket } from 'node:net';
import { INCOMPLETE, reasonOf } from '../http1/ambiguity.ts';
import { Body } from '../http1/body.ts';
import { renderAnswer } from '../http1/invented-answer.ts';
import { asksToClose } from '../http1/persistence.ts';
import { RequestHead } from '../http1/request-head.ts';
import { HeadScan, scanRequestHead } from '../http1/scan-head.ts';
import { decodeChunks, type ControlRequest } from './control-request.ts';
import { failure, type Reply } from './reply.ts';

/** Above the pause between two scrapes or probes, so that their connections are not closed under them. */
const IDLE_MS = 120_000;
/** A request, body included, is small: who takes longer is not heard out. */
const REQUEST_MS = 30_000;
const MOST_HEAD_BYTES = 65_536;
/** A rule is a few hundred bytes; a document this large takes a second to parse, in the process that carries traffic. */
const MOST_BODY_BYTES = 1 << 20;
/** Of a body that is too large this much is read and thrown away: a client that is still sending hears no answer. */
const MOST_DISCARDED_BYTES = 16 << 20;

/** Answers one request; must not throw. */
export type Responder = (request: ControlRequest) => Promise<Reply>;

/** The head of the request whose body is being read. */
interface Pending {
  readonly request: Omit<ControlRequest, 'body'>;
  readonly chunked: boolean;
  readonly close: boolean;
}

export class ControlConnection {
  readonly #socket: Socket;
  readonly #respond: Responder;
  readonly #scan = new HeadScan();
  readonly #body = new Body();
  /** Bytes that have not been read as part of a request. */
  #unread: Buffer = Buffer.alloc(0);
  #pending: Pending | null = null;
  #bodyParts: Buffer[] = [];
  #bodyBytes = 0;
  #answering = false;
  #ending = false;
  #timer: NodeJS.Timeout | null = null;

  constructor(socket: Socket, respond: Responder) {
    this.#socket = socket;
    this.#respond = respond;
    socket.on('data', (chunk) => this.#receive(chunk));
    socket.on('error', () => socket.destroy());
    socket.on('close', () => this.#stopTimer());
    this.#startTimer(IDLE_MS);
  }

  /** Closes at once where nothing is being answered, else behind the answer. */
  end(): void {
    this.#ending = true;
    if (!this.#answering) this.#socket.destroy();
  }

  #receive(chunk: Buffer): void {
    if (this.#unread.length === 0 && this.#pending === null) this.#startTimer(REQUEST_MS);
    this.#unread = this.#unread.length === 0 ? chunk : Buffer.concat([this.#unread, chunk]);
    // What comes while an answer is being made waits in the kernel.
    if (this.#answering) this.#socket.pause();
    else this.#read();
  }

  #read(): void {
    while (!this.#answering && !this.#socket.destroyed) {
      if (this.#pending === null && !this.#readHead()) return;
      if (this.#pending !== null && !this.#readBody(this.#pending)) return;
    }
  }

  /** False: there is no whole head, or none that can be read. */
  #readHead(): boolean {
    const bytes = this.#unread;
    if (bytes.length === 0) return false;
    const view = new RequestHead();
    const end = scanRequestHead(bytes, 0, bytes.length, this.#scan, view);
    if (end < 0) this.#refuse(`not a request that can be read safely: ${reasonOf(end)}`);
    else if (end === INCOMPLETE && bytes.length > MOST_HEAD_BYTES) this.#refuse('the head is too large');
    if (end <= 0) return false;
    const request = { method: view.method(), path: view.path(), header: (name: string) => view.header(name) };
    const { chunked, contentLength, expect } = this.#scan;
    this.#pending = { request, chunked, close: asksToClose(view, this.#scan) };
    this.#unread = bytes.subarray(end);
    if (chunked) this.#body.startChunked();
    else this.#body.startFixed(Math.max(0, contentLength));
    if (expect && this.#body.open && this.#unread.length === 0) this.#socket.write('HTTP/1.1 100 Continue\r\n\r\n');
    return true;
  }

  /** False: the body is not whole yet, or cannot be read. */
  #readBody(pending: Pending): boolean {
    if (this.#body.open) {
      const taken = this.#body.take(this.#unread, 0, this.#unread.length);
      if (taken < 0) {
        this.#refuse('the chunks of the body cannot be read');
        return false;
      }
      this.#bodyBytes += taken;
      if (this.#bodyBytes <= MOST_BODY_BYTES) this.#bodyParts.push(this.#unread.subarray(0, taken));
      this.#unread = this.#unread.subarray(taken);
      if (this.#body.open && this.#bodyBytes <= MOST_DISCARDED_BYTES) return false;
    }
    void this.#answer(pending);
    return true;
  }

  async #answer({ request, chunked, close }: Pending): Promise<void> {
    this.#answering = true;
    this.#stopTimer();
    const raw = Buffer.concat(this.#bodyParts);
    const tooLarge = this.#bodyBytes > MOST_BODY_BYTES;
    const unfinished = this.#body.open;
    this.#pending = null;
    this.#bodyParts = [];
    this.#bodyBytes = 0;
    const reply = tooLarge
      ? failure('too-large', `the body is larger than ${MOST_BODY_BYTES} bytes`)
      : await this.#respond({ ...request, body: (chunked ? decodeChunks(raw) : raw).toString('utf8') });
    this.#send(reply, request.method === 'HEAD', close || unfinished);
    this.#answering = false;
    if (this.#ending) this.#socket.end();
    else if (!this.#socket.writableEnded) this.#goOn();
  }

  #goOn(): void {
    this.#startTimer(this.#unread.length > 0 ? REQUEST_MS : IDLE_MS);
    this.#socket.resume();
    this.#read();
  }

  #refuse(message: string): void {
    this.#unread = Buffer.alloc(0);
    this.#send(failure('bad-request', message), false, true);
  }

  #send(reply: Reply, head: boolean, close: boolean): void {
    const { status, headers, body } = reply;
    const answer = { status, headers: Object.entries(headers), body: Buffer.from(body, 'utf8'), mark: false };
    const bytes = renderAnswer(answer, { mark: null, head, close });
    if (this.#socket.destroyed || this.#socket.writableEnded) return;
    if (!close) {
      this.#socket.write(bytes);
      return;
    }
    // What the client still sends is read and thrown away for a while: a close at once could lose the answer.
    this.#socket.end(bytes);
    this.#socket.removeAllListeners('data').resume();
    this.#startTimer(REQUEST_MS);
  }

  #startTimer(ms: number): void {
    this.#stopTimer();
    this.#timer = setTimeout(() => this.#socket.destroy(), ms).unref();
  }

  #stopTimer(): void {
    if (this.#timer !== null) clearTimeout(this.#timer);
    this.#timer = null;
  }
}
