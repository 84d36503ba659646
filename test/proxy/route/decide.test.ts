import * as fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import type { Effect } from '../../../proxy/faults/fault.ts';
import type { RequestHead } from '../../../proxy/http1/request-head.ts';
import { decide, type DecisionFacts, type Plan } from '../../../proxy/route/decide.ts';
import { beginPlan, beginRule, endRule, finishPlan, freePlaces, skipPlan } from '../../../proxy/route/plan.ts';
import type { ArmedRule } from '../../../proxy/rules/armed-rule.ts';
import { SKIP_REASONS, type SkipReason } from '../../../proxy/rules/ledger.ts';
import { ANSWER, armedRule, FACTS, headOf, holdFor } from './given.ts';

const head = headOf('GET /reviews/7', { host: 'reviews' });

function skipped({ ledger }: ArmedRule): Partial<Record<SkipReason, number>> {
  return Object.fromEntries(
    SKIP_REASONS.flatMap((reason, i) => (ledger.skipped[i] ? [[reason, ledger.skipped[i]]] : [])),
  );
}

function idsOf(plan: Plan | null): readonly string[] {
  return plan?.rules.map(({ rule }) => rule.id) ?? [];
}

describe('a decision', () => {
  it('adds delays up and takes the first terminal effect', () => {
    const rules = [
      armedRule({ id: 'a' }, [holdFor(100)]),
      armedRule({ id: 'b' }, [holdFor(20), ANSWER]),
      armedRule({ id: 'c' }, [ANSWER]),
      armedRule({ id: 'd' }, [holdFor(3)]),
    ];
    const plan = decide(rules, head, FACTS);
    expect(plan?.holds.map(({ rule, delayMs }) => [rule.rule.id, delayMs])).toEqual([
      ['a', 100],
      ['b', 20],
      ['d', 3],
    ]);
    expect([plan?.answer?.rule.rule.id, plan?.answer?.fault]).toEqual(['b', 'abort']);
    expect(idsOf(plan)).toEqual(['a', 'b', 'd']);
    expect(rules.map(skipped)).toEqual([{}, {}, { preempted: 1 }, {}]);
    expect(rules.map(({ ledger }) => ledger.active)).toEqual([1, 1, 0, 1]);
  });

  it('does not let a delay act behind a terminal effect of its own rule', () => {
    const plan = decide([armedRule({}, [holdFor(1), ANSWER, holdFor(50)])], head, FACTS);
    expect(plan?.holds.map(({ delayMs }) => delayMs)).toEqual([1]);
    const rules = [armedRule({ id: 'a' }), armedRule({ id: 'b' }, [ANSWER, holdFor(50)])];
    expect(decide(rules, head, FACTS)?.holds).toEqual([]);
    expect(rules.map(skipped)).toEqual([{}, { preempted: 1 }]);
  });

  it('chooses a rule with a delay even where its abort is preempted', () => {
    const rules = [armedRule({ id: 'a' }), armedRule({ id: 'b' }, [holdFor(5), ANSWER])];
    const plan = decide(rules, head, FACTS);
    expect(idsOf(plan)).toEqual(['a', 'b']);
    expect(plan?.answer?.rule.rule.id).toBe('a');
  });

  it('is null and counted by reason where no rule is chosen', () => {
    const source = { match: { source: { ip: '10.0.0.0/8' } } };
    const rules = [
      armedRule({ share: 0 }),
      armedRule({ rampMs: 1000 }),
      armedRule({ maxActive: 0 }),
      armedRule(source),
    ];
    const empty = armedRule({}, []);
    expect(decide([...rules, empty], head, { ...FACTS, sourceIp: '' })).toBeNull();
    expect([...rules, empty].map(skipped)).toEqual([
      { share: 1 },
      { ramp: 1 },
      { 'max-active': 1 },
      { 'source-unknown': 1 },
      { 'not-applicable': 1 },
    ]);
  });

  it('gives the answer to the next rule where the first is at its cap', () => {
    const rules = [armedRule({ id: 'a', maxActive: 1 }), armedRule({ id: 'b' })];
    const first = decide(rules, head, FACTS);
    const second = decide(rules, head, FACTS);
    expect([first?.answer?.rule.rule.id, second?.answer?.rule.rule.id]).toEqual(['a', 'b']);
    expect(rules.map(skipped)).toEqual([{ 'max-active': 1 }, { preempted: 1 }]);
  });

  it('counts what the ramp holds back apart from what the share does', () => {
    const rule = armedRule({ share: 0.5, rampMs: 1000 });
    let chosen = 0;
    for (let i = 0; i < 4000; i++) {
      const plan = decide([rule], headOf('GET /x', { 'x-request-id': `r${i}` }), { ...FACTS, nowMs: 500 });
      if (plan) chosen++;
    }
    const { share = 0, ramp = 0 } = skipped(rule);
    expect(share + ramp + chosen).toBe(4000);
    for (const [count, expected] of [
      [chosen, 1000],
      [ramp, 1000],
      [share, 2000],
    ] as const) {
      expect(Math.abs(count - expected)).toBeLessThan(4.5 * Math.sqrt(1000));
    }
  });
});

describe('the set of chosen exchanges', () => {
  const requests = fc.array(fc.nat({ max: 39 }), { minLength: 20, maxLength: 200 });
  const rule = { share: 0.4, seed: 3 } as const;

  /** Which of the requests are chosen, in the order in which they are given. */
  function chosen(heads: readonly RequestHead[], facts: DecisionFacts = FACTS): boolean[] {
    const armed = armedRule(rule);
    return heads.map((one) => decide([armed], one, facts) !== null);
  }

  it.each([
    ['ids', (i: number) => headOf('GET /x', { 'x-request-id': `r${i}` })],
    [
      'declared attempts',
      (i: number) => headOf('GET /x', { 'x-request-id': `r${i >> 2}`, 'x-envoy-attempt-count': `${i & 3}` }),
    ],
    [
      'traces',
      (i: number) => headOf('GET /x', { traceparent: `00-${String(i + 1).padStart(32, '0')}-b7ad6b7169203331-01` }),
    ],
  ])('is the same in any order, by %s', (_, headFor) => {
    const order = fc.uniqueArray(fc.nat({ max: 199 }), { minLength: 200, maxLength: 200 });
    const inOrder = chosen(Array.from({ length: 200 }, (_, i) => headFor(i)));
    expect(inOrder.filter(Boolean).length).toBeGreaterThan(50);
    fc.assert(
      fc.property(order, (shuffled) => {
        const found = chosen(shuffled.map(headFor));
        expect(shuffled.map((i) => inOrder[i])).toEqual(found);
      }),
      { numRuns: 20 },
    );
  });

  it('has as many of each identical request, and of the same of their numbers, in any interleaving', () => {
    const headFor = (i: number): RequestHead => headOf(`GET /item/${i}`);
    fc.assert(
      fc.property(requests, fc.infiniteStream(fc.nat()), (sent, keys) => {
        const iterator = keys[Symbol.iterator]();
        const shuffled = sent.map((i) => ({ i, at: iterator.next().value as number })).sort((a, b) => a.at - b.at);
        const outcomes = (order: readonly number[]): Record<string, boolean[]> => {
          const found = chosen(order.map(headFor));
          const byRequest: Record<string, boolean[]> = {};
          order.forEach((i, at) => (byRequest[i] ??= []).push(found[at] ?? false));
          return byRequest;
        };
        expect(outcomes(shuffled.map(({ i }) => i))).toEqual(outcomes(sent));
      }),
      { numRuns: 50 },
    );
  });

  it('draws anew for each attempt that repeats an id without a number', () => {
    const same = Array.from({ length: 400 }, () => headOf('GET /x', { 'idempotency-key': 'k' }));
    const hits = chosen(same).filter(Boolean).length;
    expect(Math.abs(hits - 160)).toBeLessThan(4.5 * Math.sqrt(400 * 0.4 * 0.6));
  });

  it('is the same in every sidecar only where the wire names call and attempt', () => {
    const heads = (headers: (i: number) => Record<string, string>): RequestHead[] =>
      Array.from({ length: 200 }, (_, i) => headOf('GET /x', headers(i)));
    const agree = (all: RequestHead[]): boolean => {
      const [a, b] = ['reviews-1', 'reviews-2'].map((instanceName) => chosen(all, { ...FACTS, instanceName }));
      return JSON.stringify(a) === JSON.stringify(b);
    };
    expect(agree(heads((i) => ({ 'x-request-id': `r${i}`, 'x-envoy-attempt-count': '1' })))).toBe(true);
    expect(agree(heads((i) => ({ 'x-request-id': `r${i}` })))).toBe(false);
    expect(agree(heads(() => ({ 'x-envoy-attempt-count': '1' })))).toBe(false);
  });

  it('is one for a whole connection with scope: connection', () => {
    const armed = armedRule({ ...rule, scope: 'connection' });
    const fates = Array.from({ length: 300 }, (_, connectionNumber) =>
      [1, 2, 3].map((i) => decide([armed], headOf(`GET /${i}`), { ...FACTS, connectionNumber }) !== null),
    );
    expect(fates.every(([first, ...rest]) => rest.every((fate) => fate === first))).toBe(true);
    const hits = fates.filter(([first]) => first).length;
    expect(Math.abs(hits - 120)).toBeLessThan(4.5 * Math.sqrt(300 * 0.4 * 0.6));
  });

  it('repeats delays as well', () => {
    const effect: Effect = { kind: 'hold', delayMs: (uniform) => uniform * 1000 };
    const delays = (): number[][] => {
      const armed = armedRule(rule, [effect, effect]);
      return Array.from({ length: 50 }, (_, i) => headOf('GET /x', { 'x-request-id': `r${i}` })).map(
        (one) => decide([armed], one, FACTS)?.holds.map(({ delayMs }) => delayMs) ?? [],
      );
    };
    expect(delays()).toEqual(delays());
    expect(new Set(delays().flat()).size).toBe(delays().flat().length);
  });
});

describe('the ledger', () => {
  type Step = {
    readonly kind: 'decide' | 'begin' | 'free' | 'begin-one' | 'end-one' | 'skip' | 'finish';
    readonly at: number;
  };
  const step: fc.Arbitrary<Step> = fc.record({
    kind: fc.constantFrom('decide', 'decide', 'begin', 'free', 'begin-one', 'end-one', 'skip', 'finish'),
    at: fc.nat({ max: 1000 }),
  });
  const ruleArbitrary = fc
    .tuple(
      fc.constantFrom(0.3, 1),
      fc.constantFrom(undefined, 1, 3),
      fc.constantFrom([ANSWER], [holdFor(1)], [holdFor(1), ANSWER]),
    )
    .map(([share, maxActive, effects]) => ({ share, maxActive, effects }));

  it('counts each rule once for each exchange, and active returns to 0, under any interleaving', () => {
    fc.assert(
      fc.property(
        fc.array(ruleArbitrary, { minLength: 1, maxLength: 4 }),
        fc.array(step, { maxLength: 60 }),
        (given, steps) => {
          const rules = given.map(({ share, maxActive, effects }, i) =>
            armedRule({ id: `r${i}`, share, ...(maxActive === undefined ? {} : { maxActive }) }, effects),
          );
          const plans: Plan[] = [];
          let decided = 0;
          for (const { kind, at } of steps) {
            const plan = plans[at % Math.max(1, plans.length)];
            const rule = plan?.rules[at % plan.rules.length];
            if (kind === 'decide') {
              const made = decide(rules, headOf(`GET /${decided++}`), FACTS);
              if (made) plans.push(made);
            } else if (plan && rule) {
              if (kind === 'begin') beginPlan(plan);
              if (kind === 'begin-one') beginRule(plan, rule);
              if (kind === 'end-one') endRule(plan, rule, 'not-applicable');
              if (kind === 'free') freePlaces(plan);
              if (kind === 'skip') skipPlan(plan, 'ambiguous');
              if (kind === 'finish') finishPlan(plan);
            }
            for (const {
              ledger,
              rule: { maxActive = Infinity },
            } of rules) {
              expect(ledger.matched).toBe(ledger.injected + ledger.skipped.reduce((sum, count) => sum + count, 0));
              expect(ledger.active).toBeGreaterThanOrEqual(0);
              expect(ledger.active).toBeLessThanOrEqual(maxActive);
            }
          }
          for (const plan of plans) finishPlan(plan);
          for (const plan of plans) finishPlan(plan);
          for (const { ledger } of rules) expect([ledger.matched, ledger.active]).toEqual([decided, 0]);
        },
      ),
      { numRuns: 300 },
    );
  });

  it('counts an injection once, whatever begins after', () => {
    const rule = armedRule({}, [holdFor(1), ANSWER]);
    const plan = decide([rule], head, FACTS) as Plan;
    beginRule(plan, rule);
    beginPlan(plan);
    finishPlan(plan);
    beginRule(plan, rule);
    expect([rule.ledger.matched, rule.ledger.injected, rule.ledger.active]).toEqual([1, 1, 0]);
  });

  it('skips what never began: preempted by what did, else not applicable', () => {
    const rules = [armedRule({ id: 'a' }, [holdFor(1)]), armedRule({ id: 'b' })];
    const [a] = rules as [ArmedRule, ArmedRule];
    const plan = decide(rules, head, FACTS) as Plan;
    beginRule(plan, a);
    finishPlan(plan);
    finishPlan(decide(rules, head, FACTS) as Plan);
    expect(rules.map(skipped)).toEqual([{ 'not-applicable': 1 }, { preempted: 1, 'not-applicable': 1 }]);
    expect(a.ledger.injected).toBe(1);
  });

  it('never has more than maxActive active, and makes room as soon as one ends', () => {
    const rule = armedRule({ maxActive: 2 });
    const plans = Array.from({ length: 5 }, () => decide([rule], head, FACTS));
    expect(plans.map((plan) => plan !== null)).toEqual([true, true, false, false, false]);
    for (const plan of plans) if (plan) beginPlan(plan);
    finishPlan(plans[0] as Plan);
    expect(decide([rule], head, FACTS)).not.toBeNull();
    expect(decide([rule], head, FACTS)).toBeNull();
    expect(skipped(rule)).toEqual({ 'max-active': 4 });
  });
});
