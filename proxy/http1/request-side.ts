/**
 * The client's bytes: finds the end of each request and hands the original bytes on, but for an exchange that armed
 * rules have selected: that one, and everything behind it, is kept until the connection says what becomes of it.
 *
 * ```
 *   bytes --> head --no rule--> upstream
 *              |  '--selected--> stash --PASS--> upstream      (head of the stash: decided)
 *              |                       '-SWALLOW-> thrown away (it was answered here)
 *              '--not whole--> partial: handed on at once, or kept where a rule could want it
 * ```
 */
import { decide, type Plan } from '../route/decide.ts';
import { DELAY_INJECTED, NO_FLAG } from '../observe/exchange-metrics.ts';
import { HEAD_TOO_LARGE, INCOMPLETE } from './ambiguity.ts';
import { Body } from './body.ts';
import type { Exchange, ExchangeQueue } from './exchange.ts';
import { PartialHead, Stash } from './kept-bytes.ts';
import { METHOD_CONNECT, methodIndex } from './method.ts';
import { RequestHead } from './request-head.ts';
import { HeadScan, scanRequestHead } from './scan-head.ts';
import { routeOf, type ConnectionView, type Traffic } from './traffic.ts';

/** What the request side tells its connection. */
export interface RequestOwner {
  forwardToUpstream(bytes: Buffer, start: number, end: number): void;
  /** Armed rules have selected the exchange at the front of the stash. */
  selected(plan: Plan): void;
  /** Too much came behind a request for another protocol: what it is can no longer be told. */
  upgradeUnanswered(): void;
  /** Stop or go on reading the client. */
  holdClient(hold: boolean): void;
  /** From `at` on the bytes cannot be read as HTTP. Those before `forwardFrom` have been handed on. */
  requestAmbiguous(code: number, bytes: Buffer, forwardFrom: number, at: number, end: number): void;
  /** The end of a body that is thrown away cannot be found: what follows must not reach the app as if it were a request. */
  swallowedAmbiguous(code: number): void;
  /** The client can still be given an answer: its direction has not been ended. */
  readonly answerable: boolean;
}

/** What to do with the exchange whose head stands first in the bytes. */
const DECIDE = 0;
const PASS = 1;
const SWALLOW = 2;
type Intent = typeof DECIDE | typeof PASS | typeof SWALLOW;
/** What has become of an exchange that is being selected, beside PASS and SWALLOW: it waits, or the connection ends. */
const KEEP = 3;
const STOP = 4;
type Verdict = Intent | typeof KEEP | typeof STOP;

/** Client bytes kept before the client is no longer read. */
const STASH_LIMIT = 65536;
/** What may be the start of a head is kept this long on a port that has not carried HTTP yet. */
const DETECTION_MS = 100;

// Heads are read one at a time and to the end: one view and one scan serve all connections.
const view = new RequestHead();
const scan = new HeadScan();

export class RequestSide {
  readonly #owner: RequestOwner;
  readonly #traffic: Traffic;
  readonly #connection: ConnectionView;
  readonly #queue: ExchangeQueue;
  readonly #body = new Body();
  #partial: PartialHead | null = null;
  #detection: NodeJS.Timeout | null = null;
  #stash: Stash | null = null;
  /** Set while an exchange is being selected: it stands in the bytes being read, not in the stash. */
  #verdict: Verdict | null = null;
  /** The exchange whose request is under way, while it still awaits its response. */
  #sending: Exchange | null = null;
  /** The body under way belongs to a request that was answered here. */
  #swallowing = false;
  /** When the exchange at the front of the stash began, and the flag it gets when it is passed on. */
  #startedAtMs = 0;
  #flags = NO_FLAG;
  /** A request asked for another protocol; its answer decides what the bytes behind it are. */
  awaitingUpgrade = false;
  /** Those bytes, which have been handed on already: copied in case they turn out to be HTTP. */
  #behindUpgrade: Stash | null = null;
  /** Heads seen so far. */
  seen = 0;

  constructor(owner: RequestOwner, traffic: Traffic, connection: ConnectionView, queue: ExchangeQueue) {
    this.#owner = owner;
    this.#traffic = traffic;
    this.#connection = connection;
    this.#queue = queue;
  }

  /** Client bytes are kept back. */
  get keeping(): boolean {
    return this.#stash !== null || this.#verdict !== null;
  }

  /** A request has begun and its end has not come. */
  get underWay(): boolean {
    return this.#body.open || this.#partial !== null || this.keeping;
  }

  receive(bytes: Buffer, length: number): void {
    if (this.#stash !== null) return this.#keep(bytes, 0, length);
    if (this.awaitingUpgrade && !this.#body.open) return this.#passBehindUpgrade(bytes, 0, 0, length);
    const partial = this.#partial;
    if (partial === null) return this.#consume(bytes, 0, length, 0, DECIDE);
    const before = partial.length;
    if (!partial.append(bytes, 0, length)) {
      if (partial.forwarded) this.#owner.forwardToUpstream(bytes, 0, length);
      return;
    }
    this.#dropPartial();
    const joined = partial.bytes();
    this.#consume(joined, 0, joined.length, partial.forwarded ? before : 0, DECIDE);
  }

  /** The head of the exchange that is selected. Valid until the next read. */
  frontHead(): { readonly view: RequestHead; readonly scan: HeadScan } {
    if (this.#verdict !== null) return { view, scan };
    const bytes = this.#stash?.peek() ?? Buffer.alloc(0);
    scanRequestHead(bytes, 0, bytes.length, scan, view);
    return { view, scan };
  }

  /** Goes on with what is kept: the exchange at its front is passed on. */
  pass(startedAtMs: number, delayed: boolean): void {
    this.#startedAtMs = startedAtMs;
    this.#flags = delayed ? DELAY_INJECTED : NO_FLAG;
    this.#resume(PASS);
  }

  /** Goes on behind the exchange at the front of what is kept, which has been answered here. */
  swallow(): void {
    this.#resume(SWALLOW);
  }

  /** The protocol was not switched: what came behind the request is HTTP. */
  upgradeRefused(): void {
    this.awaitingUpgrade = false;
    const bytes = this.#behindUpgrade?.peek();
    this.#behindUpgrade = null;
    if (bytes !== undefined) this.#consume(bytes, 0, bytes.length, bytes.length, DECIDE);
  }

  /** A server may wait for these bytes before it answers, so they go on at once; exchanges in them cannot be held. */
  #passBehindUpgrade(bytes: Buffer, from: number, at: number, end: number): void {
    this.#owner.forwardToUpstream(bytes, from, end);
    this.#behindUpgrade ??= new Stash();
    this.#behindUpgrade.add(bytes, at, end);
    if (this.#behindUpgrade.length > STASH_LIMIT) this.#owner.upgradeUnanswered();
  }

  /** Gives up reading: all that is kept is handed on as it is. */
  release(): void {
    const stash = this.#stash;
    const partial = this.#partial;
    this.stop();
    if (stash !== null) this.#forwardAll(stash.peek());
    if (partial !== null && !partial.forwarded) this.#forwardAll(partial.bytes());
  }

  /** Throws away what is kept, and the timer with it. */
  stop(): void {
    this.#stash = null;
    this.#behindUpgrade = null;
    if (this.#verdict !== null) this.#verdict = STOP;
    this.#dropPartial();
  }

  #forwardAll(bytes: Buffer): void {
    if (bytes.length > 0) this.#owner.forwardToUpstream(bytes, 0, bytes.length);
  }

  #resume(intent: Intent): void {
    // Decided while it is being selected: `#consume` goes on with it in place. One read can hold thousands of requests.
    if (this.#verdict !== null) {
      this.#verdict = intent;
      return;
    }
    const stash = this.#stash;
    if (stash === null) return;
    this.#stash = null;
    const bytes = stash.peek();
    this.#consume(bytes, 0, bytes.length, 0, intent);
    // A further exchange may have been selected from these bytes.
    this.#owner.holdClient(this.#keptTooMuch());
  }

  /**
   * @param forwardFrom - bytes before it have been handed on already
   * @param first - what to do with the exchange that begins at `start`
   */
  #consume(bytes: Buffer, start: number, end: number, forwardFrom: number, first: Intent): void {
    let at = start;
    let from = forwardFrom;
    let intent = first;
    while (at < end) {
      if (this.#body.open) {
        const next = this.#body.take(bytes, at, end);
        if (next < 0) {
          if (this.#swallowing) return this.#owner.swallowedAmbiguous(next);
          return this.#owner.requestAmbiguous(next, bytes, from, at, end);
        }
        if (this.#sending !== null) this.#sending.requestBytes += next - at;
        at = next;
        if (this.#swallowing) from = at;
        if (!this.#body.open) this.#requestEnded();
        continue;
      }
      if (this.awaitingUpgrade) return this.#passBehindUpgrade(bytes, from, at, end);
      const next = scanRequestHead(bytes, at, end, scan, view);
      if (next === INCOMPLETE && end - at <= this.#traffic.maxHeadBytes) {
        return this.#keepPartial(bytes, at, end, from);
      }
      if (next <= 0) {
        return this.#owner.requestAmbiguous(next === INCOMPLETE ? HEAD_TOO_LARGE : next, bytes, from, at, end);
      }
      if (intent === DECIDE && !this.#traffic.rules.empty) {
        const verdict = this.#select(bytes, from, at, end);
        if (verdict === KEEP || verdict === STOP) return;
        if (verdict !== DECIDE) from = at;
        intent = verdict;
      }
      this.#begin(next - at, intent);
      at = next;
      if (intent === SWALLOW) from = at;
      intent = DECIDE;
    }
    this.#owner.forwardToUpstream(bytes, from, end);
  }

  /** Asks the armed rules for the exchange at `at`. DECIDE: they leave it alone. KEEP: it is kept with all behind it. */
  #select(bytes: Buffer, from: number, at: number, end: number): Verdict {
    const matching = this.#traffic.rules.matching(view, this.#connection);
    if (matching.length === 0) return DECIDE;
    // The start of its head is with the app already (it came too slowly on a port not known to carry HTTP), or the
    // client has been told that the app has ended the connection: it will send this request elsewhere.
    if (from > at || !this.#owner.answerable) {
      for (const { ledger } of matching) ledger.skip('not-applicable');
      return DECIDE;
    }
    const nowMs = this.#traffic.nowMs();
    const { number: connectionNumber, sourceIp } = this.#connection;
    const { instanceName } = this.#traffic;
    const plan = decide(matching, view, { connectionNumber, instanceName, nowMs, sourceIp });
    if (plan === null) return DECIDE;
    this.#owner.forwardToUpstream(bytes, from, at);
    const verdict = this.#ask(plan);
    if (verdict === KEEP) this.#keep(bytes, at, end);
    return verdict;
  }

  #ask(plan: Plan): Verdict {
    this.#verdict = KEEP;
    this.#owner.selected(plan);
    const verdict: Verdict = this.#verdict;
    this.#verdict = null;
    return verdict;
  }

  /** A request head is whole (in `scan` and `view`): its exchange begins. */
  #begin(headBytes: number, intent: Intent): void {
    const traffic = this.#traffic;
    traffic.knownHttp = true;
    this.seen++;
    if (intent === SWALLOW) this.#swallowing = true;
    else {
      const method = methodIndex(view);
      const startedAtMs = intent === PASS ? this.#startedAtMs : traffic.nowMs();
      const route = routeOf(traffic, view);
      this.#sending = this.#queue.push(route, method, startedAtMs, intent === PASS ? this.#flags : NO_FLAG);
      this.#sending.requestBytes = headBytes;
      if (scan.upgrade || method === METHOD_CONNECT) this.awaitingUpgrade = true;
    }
    if (scan.chunked) this.#body.startChunked();
    else if (scan.contentLength > 0) this.#body.startFixed(scan.contentLength);
    else this.#requestEnded();
  }

  #requestEnded(): void {
    this.#sending = null;
    this.#swallowing = false;
  }

  /** The exchange has its response and may be used for another: late request bytes are no longer counted for it. */
  answered(): void {
    if (this.#queue.first === null) this.#sending = null;
  }

  #keep(bytes: Buffer, start: number, end: number): void {
    this.#stash ??= new Stash();
    this.#stash.add(bytes, start, end);
    if (this.#keptTooMuch()) this.#owner.holdClient(true);
  }

  #keptTooMuch(): boolean {
    return this.#stash !== null && this.#stash.length >= STASH_LIMIT;
  }

  #keepPartial(bytes: Buffer, at: number, end: number, from: number): void {
    const traffic = this.#traffic;
    const { strict, protocol } = traffic.listener;
    const keep = from <= at && (strict || !traffic.rules.empty);
    this.#owner.forwardToUpstream(bytes, from, keep ? at : end);
    const partial = new PartialHead(bytes, at, end, !keep);
    this.#partial = partial;
    if (!keep || strict || traffic.knownHttp || protocol === 'http') return;
    this.#detection ??= setTimeout(() => {
      this.#detection = null;
      partial.forwarded = true;
      this.#forwardAll(partial.bytes());
    }, DETECTION_MS);
  }

  #dropPartial(): void {
    this.#partial = null;
    if (this.#detection !== null) clearTimeout(this.#detection);
    this.#detection = null;
  }
}
