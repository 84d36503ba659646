/**
 * HTTP/1.1 on one link: one side reads requests, the other responses, and the original bytes go through. This file
 * decides what happens between the two: the exchange that is held, the ends, the change into a tunnel.
 *
 * ```
 *   client --> RequestSide --> upstream          RequestSide --selected--> HeldExchange --> pass | answer
 *   client <-- ResponseSide <-- upstream         ResponseSide --answered--> whatever waited for it
 * ```
 *
 * A selected exchange acts alone: it is answered only when every earlier one has its answer, so pipelining keeps its
 * order. Where a boundary is not certain the link becomes a tunnel from that byte on (or is refused, `strict`).
 */
import {
  CLIENT_GONE,
  DOWNSTREAM_CLOSED,
  FAULT_INJECTED,
  INJECTED,
  NO_FLAG,
  PROXY_ERROR,
  UPSTREAM_CLOSED,
  UPSTREAM_GONE,
} from '../observe/exchange-metrics.ts';
import type { TunnelReason } from '../observe/connection-metrics.ts';
import { countIn } from '../observe/connection-metrics.ts';
import type { Plan } from '../route/decide.ts';
import type { ByteHandler, Link } from '../tunnel/link.ts';
import { BAD_CHUNK, HEAD_TOO_LARGE, NOT_HTTP, reasonOf, UNSOLICITED_RESPONSE } from './ambiguity.ts';
import { tunnelReason } from './detection.ts';
import { ExchangeQueue } from './exchange.ts';
import { HeldExchange, type HeldOwner } from './held-exchange.ts';
import { injectionRecord } from './injection-record.ts';
import { renderAnswer, renderRefusal } from './invented-answer.ts';
import { METHOD_HEAD, methodIndex } from './method.ts';
import { wantsClose } from './persistence.ts';
import { RequestSide, type RequestOwner } from './request-side.ts';
import { ResponseSide, type ResponseOwner } from './response-side.ts';
import { routeOf, type ConnectionView, type Traffic } from './traffic.ts';

/** How long a client may go on sending after an answer that ends the connection: a close at once could lose it. */
const LINGER_MS = 5000;
/**
 * How long a connection that has carried no request may stay when connections are drained: its first one is probably on
 * its way, and clients try again only on connections that have worked before.
 */
const FIRST_REQUEST_MS = 1000;

const NOTHING = Buffer.alloc(0);

/** What the connection asks of the listener it belongs to. */
export interface ConnectionOwner {
  /** The link goes on as a tunnel. */
  becomeTunnel(link: Link, connection: ConnectionView, reason: TunnelReason): void;
  closed(link: Link): void;
}

export class Http1Connection implements ByteHandler, HeldOwner, RequestOwner, ResponseOwner {
  readonly #link: Link;
  readonly #traffic: Traffic;
  readonly #connection: ConnectionView;
  readonly #owner: ConnectionOwner;
  readonly #queue = new ExchangeQueue();
  readonly #requests: RequestSide;
  readonly #responses: ResponseSide;
  #held: HeldExchange | null = null;
  /** Waits until every earlier exchange has its answer: the held exchange's own, or a refusal. */
  #whenIdle: (() => void) | null = null;
  /** The connection ends behind an answer of ours: what still comes is thrown away. */
  #ending = false;
  #timer: NodeJS.Timeout | null = null;
  /** What the client still sends can have no answer: it is thrown away. */
  #deaf = false;
  #clientEnded = false;
  #upstreamEnded = false;
  #draining = false;

  constructor(link: Link, traffic: Traffic, connection: ConnectionView, owner: ConnectionOwner) {
    this.#link = link;
    this.#traffic = traffic;
    this.#connection = connection;
    this.#owner = owner;
    this.#requests = new RequestSide(this, traffic, connection, this.#queue);
    this.#responses = new ResponseSide(this, traffic, this.#queue);
  }

  // ---- the link's events

  fromClient(bytes: Buffer, length: number): void {
    if (!this.#ending && !this.#deaf) this.#requests.receive(bytes, length);
    // The answer may have come before the end of the request.
    if (this.#draining && this.#requests.seen > 0) this.#endIfDrained();
  }

  fromUpstream(bytes: Buffer, length: number): void {
    if (!this.#ending) this.#responses.receive(bytes, length);
  }

  clientEnded(): void {
    this.#clientEnded = true;
    this.#held?.callerEnded();
    // What is kept still has to go out before the FIN.
    if (this.#ending || this.#requests.keeping) return;
    this.#requests.release();
    this.#link.endUpstream();
  }

  upstreamEnded(): void {
    if (this.#ending) return;
    this.#upstreamEnded = true;
    // An app closes a connection it believes idle while its client waits for a held exchange: that one gets a new one.
    if (this.#held !== null && this.#queue.first === null) return;
    this.#responses.ended();
    this.#dropHeld();
    this.#link.endClient();
  }

  clientLost(): void {
    // A head that never became whole is no exchange: the app gets what came of it. A held exchange it never sees.
    if (!this.#ending && !this.#requests.keeping && !this.#upstreamEnded) this.#requests.release();
  }

  upstreamLost(): boolean {
    if (this.#ending) return true;
    this.#upstreamEnded = true;
    if (this.#held !== null && this.#queue.first === null) return true;
    this.#dropHeld();
    this.#deaf = true;
    return false;
  }

  clientDrained(): void {
    this.#takeTurn();
  }

  drain(): void {
    this.#draining = true;
    if (this.#requests.seen > 0) this.#endIfDrained();
    else if (!this.#ending) this.#timer = setTimeout(() => this.#endIfDrained(), FIRST_REQUEST_MS);
  }

  closed(): void {
    this.#stopTimer();
    this.#requests.stop();
    const { exchanges, nowMs } = this.#traffic;
    if (this.#held !== null) {
      const heldMs = nowMs() - this.#held.startedAtMs;
      exchanges.record(0, 0, 0, CLIENT_GONE, DOWNSTREAM_CLOSED, heldMs, 0, 0);
      this.#cancelHeld();
    }
    const upstreamFirst = this.#upstreamEnded && !this.#clientEnded;
    const outcome = upstreamFirst ? UPSTREAM_GONE : CLIENT_GONE;
    const flag = upstreamFirst ? UPSTREAM_CLOSED : DOWNSTREAM_CLOSED;
    for (let waiting = this.#queue.first; waiting !== null; waiting = this.#queue.first) {
      const { route, method, status, requestBytes, responseBytes } = waiting;
      const durationMs = nowMs() - waiting.startedAtMs;
      exchanges.record(route, method, status, outcome, flag, durationMs, requestBytes, responseBytes);
      this.#queue.shift();
    }
    this.#owner.closed(this.#link);
  }

  // ---- bytes handed on

  forwardToUpstream(bytes: Buffer, start: number, end: number): void {
    if (end > start) this.#link.toUpstream(bytes, start, end);
  }

  forwardToClient(bytes: Buffer, start: number, end: number): void {
    if (end > start) this.#link.toClient(bytes, start, end);
  }

  holdClient(hold: boolean): void {
    if (hold) this.#link.holdClient();
    else this.#link.readClient();
  }

  // ---- a held exchange

  selected(plan: Plan): void {
    this.#held = new HeldExchange(plan, this, this.#traffic.nowMs);
    this.#held.start();
  }

  pass(held: HeldExchange): void {
    this.#held = null;
    this.#whenIdle = null;
    const { view } = this.#requests.frontHead();
    if (held.delayed) this.#traffic.log.injected(injectionRecord(held, view, null, this.#traffic.nowMs()));
    held.finish();
    if (this.#upstreamEnded) {
      this.#upstreamEnded = false;
      this.#link.replaceUpstream();
    }
    this.#requests.pass(held.startedAtMs, held.delayed);
    this.#goOn();
  }

  answer(held: HeldExchange): void {
    if (this.#isTurn) this.#answerNow(held);
    else this.#whenIdle = () => this.#answerNow(held);
  }

  /** Every earlier exchange has its answer, and the client takes its answers: who does not read gets no further ones. */
  get #isTurn(): boolean {
    return this.#queue.first === null && !this.#link.client.writableNeedDrain;
  }

  #takeTurn(): void {
    if (this.#whenIdle === null || !this.#isTurn) return;
    const next = this.#whenIdle;
    this.#whenIdle = null;
    next();
  }

  #answerNow(held: HeldExchange): void {
    const { planned } = held;
    if (planned === null) return this.pass(held);
    held.beginAnswer();
    const { view, scan } = this.#requests.frontHead();
    const { exchanges, nowMs, log } = this.#traffic;
    const method = methodIndex(view);
    const close = wantsClose(view, scan) || this.#upstreamEnded || this.#draining;
    const mark = planned.answer.mark ? `injected ${planned.rule.rule.id}/${planned.fault}` : null;
    const bytes = renderAnswer(planned.answer, { mark, head: method === METHOD_HEAD, close });
    const { status } = planned.answer;
    const route = routeOf(this.#traffic, view);
    const durationMs = nowMs() - held.startedAtMs;
    exchanges.record(route, method, status, INJECTED, FAULT_INJECTED, durationMs, view.end - view.start, bytes.length);
    log.injected(injectionRecord(held, view, status, nowMs()));
    this.#held = null;
    held.finish();
    if (close) this.#endWith(bytes);
    else {
      // Whether it could go out at once is asked before the next one: `#isTurn`.
      this.#link.client.write(bytes);
      this.#requests.swallow();
      this.#goOn();
    }
  }

  /** What is kept has been taken up again; ends that came in the meantime are handed on now. */
  #goOn(): void {
    if (this.#clientEnded && !this.#ending && !this.#requests.keeping) {
      this.#requests.release();
      this.#link.endUpstream();
    }
    this.#endIfDrained();
  }

  #cancelHeld(): void {
    this.#held?.finish();
    this.#held = null;
    this.#whenIdle = null;
  }

  /** The app has ended: a held exchange behind one that it left unanswered can be neither passed on nor answered. */
  #dropHeld(): void {
    if (this.#held === null) return;
    const { exchanges, nowMs } = this.#traffic;
    exchanges.record(0, 0, 0, UPSTREAM_GONE, UPSTREAM_CLOSED, nowMs() - this.#held.startedAtMs, 0, 0);
    this.#cancelHeld();
    this.#requests.stop();
    this.#deaf = true;
    // Its end is to be seen.
    this.#link.readClient();
  }

  upgradeUnanswered(): void {
    this.#becomeTunnel('upgrade');
  }

  // ---- the response side's news

  answered(): void {
    this.#requests.answered();
    if (this.#queue.first !== null) return;
    if (this.#requests.awaitingUpgrade) this.#requests.upgradeRefused();
    this.#takeTurn();
    if (this.#draining) this.#endIfDrained();
  }

  upgraded(): void {
    this.#becomeTunnel('upgrade');
  }

  // ---- what cannot be read as HTTP

  requestAmbiguous(code: number, bytes: Buffer, forwardFrom: number, at: number, end: number): void {
    const { strict, protocol } = this.#traffic.listener;
    const foreign = code === NOT_HTTP && this.#requests.seen === 0 && protocol === 'auto';
    if (strict && !foreign) {
      this.forwardToUpstream(bytes, forwardFrom, at);
      return this.#refuse(code, code === HEAD_TOO_LARGE ? 431 : 400, code === BAD_CHUNK);
    }
    this.forwardToUpstream(bytes, forwardFrom, end);
    this.#becomeTunnel(tunnelReason(code, bytes, this.#requests.seen));
  }

  get answerable(): boolean {
    return !this.#link.client.writableEnded;
  }

  swallowedAmbiguous(code: number): void {
    countIn(this.#traffic.connections.refusals, reasonOf(code));
    this.#endWith(NOTHING);
  }

  responseAmbiguous(code: number, bytes: Buffer, forwardFrom: number, at: number, end: number): void {
    if (code === UNSOLICITED_RESPONSE && this.#held !== null && looksLikeAnswer(bytes, at, end)) {
      this.forwardToClient(bytes, forwardFrom, at);
      return this.#givenUp();
    }
    const first = this.#requests.seen === 0 && code === UNSOLICITED_RESPONSE;
    if (this.#traffic.listener.strict && !first) {
      this.forwardToClient(bytes, forwardFrom, at);
      return this.#refuse(code, 502, true);
    }
    this.forwardToClient(bytes, forwardFrom, end);
    this.#becomeTunnel(first ? 'server-first' : reasonOf(code));
  }

  /**
   * An app that has waited long for a request on this connection says so (408, RFC 9110, 15.5.9) and closes it. Without
   * us the request would have been there in time: the held exchange gets a new connection, not this answer.
   */
  #givenUp(): void {
    this.#upstreamEnded = true;
    this.#link.dropUpstream();
    this.answered();
  }

  #becomeTunnel(reason: TunnelReason): void {
    this.#stopTimer();
    this.#held?.finish('ambiguous');
    this.#held = null;
    this.#whenIdle = null;
    this.#responses.release();
    this.#requests.release();
    this.#owner.becomeTunnel(this.#link, this.#connection, reason);
    this.#link.readClient();
    if (this.#clientEnded) this.#link.endUpstream();
  }

  /**
   * `strict`: an answer of our own instead of a tunnel, behind the answers of all earlier exchanges.
   *
   * @param inExchange - what is refused belongs to an exchange that has begun, not to one that would follow
   */
  #refuse(code: number, status: number, inExchange: boolean): void {
    countIn(this.#traffic.connections.refusals, reasonOf(code));
    this.#cancelHeld();
    this.#requests.stop();
    this.#deaf = true;
    if (inExchange) {
      // Only where nothing of its answer is with the client, and no other answer has to come first.
      if (this.#responses.underWay || this.#queue.first?.next) this.#link.reset();
      else this.#refuseNow(code, status);
    } else if (this.#queue.first === null) this.#refuseNow(code, status);
    else this.#whenIdle = () => this.#refuseNow(code, status);
  }

  #refuseNow(code: number, status: number): void {
    while (this.#queue.first !== null) this.#queue.shift();
    this.#traffic.exchanges.record(0, 0, status, PROXY_ERROR, NO_FLAG, 0, 0, 0);
    this.#endWith(renderRefusal(status, reasonOf(code)));
  }

  // ---- ends

  /** Ends the connection behind an answer of ours. */
  #endWith(bytes: Buffer): void {
    this.#ending = true;
    this.#requests.stop();
    this.#link.client.end(bytes);
    this.#link.dropUpstream();
    this.#link.readClient();
    this.#stopTimer();
    this.#timer = setTimeout(() => this.#link.client.destroy(), LINGER_MS);
  }

  #stopTimer(): void {
    if (this.#timer !== null) clearTimeout(this.#timer);
    this.#timer = null;
  }

  #endIfDrained(): void {
    if (!this.#draining || this.#ending || this.#queue.first !== null || this.#requests.underWay) return;
    this.#deaf = true;
    this.#link.endClient();
    this.#link.endUpstream();
  }
}

/** What there is could be the start of a response head. */
function looksLikeAnswer(bytes: Buffer, at: number, end: number): boolean {
  return 'HTTP/'.startsWith(bytes.toString('latin1', at, Math.min(end, at + 5)));
}
