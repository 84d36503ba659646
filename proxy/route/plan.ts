/**
 * The bookkeeping of a plan: every rule in it is counted exactly once, as injected or as skipped, and gives back the
 * place that it took of `maxActive` exactly once, however often and in whatever order these functions are called.
 *
 *   chosen --beginRule--> begun --endRule--> done
 *      '-------------endRule--------------> done, skipped
 */
import type { ArmedRule } from '../rules/armed-rule.ts';
import type { SkipReason } from '../rules/ledger.ts';
import type { Plan } from './decide.ts';

const CHOSEN = 0;
const BEGUN = 1;
const DONE = 2;

/** A first effect of the rule begins: it is counted as injected, whatever else of it follows or not. */
export function beginRule(plan: Plan, rule: ArmedRule): void {
  const i = plan.rules.indexOf(rule);
  if (plan.stages[i] !== CHOSEN) return;
  plan.stages[i] = BEGUN;
  rule.ledger.inject();
}

/** All effects begin at once: {@link beginRule} for every rule. */
export function beginPlan(plan: Plan): void {
  for (const rule of plan.rules) beginRule(plan, rule);
}

/** Nothing more of the rule will act. Where nothing of it has begun, it is skipped for this reason. */
export function endRule(plan: Plan, rule: ArmedRule, reason: SkipReason): void {
  const i = plan.rules.indexOf(rule);
  const stage = plan.stages[i];
  if (stage === undefined || stage === DONE) return;
  plan.stages[i] = DONE;
  if (stage === CHOSEN) rule.ledger.skip(reason);
  rule.ledger.active--;
}

/**
 * The caller has ended its side and may be gone: a FIN does not tell. What has begun gives its place back, so that callers
 * that went away cannot use up `maxActive`; it goes on for the one that only half-closed.
 */
export function freePlaces(plan: Plan): void {
  for (const [i, rule] of plan.rules.entries()) if (plan.stages[i] === BEGUN) endRule(plan, rule, 'not-applicable');
}

/** What has not begun never will: skipped for this reason. Rules that have begun go on until they are ended. */
export function skipPlan(plan: Plan, reason: SkipReason): void {
  for (const [i, rule] of plan.rules.entries()) if (plan.stages[i] === CHOSEN) endRule(plan, rule, reason);
}

/**
 * The exchange is over, by whatever end. A rule that has not begun by now is skipped: `preempted` where another rule of
 * the plan has acted (the client left during its delay), else `not-applicable`.
 */
export function finishPlan(plan: Plan): void {
  const reason = plan.stages.includes(BEGUN) ? 'preempted' : 'not-applicable';
  for (const rule of plan.rules) endRule(plan, rule, reason);
}
