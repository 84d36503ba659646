/**
 * What happens to an exchange that armed rules match. All of them draw; delays add up; then the first terminal effect
 * in order of precedence acts. A rule of which nothing is left to begin is preempted. Inside one rule the order is as
 * written: what stands behind a terminal effect never acts.
 *
 * Rules that are left alone are counted here, in the same step. A chosen one takes its place of `maxActive` here; it is
 * counted when its first effect begins (`plan.ts`).
 */
import type { Answer, Effect } from '../faults/fault.ts';
import type { RequestHead } from '../http1/request-head.ts';
import type { ArmedRule } from '../rules/armed-rule.ts';
import type { SkipReason } from '../rules/ledger.ts';
import { type CallKey, CallKeyReader } from './call-key.ts';
import { KeyHash } from './hash.ts';
import { type DrawKey, drawDelay, drawShare, rampedShare } from './select.ts';

/** What shall happen to one exchange. Whoever carries it out owes each of `rules` the steps of `plan.ts`. */
export interface Plan {
  /** Delays in order of precedence; they add up. */
  readonly holds: readonly { readonly rule: ArmedRule; readonly delayMs: number }[];
  /** What ends the exchange after the holds, if anything does. */
  readonly answer: { readonly rule: ArmedRule; readonly fault: string; readonly answer: Answer } | null;
  /** All chosen rules, in order of precedence: each has taken a place of `active`. */
  readonly rules: readonly ArmedRule[];
  /** Where each of `rules` stands. Written by `plan.ts` alone. */
  readonly stages: Uint8Array;
}

/** What a decision depends on besides the head. */
export interface DecisionFacts {
  /** Counts the connections of this process. */
  readonly connectionNumber: number;
  /** Joins draws that rest on numbers of this sidecar alone: the pod's name; empty on a laptop, so that runs repeat. */
  readonly instanceName: string;
  /** Monotonic milliseconds, on the clock of `ArmedRule.armedAtMs`. */
  readonly nowMs: number;
  /** The client's address; empty where it has none (a unix socket): rules that ask for a source then skip. */
  readonly sourceIp: string;
}

/** Scratch memory: filled and read inside one call of `decide`, so one is enough for a process. */
const keys = new CallKeyReader();

/**
 * @param matching as `RuleTable.matching` gives it
 * @returns null where nothing happens to the exchange
 */
export function decide(matching: readonly ArmedRule[], head: RequestHead, facts: DecisionFacts): Plan | null {
  const draft: Draft = { holds: [], answer: null, rules: [] };
  let callKey: CallKey | null = null;
  for (const armed of matching) {
    const key = armed.rule.scope === 'connection' ? null : (callKey ??= keys.read(head));
    const reason = weigh(armed, drawKeyOf(armed, key, facts), facts, draft);
    if (reason !== null) armed.ledger.skip(reason);
  }
  return draft.rules.length === 0 ? null : { ...draft, stages: new Uint8Array(draft.rules.length) };
}

interface Draft {
  readonly holds: { rule: ArmedRule; delayMs: number }[];
  answer: Plan['answer'];
  readonly rules: ArmedRule[];
}

/** Takes the rule into the draft, or says why not. */
function weigh(armed: ArmedRule, key: DrawKey, facts: DecisionFacts, draft: Draft): SkipReason | null {
  const { rule, ledger } = armed;
  if (facts.sourceIp === '' && rule.match.source?.ip !== undefined) return 'source-unknown';
  const drawn = drawShare(rule, key);
  if (drawn >= rule.share) return 'share';
  if (drawn >= rampedShare(rule, facts.nowMs - armed.armedAtMs)) return 'ramp';
  const first = firstEffect(armed);
  if (first === undefined) return 'not-applicable';
  if (TERMINAL[first.kind] && draft.answer !== null) return 'preempted';
  if (rule.maxActive !== undefined && ledger.active >= rule.maxActive) return 'max-active';
  ledger.active++;
  draft.rules.push(armed);
  add(armed, key, draft);
  return null;
}

/** The rule's first effect: where it is terminal, the rule has nothing else to do. */
function firstEffect(armed: ArmedRule): Effect | undefined {
  return armed.faults.find(({ effects }) => effects.length > 0)?.effects[0];
}

/** Whether nothing of the rule can follow the effect. A new kind of effect has to be named here. */
const TERMINAL: Readonly<Record<Effect['kind'], boolean>> = { hold: false, answer: true };

/** Adds the rule's effects up to and including its first terminal one. */
function add(armed: ArmedRule, key: DrawKey, draft: Draft): void {
  let delays = 0;
  for (const { name, effects } of armed.faults) {
    for (const effect of effects) {
      switch (effect.kind) {
        case 'hold':
          draft.holds.push({ rule: armed, delayMs: effect.delayMs(drawDelay(armed.rule, key, delays++)) });
          break;
        case 'answer':
          draft.answer ??= { rule: armed, fault: name, answer: effect.answer };
          return;
      }
    }
  }
}

function drawKeyOf(armed: ArmedRule, call: CallKey | null, facts: DecisionFacts): DrawKey {
  const { instanceName } = facts;
  if (call === null) {
    const hash = new KeyHash();
    hash.word(facts.connectionNumber);
    return { high: hash.high(), low: hash.low(), occurrence: 0, instanceName };
  }
  const { high, low, evidence, attemptDeclared } = call;
  // Where the wire names call and attempt, every sidecar comes to the same draw; else the count is this one's own.
  const sameEverywhere = attemptDeclared && evidence !== 'fingerprint';
  const occurrence = armed.occurrences.next(high, low);
  return { high, low, occurrence, instanceName: sameEverywhere ? '' : instanceName };
}
