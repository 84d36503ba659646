import * as fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { parseBreaches, parseRate, parseThreshold } from '../../../verifier/experiment/figures.ts';
import { evaluateGuard, newGuard } from '../../../verifier/experiment/guard.ts';
import type { GuardSpec } from '../../../verifier/experiment/guard.ts';
import { proveInjection } from '../../../verifier/experiment/injection.ts';
import type { InjectionClaim } from '../../../verifier/experiment/injection.ts';
import { LedgerTrack } from '../../../verifier/experiment/ledger-track.ts';
import { describeNumber } from '../../../verifier/experiment/live-text.ts';
import { substitute } from '../../../verifier/experiment/substitute.ts';
import { binomialInterval } from '../../../verifier/stats/binomial.ts';

describe('variables', () => {
  const fill = (text: string, values: Record<string, string> = {}) => substitute(text, (name) => values[name]);

  it.for([
    ['${A}', { A: '1' }, '1'],
    ['${A}-${B:-two}', { A: '1' }, '1-two'],
    ['${A:-x}', { A: '' }, 'x'],
    ['${A}', { A: '' }, ''],
    ['${A:-}', {}, ''],
    ['${A:-http://h:1/}', {}, 'http://h:1/'],
    ['$${A}', { A: '1' }, '${A}'],
    ['rate(x[$phase]) ${1} $1', {}, 'rate(x[$phase]) ${1} $1'],
  ] as const)('%s', ([text, values, filled]) => {
    expect(fill(text, values)).toMatchObject({ value: filled, missing: [] });
  });

  it('does not fill in what it has filled in', () => {
    expect(fill('${A}', { A: '${B}', B: 'x' }).value).toBe('${B}');
  });

  it('says where a variable is missing', () => {
    const { missing } = substitute({ a: [{ b: 'x ${C} ${D}' }] }, () => undefined);
    expect(missing.map(({ path }) => path)).toEqual([
      ['a', 0, 'b'],
      ['a', 0, 'b'],
    ]);
  });
});

describe('written figures', () => {
  it.for([
    ['50/s', 50],
    ['600/m', 10],
    ['.5/s', 0.5],
    ['3600 / h', 1],
  ] as const)('rate %s', ([text, rate]) => expect(parseRate(text)).toEqual({ ok: true, value: rate }));
  it.for(['50', '0/s', '-1/s', '50/d', '1e9/s', '99999/s', ''])('no rate: %s', (text) => {
    expect(parseRate(text).ok).toBe(false);
  });
  it.for([
    ['90%', 0.9],
    ['99.9995%', 0.999995],
    ['300ms', 0.3],
    [100, 100],
    ['-5', -5],
  ] as const)('threshold %s', ([text, value]) => expect(parseThreshold(text)).toEqual({ ok: true, value }));
  it.for(['', '90 percent', '%'])('no threshold: %s', (text) => expect(parseThreshold(text).ok).toBe(false));
  it.for(['2', '0 of 3', '4 of 3', '1 of 101'])('no breaches: %s', (text) =>
    expect(parseBreaches(text).ok).toBe(false),
  );
  it('never rounds over a bound', () => {
    expect(describeNumber(0.99999, 'ratio')).toBe('99.99 %');
    expect(describeNumber(1, 'ratio')).toBe('100 %');
    expect(describeNumber(0.2, 'seconds')).toBe('200 ms');
    expect(describeNumber(0.29, 'ratio')).toBe('29 %');
  });
});

describe('guards', () => {
  const spec = (count: number, of: number): GuardSpec => ({
    of: 'a',
    trips: { side: 'below', threshold: 0.9, written: '90%' },
    breaches: { count, of },
  });
  const play = (guard: GuardSpec, values: readonly (number | null)[]) =>
    values.reduce((state, value, at) => evaluateGuard(state, { value }, at), newGuard(guard));

  it('trips at m of the last n figures and not before', () => {
    expect(play(spec(2, 3), [0.8, 0.95, 0.95, 0.8, 0.95]).trippedAtMs).toBeNull();
    expect(play(spec(2, 3), [0.8, 0.95, 0.8]).trippedAtMs).toBe(2);
    expect(play(spec(1, 1), [0.9, 0.8999]).trippedAtMs).toBe(1);
  });

  it('counts evaluations without a figure apart, and in a row', () => {
    expect(play(spec(2, 2), [0.8, null, 0.8])).toMatchObject({ trippedAtMs: 2, lost: 1, lostInRow: 0, breaches: 2 });
    expect(play(spec(1, 1), [1, null, NaN, null])).toMatchObject({ lost: 3, lostInRow: 3, trippedAtMs: null });
    expect(play(spec(1, 1), [-Infinity]).trippedAtMs).toBe(0);
  });

  it('trips exactly when some window of n sound figures holds m breaches', () => {
    const figure = fc.constantFrom(0.8, 0.95, null);
    fc.assert(
      fc.property(
        fc.array(figure, { maxLength: 20 }),
        fc.integer({ min: 1, max: 4 }),
        fc.integer({ min: 0, max: 3 }),
        (values, m, more) => {
          const n = m + more;
          const sound = values.filter((value) => value !== null).map((value) => value < 0.9);
          const windows = sound.map((_, end) => sound.slice(Math.max(0, end + 1 - n), end + 1));
          const trips = windows.some((window) => window.filter(Boolean).length >= m);
          expect(play(spec(m, n), values).trippedAtMs !== null).toBe(trips);
        },
      ),
    );
  });
});

describe('proof of injection', () => {
  const claim = (ledger: InjectionClaim['ledger'], more: Partial<InjectionClaim> = {}): InjectionClaim => ({
    target: 'app',
    sidecar: 'http://a:1',
    rule: 'r',
    share: 0.5,
    scope: 'attempt',
    ledger,
    restarts: 0,
    ...more,
  });
  const prove = (one: InjectionClaim) => proveInjection([one], binomialInterval)[0];
  const ledger = (injected: number, skipped: Record<string, number>) => ({
    matched: injected + Object.values(skipped).reduce((sum, count) => sum + count, 0),
    injected,
    skipped,
  });

  it.for<readonly [what: string, one: InjectionClaim, agrees: boolean, reason: RegExp]>([
    ['the share', claim(ledger(502, { share: 498 })), true, /502 of 1000/],
    ['far from the share', claim(ledger(700, { share: 300 })), false, /to be expected by its share/],
    ['nothing matched', claim(ledger(0, {})), false, /no exchange matched/],
    ['no ledger', claim(null), false, /could not be read/],
    ['all skipped before the draw', claim(ledger(0, { http2: 10 })), false, /skipped \(http2: 10\)/],
    ['everything, as asked', claim(ledger(10, {}), { share: 1 }), true, /10 of 10/],
    ['all but one of everything', claim(ledger(9, { share: 1 }), { share: 1 }), false, /expected/],
    [
      'skips after the draw are no fault of the draw',
      claim(ledger(100, { share: 500, 'max-active': 400 })),
      true,
      /100 of 1000/,
    ],
    ['skips before the draw do not count', claim(ledger(500, { share: 500, ambiguous: 5000 })), true, /500 of 6000/],
    [
      'a ledger that does not add up',
      claim({ matched: 9, injected: 5, skipped: { share: 5 } }),
      false,
      /does not add up/,
    ],
    ['a ledger that went back', claim(ledger(-3, { share: 9 })), false, /went back while the rule was armed/],
    ['a share by connection', claim(ledger(10, { share: 990 }), { scope: 'connection' }), true, /10 of 1000/],
    ['nothing by connection', claim(ledger(0, { share: 990 }), { scope: 'connection' }), false, /nothing was injected/],
  ])('%s', ([, one, agrees, reason]) => {
    expect(prove(one)).toMatchObject({ agrees, reason: expect.stringMatching(reason) as unknown });
  });

  it('allows for the number of sidecars', () => {
    const edge = claim(ledger(440, { share: 560 }));
    expect(prove(edge)?.agrees).toBe(false);
    expect(
      proveInjection(
        Array.from({ length: 50 }, () => edge),
        binomialInterval,
      )[0]?.agrees,
    ).toBe(true);
  });

  it('adds up what several processes of a sidecar counted', () => {
    const counts = (matched: number) => ({ r: { matched, injected: matched, skipped: {}, active: 0 } });
    const track = new LedgerTrack('r', { instance: 'a', rules: counts(100) });
    expect(track.counts()).toBeNull();
    track.observe({ instance: 'a', rules: counts(130) });
    track.observe({ instance: 'b', rules: {} });
    track.observe({ instance: 'b', rules: counts(7) });
    track.observe({ instance: 'b', rules: {} });
    expect(track.counts()).toEqual({ matched: 37, injected: 37, skipped: {} });
    expect(track.restarts).toBe(1);
  });
});
