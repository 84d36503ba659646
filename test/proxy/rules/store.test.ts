import { describe, expect, it } from 'vitest';
import type { ArmedRule } from '../../../proxy/rules/armed-rule.ts';
import type { RuleStore } from '../../../proxy/rules/store.ts';
import { armedIds, file, listedRules, openStore, rule } from './open-store.ts';

function armed(store: RuleStore, id: string): ArmedRule {
  const found = store.current.rules.find((candidate) => candidate.rule.id === id);
  if (found === undefined) throw new Error(`${id} is not armed`);
  return found;
}

describe('what the data path sees', () => {
  it('is nothing at first', async () => {
    const { store } = await openStore();
    expect(store.current).toMatchObject({ rules: [], routes: [] });
  });

  it('is the armed rules in file order, then those of the API by id, and the routes', async () => {
    const { store } = await openStore();
    await store.put(rule('z'));
    await store.put(rule('b'));
    await store.replaceFile({
      ...file(['y'], ['a'], ['over', 'until: 2020-01-01T00:00:00Z']),
      routes: [{ name: 'r' }],
    });
    expect(armedIds(store)).toEqual(['y', 'a', 'b', 'z']);
    expect(store.current.routes).toEqual([{ name: 'r' }]);
    await store.put(rule('c'));
    expect(armedIds(store)).toEqual(['y', 'a', 'b', 'c', 'z']);
    expect(store.current.routes).toEqual([{ name: 'r' }]);
  });

  it('is another snapshot of a higher generation after each change, told to whoever listens', async () => {
    const { store } = await openStore();
    const seen: number[] = [];
    store.onSwap((snapshot) => {
      expect(snapshot).toBe(store.current);
      seen.push(snapshot.generation);
    });
    const before = store.current;
    await store.put(rule('a'));
    await store.put(rule('b'));
    expect(before.rules).toEqual([]);
    expect(seen).toEqual([before.generation + 1, before.generation + 2]);
  });

  it('has compiled faults in the written order', async () => {
    const { store } = await openStore();
    await store.put(rule('a', 'faults: [ delay: 2s, abort: 503 ]'));
    const { faults } = armed(store, 'a');
    expect(faults.map(({ name }) => name)).toEqual(['delay', 'abort']);
    expect(faults.flatMap(({ effects }) => effects.map(({ kind }) => kind))).toEqual(['hold', 'answer']);
    expect(armed(store, 'a').ledger.faultNames).toBe('delay+abort');
  });

  it('is as before where a fault cannot be compiled', async () => {
    const { store } = await openStore({
      compile: (given) => (given.id === 'b' ? Promise.reject(new Error('boom')) : Promise.resolve([])),
    });
    await store.replaceFile(file(['a']));
    const before = store.current;
    await expect(store.replaceFile(file(['a'], ['b']))).rejects.toThrow('boom');
    await expect(store.put(rule('b'))).rejects.toThrow('boom');
    expect(store.current).toBe(before);
    await store.replaceFile(file(['c']));
    expect(armedIds(store)).toEqual(['c']);
  });
});

describe('a rule whose text is the same', () => {
  it.each([
    ['of the file, read again', async (store: RuleStore) => store.replaceFile(file(['a', 'share: 5%']))],
    ['of the file, among others', async (store: RuleStore) => store.replaceFile(file(['b'], ['a', 'share: 5%']))],
    [
      'of the file, with another lease',
      async (store: RuleStore) => store.replaceFile(file(['a', 'share: 5%', 'ttl: 9m'])),
    ],
  ])('goes on undisturbed: %s', async (_what, change) => {
    const { store, clock } = await openStore();
    await store.replaceFile(file(['a', 'share: 5%']));
    const before = armed(store, 'a');
    clock.advance(1000);
    await change(store);
    expect(armed(store, 'a')).toBe(before);
  });

  it('goes on when it is put again, for the whole of its lease', async () => {
    const { store, clock } = await openStore();
    await store.put(rule('a', 'ttl: 10s'));
    const before = armed(store, 'a');
    clock.advance(9000);
    await store.put(rule('a', 'ttl: 10s'));
    clock.advance(9000);
    expect(armed(store, 'a')).toBe(before);
    clock.advance(1000);
    expect(armedIds(store)).toEqual([]);
  });

  it('keeps what it holds; another text lets it go and counts on', async () => {
    const { store, clock } = await openStore();
    await store.replaceFile(file(['a', 'share: 5%']));
    const before = armed(store, 'a');
    const released: ArmedRule[] = [];
    before.held.add({ release: (by) => released.push(by) });
    before.ledger.inject();
    clock.advance(500);
    await store.replaceFile(file(['a', 'share: 5%', 'ttl: 1m']));
    expect(released).toEqual([]);
    await store.replaceFile(file(['a', 'share: 6%']));
    const after = armed(store, 'a');
    expect(after).not.toBe(before);
    expect(after.occurrences).not.toBe(before.occurrences);
    expect(after.armedAtMs).toBe(before.armedAtMs + 500);
    expect(released).toEqual([before]);
    expect(after.ledger).toBe(before.ledger);
    expect(store.ledger().rules['a']).toMatchObject({ matched: 1, injected: 1 });
  });
});

describe('the end of a rule', () => {
  it.each<[what: string, end: (store: RuleStore) => Promise<unknown>]>([
    ['deleted', (store) => store.delete('a')],
    ['replaced', (store) => store.put(rule('a', 'share: 1%'))],
    ['disarmed', (store) => Promise.resolve(store.disarmAll())],
    ['taken by the file with another text', (store) => store.replaceFile(file(['a', 'share: 1%']))],
  ])('%s: first the swap, then all it held is released, whatever one of them throws', async (_what, end) => {
    const { store, warnings } = await openStore();
    await store.put(rule('a'));
    const before = armed(store, 'a');
    const order: string[] = [];
    store.onSwap(() => order.push('swap'));
    for (const name of ['one', 'two', 'three']) {
      before.held.add({
        release: () => {
          expect(store.current.rules).not.toContain(before);
          order.push(name);
          if (name === 'two') throw new Error('stuck');
        },
      });
    }
    await end(store);
    expect(order).toEqual(['swap', 'one', 'two', 'three']);
    expect(before.held.size).toBe(0);
    expect(warnings.join()).toContain('stuck');
  });

  it('frees as well what comes to be held by a snapshot of before', async () => {
    const { store } = await openStore();
    await store.put(rule('a'));
    const pinned = armed(store, 'a');
    await store.delete('a');
    let released = 0;
    const late = { release: () => void released++ };
    pinned.held.add(late);
    expect(released).toBe(0);
    await Promise.resolve();
    expect(released).toBe(1);
    expect(pinned.held.size).toBe(0);
    pinned.held.add(late);
    pinned.held.delete(late);
    await Promise.resolve();
    expect(released).toBe(1);
  });

  it('is not put off by a listener that fails', async () => {
    const { store, warnings } = await openStore();
    await store.put(rule('a'));
    let released = 0;
    armed(store, 'a').held.add({ release: () => void released++ });
    store.onSwap(() => {
      throw new Error('broken listener');
    });
    expect(await store.delete('a')).toEqual({ ok: true });
    expect(released).toBe(1);
    expect(warnings.join()).toContain('broken listener');
  });
});

describe('the file and the API', () => {
  it('do not take rules from one another: the file holds its ids', async () => {
    const { store } = await openStore();
    await store.replaceFile(file(['a']));
    const before = store.current;
    for (const result of [
      await store.put(rule('a', 'share: 1%')),
      await store.delete('a'),
      await store.renew('a', 1000),
    ]) {
      expect(result).toMatchObject({ ok: false, code: 'held-by-file', message: expect.stringContaining('rule a') });
    }
    expect(store.current).toBe(before);
  });

  it('but the file may take an id that the API has put, also its running rule', async () => {
    const { store, warnings, clock } = await openStore();
    await store.put(rule('a', 'ttl: 10s'));
    const before = armed(store, 'a');
    await store.replaceFile(file(['a']));
    expect(warnings).toEqual(['rule a of the admin API gives way to that of the file']);
    expect(armed(store, 'a')).toBe(before);
    clock.advance(60_000);
    expect(listedRules(store)).toEqual(['a armed file null']);
    await store.replaceFile(file());
    expect(listedRules(store)).toEqual([]);
  });

  it('an API rule stays when the file is read again', async () => {
    const { store } = await openStore();
    await store.put(rule('a'));
    const before = armed(store, 'a');
    await store.replaceFile(file(['b']));
    expect(armed(store, 'a')).toBe(before);
  });

  it('changes run in the order in which they were asked for', async () => {
    const { store } = await openStore();
    const results = await Promise.all([
      store.put(rule('a')),
      store.put(rule('a', 'share: 1%')),
      store.delete('a'),
      store.delete('a'),
      store.renew('a', 1000),
      store.put(rule('a', 'share: 2%')),
    ]);
    expect(results.map((result) => result.ok)).toEqual([true, true, true, true, false, true]);
    expect(armed(store, 'a').rule.share).toBe(0.02);
  });
});

describe('the ledger', () => {
  it('is exact, shows reasons that have occurred, and outlives its rule', async () => {
    const { store } = await openStore();
    await store.put(rule('a'));
    const { ledger } = armed(store, 'a');
    ledger.inject();
    ledger.skip('share');
    ledger.skip('share');
    ledger.active = 1;
    await store.delete('a');
    expect(store.ledger()).toEqual({
      instance: 'instance-1',
      rules: { a: { matched: 3, injected: 1, skipped: { share: 2 }, active: 1 } },
    });
    expect(store.isArmed('a')).toBe(false);
    await store.put(rule('a', 'share: 1%'));
    expect(armed(store, 'a').ledger).toBe(ledger);
    expect(store.isArmed('a')).toBe(true);
  });

  it('is bounded however many ids come and go', async () => {
    const { store } = await openStore();
    await store.put(rule('stays'));
    await store.delete('stays');
    await store.put(rule('stays'));
    for (let i = 0; i < 300; i++) {
      await store.put(rule(`r${i}`));
      await store.delete(`r${i}`);
    }
    const ids = Object.keys(store.ledger().rules);
    expect(ids).toHaveLength(257);
    expect(ids).toContain('stays');
    expect(ids).toContain('r299');
    expect(ids).not.toContain('r43');
    const entries = [...store.ledgerEntries()];
    expect(entries).toHaveLength(257);
    expect(entries).toContain(armed(store, 'stays').ledger);
  });
});

describe('a shutdown', () => {
  it('disarms everything for good, and leases run on', async () => {
    const { store, clock } = await openStore();
    await store.put(rule('a', 'ttl: 10s'));
    await store.replaceFile(file(['b']));
    store.disarmAll();
    expect(armedIds(store)).toEqual([]);
    clock.advance(1000);
    expect(listedRules(store)).toEqual(['b paused file null', 'a paused api 9000']);
    expect(await store.put(rule('c'))).toMatchObject({ ok: false, code: 'draining' });
    expect(await store.renew('a', 1000)).toMatchObject({ ok: false, code: 'draining' });
    await store.replaceFile(file(['b'], ['d']));
    expect(armedIds(store)).toEqual([]);
    expect(await store.delete('a')).toEqual({ ok: true });
  });
});
