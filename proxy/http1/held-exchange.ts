/**
 * An exchange that armed rules have selected, from its head to the end of what they do to it.
 *
 * ```
 *   start --> holding (delays add up) --> waiting (for earlier answers) --> answered
 *                 |                                                            by the proxy
 *                 '--> passed on (no answer asked for, or its rule has ended)
 * ```
 *
 * Each rule of the plan is counted once and gives back its place of `maxActive` once: `route/plan.ts` sees to that.
 */
import type { ArmedRule, Held } from '../rules/armed-rule.ts';
import type { SkipReason } from '../rules/ledger.ts';
import type { Plan } from '../route/decide.ts';
import { beginRule, endRule, finishPlan, freePlaces, skipPlan } from '../route/plan.ts';

/** A longer timer would fire at once (2^31 - 1 ms). */
const LONGEST_TIMER_MS = 2_147_483_647;

/** What becomes of a held exchange: carried out by its connection. */
export interface HeldOwner {
  /** The delays are over and nothing else is to be done: the request goes on. */
  pass(held: HeldExchange): void;
  /** The delays are over: answer as soon as every earlier exchange has its answer. */
  answer(held: HeldExchange): void;
}

export class HeldExchange implements Held {
  readonly #plan: Plan;
  readonly #owner: HeldOwner;
  readonly #nowMs: () => number;
  readonly startedAtMs: number;
  #holds: Plan['holds'];
  #answer: Plan['answer'];
  #timer: NodeJS.Timeout | null = null;
  #over = false;

  constructor(plan: Plan, owner: HeldOwner, nowMs: () => number) {
    this.#plan = plan;
    this.#owner = owner;
    this.#nowMs = nowMs;
    this.startedAtMs = nowMs();
    this.#holds = plan.holds;
    this.#answer = plan.answer;
    for (const rule of plan.rules) rule.held.add(this);
  }

  /** The answer that ends the exchange; null where it is to be passed on. */
  get planned(): Plan['answer'] {
    return this.#answer;
  }

  /** Rules that selected it, in order. */
  get rules(): readonly ArmedRule[] {
    return this.#plan.rules;
  }

  /** Whether a delay acts or has acted on it. */
  get delayed(): boolean {
    return this.#plan.holds.length > 0;
  }

  start(): void {
    for (const hold of this.#holds) beginRule(this.#plan, hold.rule);
    this.#wait();
  }

  /** A rule has ended: what it does is taken back, the rest stays. */
  release(rule: ArmedRule): void {
    if (this.#over) return;
    this.#holds = this.#holds.filter((hold) => hold.rule !== rule);
    if (this.#answer?.rule === rule) this.#answer = null;
    endRule(this.#plan, rule, 'not-applicable');
    this.#wait();
  }

  /** The caller has ended its side: see `freePlaces`. */
  callerEnded(): void {
    freePlaces(this.#plan);
  }

  /** The answer is being sent now. */
  beginAnswer(): void {
    if (this.#answer !== null) beginRule(this.#plan, this.#answer.rule);
  }

  /** Nothing more will be done to the exchange. `reason`: why rules of which nothing has begun are skipped. */
  finish(reason: SkipReason | null = null): void {
    if (this.#over) return;
    this.#over = true;
    if (this.#timer !== null) clearTimeout(this.#timer);
    if (reason !== null) skipPlan(this.#plan, reason);
    finishPlan(this.#plan);
    for (const rule of this.#plan.rules) rule.held.delete(this);
  }

  #wait(): void {
    if (this.#timer !== null) clearTimeout(this.#timer);
    this.#timer = null;
    let dueMs = this.startedAtMs;
    for (const hold of this.#holds) dueMs += hold.delayMs;
    const leftMs = dueMs - this.#nowMs();
    // Timers fire up to a millisecond early: rounded up and looked at again, a delay is never too short.
    if (leftMs > 0) this.#timer = setTimeout(() => this.#wait(), Math.min(Math.ceil(leftMs), LONGEST_TIMER_MS));
    else if (this.#answer === null) this.#owner.pass(this);
    else this.#owner.answer(this);
  }
}
