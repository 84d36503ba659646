import * as fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { systemClock } from '../../../proxy/rules/clock.ts';
import { FakeClock } from './fake-clock.ts';
import { armedIds, file, listedRules, openStore, rule } from './open-store.ts';

describe('a lease', () => {
  it.each([
    ['of the API by ttl', 'ttl: 10s', 10_000],
    ['of the API by until', 'until: 2026-11-21T10:00:10Z', 10_000],
    ['of the API without either', '', 300_000],
    ['of the API with both, the earlier', 'ttl: 10s\nuntil: 2026-11-21T10:00:03Z', 3000],
    ['of the API with both, the earlier again', 'ttl: 2s\nuntil: 2026-11-21T10:00:03Z', 2000],
  ])('%s ends on time and not a moment before', async (_what, lines, ms) => {
    const { store, clock } = await openStore();
    expect(await store.put(rule('a', lines))).toMatchObject({ ok: true, rule: { state: 'armed', endsInMs: ms } });
    clock.advance(ms - 0.001);
    expect(armedIds(store)).toEqual(['a']);
    clock.advance(0.001);
    expect(armedIds(store)).toEqual([]);
    expect(listedRules(store)).toEqual(['a ended api 0']);
  });

  it('of the file without either has no end', async () => {
    const { store, clock } = await openStore();
    await store.replaceFile(file(['a']));
    expect(clock.nextTimerMs()).toBe(Infinity);
    clock.advance(1e12);
    expect(listedRules(store)).toEqual(['a armed file null']);
  });

  it('that was over before it began is listed and never armed', async () => {
    const { store } = await openStore();
    await store.replaceFile(file(['a', 'until: 2026-11-21T09:59:59Z']));
    await store.put(rule('b', 'until: 2026-11-21T10:00:00Z'));
    expect(armedIds(store)).toEqual([]);
    expect(listedRules(store)).toEqual(['a ended file 0', 'b ended api 0']);
  });

  it('does not end early when its timer does', async () => {
    const clock = new FakeClock();
    clock.earlyMs = 0.9;
    const { store } = await openStore({ clock });
    await store.put(rule('a', 'ttl: 10s'));
    let endedAt = 0;
    store.onSwap(() => (endedAt = clock.monotonicMs()));
    const began = clock.monotonicMs();
    clock.advance(11_000);
    expect(endedAt - began).toBeGreaterThanOrEqual(10_000);
    expect(endedAt - began).toBeLessThan(10_100);
  });

  it('longer than a timer can wait ends on time', async () => {
    const { store, clock } = await openStore();
    await store.put(rule('a', 'ttl: 2000h'));
    expect(clock.nextTimerMs()).toBeLessThan(2 ** 31);
    clock.advance(2000 * 3600e3 - 1);
    expect(armedIds(store)).toEqual(['a']);
    clock.advance(1);
    expect(armedIds(store)).toEqual([]);
  });

  it.each([-3600e3, 3600e3])('does not care for a wall clock that is stepped by %d ms', async (step) => {
    const { store, clock } = await openStore();
    await store.replaceFile(file(['until', 'until: 2026-11-21T10:00:10Z'], ['ttl', 'ttl: 10s']));
    clock.stepWall(step);
    await store.replaceFile(file(['until', 'until: 2026-11-21T10:00:10Z'], ['ttl', 'ttl: 10s']));
    clock.advance(9999);
    expect(armedIds(store)).toEqual(['until', 'ttl']);
    clock.advance(1);
    expect(armedIds(store)).toEqual([]);
  });

  it('ends by one timer, for the earliest of all', async () => {
    const { store, clock } = await openStore();
    await store.replaceFile(file(['a', 'ttl: 30s'], ['b', 'ttl: 10s'], ['c', 'ttl: 20s']));
    const order: string[] = [];
    store.onSwap(() => order.push(`${armedIds(store).join('')} ${clock.monotonicMs() - 1_000_000}`));
    expect(clock.nextTimerMs()).toBe(10_000);
    clock.advance(60_000);
    expect(order).toEqual(['ac 10000', 'a 20000', ' 30000']);
  });

  it('that has ended releases what its rule held', async () => {
    const { store, clock } = await openStore();
    await store.put(rule('a', 'ttl: 10s'));
    const released: number[] = [];
    store.current.rules[0]?.held.add({ release: () => released.push(clock.monotonicMs()) });
    clock.advance(60_000);
    expect(released).toEqual([1_010_000]);
  });
});

describe('a renewal', () => {
  it('gives a lease from now, longer or shorter', async () => {
    const { store, clock } = await openStore();
    await store.put(rule('a', 'ttl: 10s'));
    const before = store.current.rules[0];
    clock.advance(9000);
    expect(await store.renew('a', 10_000)).toMatchObject({ ok: true, rule: { state: 'armed', endsInMs: 10_000 } });
    expect(store.current.rules[0]).toBe(before);
    clock.advance(5000);
    await store.renew('a', 1000);
    clock.advance(999);
    expect(armedIds(store)).toEqual(['a']);
    clock.advance(1);
    expect(armedIds(store)).toEqual([]);
  });

  it('comes too late once the lease has ended', async () => {
    const { store, clock } = await openStore();
    await store.put(rule('a', 'ttl: 10s'));
    clock.advance(10_000);
    expect(await store.renew('a', 10_000)).toMatchObject({ ok: false, code: 'lease-ended' });
    expect(armedIds(store)).toEqual([]);
  });

  it('of a rule that is not there is refused', async () => {
    const { store } = await openStore();
    expect(await store.renew('a', 10_000)).toMatchObject({ ok: false, code: 'unknown-rule' });
  });
});

describe('a text whose lease has ended', () => {
  it('of the file stays dead, however often the file is read', async () => {
    const { store, clock } = await openStore();
    await store.replaceFile(file(['a', 'ttl: 10s']));
    clock.advance(10_000);
    for (let i = 0; i < 3; i++) {
      await store.replaceFile(file(['b'], ['a', 'ttl: 10s']));
      expect(armedIds(store)).toEqual(['b']);
    }
    expect(listedRules(store)).toEqual(['b armed file null', 'a ended file 0']);
  });

  it.each([
    ['its faults', ['share: 1%', 'ttl: 10s'], 10_000],
    ['its ttl', ['ttl: 11s'], 11_000],
    ['its ttl for an until', ['until: 2026-11-21T10:01:00Z'], 50_000],
  ] as const)('of the file lives again with another text: %s', async (_what, lines, endsInMs) => {
    const { store, clock } = await openStore();
    await store.replaceFile(file(['a', 'ttl: 10s']));
    const before = store.current.rules[0];
    clock.advance(10_000);
    await store.replaceFile(file(['a', ...lines]));
    expect(listedRules(store)).toEqual([`a armed file ${endsInMs}`]);
    expect(store.current.rules[0]).not.toBe(before);
    expect(store.current.rules[0]?.ledger).toBe(before?.ledger);
    expect(store.current.rules[0]?.armedAtMs).toBe(clock.monotonicMs());
  });

  it('of the file stays dead where only an until in the past is moved', async () => {
    const { store } = await openStore();
    await store.replaceFile(file(['a', 'until: 2026-11-21T09:00:00Z']));
    await store.replaceFile(file(['a', 'until: 2026-11-21T09:30:00Z']));
    expect(armedIds(store)).toEqual([]);
  });

  it('of the file is forgotten with its rule', async () => {
    const { store, clock } = await openStore();
    await store.replaceFile(file(['a', 'ttl: 10s']));
    clock.advance(10_000);
    await store.replaceFile(file());
    await store.replaceFile(file(['a', 'ttl: 10s']));
    expect(armedIds(store)).toEqual(['a']);
  });

  it('is armed anew when the API puts it: that is an act', async () => {
    const { store, clock } = await openStore();
    await store.put(rule('a', 'ttl: 10s'));
    const before = store.current.rules[0];
    clock.advance(10_000);
    expect(await store.put(rule('a', 'ttl: 10s'))).toMatchObject({
      ok: true,
      rule: { state: 'armed', endsInMs: 10_000 },
    });
    expect(store.current.rules[0]).not.toBe(before);
    expect(store.current.rules[0]?.ledger).toBe(before?.ledger);
  });

  it('of the API stays listed, within bounds', async () => {
    const { store, clock } = await openStore();
    for (let i = 0; i < 150; i++) {
      await store.put(rule(`r${i}`, 'ttl: 1s'));
      clock.advance(1000);
    }
    const ids = store.list().rules.map((listed) => listed.rule['id']);
    expect(ids).toHaveLength(101);
    expect(ids).toContain('r149');
    expect(ids).toContain('r49');
    expect(ids).not.toContain('r48');
  });
});

describe('leases under any course of events', () => {
  type Step =
    | { readonly kind: 'advance'; readonly ms: number }
    | { readonly kind: 'put' | 'renew'; readonly id: string; readonly ttlMs: number }
    | { readonly kind: 'delete'; readonly id: string };
  const id = fc.constantFrom('a', 'b');
  const ttlMs = fc.integer({ min: 1, max: 50 });
  const step: fc.Arbitrary<Step> = fc.oneof(
    fc.record({ kind: fc.constant('advance' as const), ms: fc.integer({ min: 0, max: 60 }) }),
    fc.record({ kind: fc.constantFrom('put' as const, 'renew' as const), id, ttlMs }),
    fc.record({ kind: fc.constant('delete' as const), id }),
  );

  it('agree with a table of end times', async () => {
    await fc.assert(
      fc.asyncProperty(fc.array(step, { maxLength: 30 }), async (steps) => {
        const { store, clock } = await openStore();
        const ends = new Map<string, number>();
        for (const next of steps) {
          const now = clock.monotonicMs();
          if (next.kind === 'advance') clock.advance(next.ms);
          else if (next.kind === 'delete') {
            await store.delete(next.id);
            ends.delete(next.id);
          } else if (next.kind === 'put') {
            await store.put(rule(next.id, `ttl: ${next.ttlMs}ms`));
            ends.set(next.id, now + next.ttlMs);
          } else {
            const alive = (ends.get(next.id) ?? 0) > now;
            expect((await store.renew(next.id, next.ttlMs)).ok).toBe(alive);
            if (alive) ends.set(next.id, now + next.ttlMs);
          }
          const alive = [...ends].filter(([, end]) => end > clock.monotonicMs()).map(([name]) => name);
          expect(armedIds(store)).toEqual(alive.toSorted());
        }
      }),
      { numRuns: 100 },
    );
  });
});

describe('the clock of the machine', () => {
  it('counts milliseconds since the start of the machine and calls back', async () => {
    const before = systemClock.monotonicMs();
    await new Promise<void>((resolve) => {
      const timer = setTimeout(() => undefined, 1000);
      systemClock.after(20, () => {
        clearTimeout(timer);
        resolve();
      });
    });
    expect(systemClock.monotonicMs() - before).toBeGreaterThan(15);
    expect(systemClock.monotonicMs()).toBeCloseTo(Number(process.hrtime.bigint()) / 1e6, -2);
    expect(Math.abs(systemClock.wallMs() - Date.now())).toBeLessThan(1000);
  });

  it('takes a call back', async () => {
    let called = 0;
    systemClock.after(5, () => void called++)();
    await new Promise((resolve) => setTimeout(resolve, 30));
    expect(called).toBe(0);
  });
});
