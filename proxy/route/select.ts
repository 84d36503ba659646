/**
 * Draws: not a random sequence but a hash of what is drawn for. So one trace of requests meets the same faults at any
 * concurrency, after a restart and in every replica, and the 1 % of a rule are among its 5 %.
 */
import type { Rule } from '../config/rule.ts';
import { avalanche, hashOfText, mixWord } from './hash.ts';

/** What a rule draws for. */
export interface DrawKey {
  /** Both halves of the call key (or of the connection). */
  readonly high: number;
  readonly low: number;
  /** How often the rule has met this key before. */
  readonly occurrence: number;
  /** Tells sidecars apart whose numbers are their own; empty where the wire says it all. */
  readonly instanceName: string;
}

/** What for: each purpose draws independently of the others. 1 and up are the delays of a rule, in written order. */
const SHARE = 0;
const TWO_TO_32 = 2 ** 32;

/** The draw that is compared with the share: uniform in [0, 1). */
export function drawShare(rule: Pick<Rule, 'seed' | 'id'>, key: DrawKey): number {
  return draw(rule, key, SHARE) / TWO_TO_32;
}

/** A draw for the length of the rule's delay number `index` (from 0): uniform in (0, 1), independent of the others. */
export function drawDelay(rule: Pick<Rule, 'seed' | 'id'>, key: DrawKey, index: number): number {
  return (draw(rule, key, 1 + index) + 0.5) / TWO_TO_32;
}

/**
 * The share that holds now: it grows evenly from 0 over the ramp.
 *
 * @param sinceArmedMs monotonic milliseconds since the rule was armed
 */
export function rampedShare(rule: Pick<Rule, 'share' | 'rampMs'>, sinceArmedMs: number): number {
  if (rule.rampMs <= 0 || sinceArmedMs >= rule.rampMs) return rule.share;
  return rule.share * Math.max(0, sinceArmedMs / rule.rampMs);
}

function draw(rule: Pick<Rule, 'seed' | 'id'>, key: DrawKey, purpose: number): number {
  let state = mixWord(rule.seed, hashOfText(rule.id));
  state = mixWord(state, key.high);
  state = mixWord(state, key.low);
  state = mixWord(state, key.occurrence);
  if (key.instanceName !== '') state = mixWord(state, hashOfText(key.instanceName));
  return avalanche(mixWord(avalanche(state), purpose));
}
