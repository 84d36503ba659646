import { mkdir, mkdtemp, readdir, readFile, rm, stat, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { readBootId } from '../../../proxy/rules/boot-id.ts';
import type { RuleStore } from '../../../proxy/rules/store.ts';
import { FakeClock } from './fake-clock.ts';
import { armedIds, file, listedRules, openStore, rule, type Opened } from './open-store.ts';

describe('the state directory', () => {
  let parent: string;
  let stateDir: string;
  let clock: FakeClock;
  let running: RuleStore | undefined;

  beforeEach(async () => {
    running = undefined;
    parent = await mkdtemp(join(tmpdir(), 'sidequake-state-'));
    stateDir = join(parent, 'state');
    clock = new FakeClock();
  });

  afterEach(async () => {
    await rm(parent, { recursive: true, force: true, maxRetries: 5 });
  });

  async function open(bootId = 'boot-1'): Promise<Opened> {
    // Writes nothing: only lets a write that is under way end, as the end of a process does not share the disk either.
    await running?.[Symbol.asyncDispose]();
    const opened = await openStore({ stateDir, clock, bootId });
    running = opened.store;
    return opened;
  }

  async function restart(bootId?: string): Promise<RuleStore> {
    return (await open(bootId)).store;
  }

  /** What the disk says by its own words. */
  async function onDisk(): Promise<readonly string[]> {
    const state = JSON.parse(await readFile(join(stateDir, 'rules.json'), 'utf8')) as {
      rules: { id: string; ended: boolean; deadline: { monotonicMs: number } }[];
    };
    return state.rules.map(({ id, ended, deadline }) => `${id} ${ended ? 'ended' : deadline.monotonicMs - 1_000_000}`);
  }

  it('is made, with what it needs above it, and is for its owner alone', async () => {
    stateDir = join(parent, 'a', 'b');
    await open();
    expect(await readdir(stateDir)).toEqual(['rules.json']);
  });

  it('brings API rules back for what is left of their leases', async () => {
    const { store } = await open();
    await store.put(rule('b', 'ttl: 10s', 'share: 5%'));
    await store.put(rule('a', 'ttl: 60s'));
    clock.advance(4000);
    const after = await restart();
    expect(listedRules(after)).toEqual(['a armed api 56000', 'b armed api 6000']);
    expect(after.current.rules[1]?.rule.share).toBe(0.05);
    clock.advance(6000);
    expect(armedIds(after)).toEqual(['a']);
  });

  it('has a change before it is acknowledged', async () => {
    const { store } = await open();
    await store.put(rule('a', 'ttl: 10s'));
    expect(await onDisk()).toEqual(['a 10000']);
    clock.advance(1000);
    await store.renew('a', 10_000);
    expect(await onDisk()).toEqual(['a 11000']);
    await store.delete('a');
    expect(await onDisk()).toEqual([]);
  });

  it('lets a rule of the file go on with what is left, and a dead text stay dead', async () => {
    const text = file(['a', 'ttl: 10s'], ['b', 'ttl: 3s'], ['c']);
    const { store } = await open();
    await store.replaceFile(text);
    clock.advance(4000);
    const after = await restart();
    await after.replaceFile(text);
    expect(listedRules(after)).toEqual(['a armed file 6000', 'b ended file 0', 'c armed file null']);
    const again = await restart();
    await again.replaceFile(file(['b', 'ttl: 3s'], ['a', 'ttl: 20s']));
    expect(listedRules(again)).toEqual(['b ended file 0', 'a armed file 20000']);
  });

  it('does not forget the file over a start with a bad one', async () => {
    const text = file(['a', 'ttl: 10s']);
    const { store } = await open();
    await store.replaceFile(text);
    clock.advance(4000);
    const withBadFile = await restart();
    await withBadFile.put(rule('b', 'ttl: 60s'));
    clock.advance(1000);
    const after = await restart();
    await after.replaceFile(text);
    expect(listedRules(after)).toEqual(['a armed file 5000', 'b armed api 59000']);
  });

  it('forgets a rule that the file does not hold any more', async () => {
    const { store } = await open();
    await store.replaceFile(file(['a', 'ttl: 10s'], ['b', 'ttl: 3s']));
    clock.advance(4000);
    const after = await restart();
    await after.replaceFile(file());
    expect(await onDisk()).toEqual([]);
    await after.replaceFile(file(['a', 'ttl: 10s'], ['b', 'ttl: 3s']));
    expect(listedRules(after)).toEqual(['a armed file 10000', 'b armed file 3000']);
  });

  it('goes by the wall clock where no start of the machine has an id', async () => {
    const { store } = await open('');
    await store.put(rule('a', 'ttl: 60s'));
    clock = new FakeClock(clock.monotonicMs(), clock.wallMs() + 20_000);
    expect(listedRules(await restart(''))).toEqual(['a armed api 40000']);
  });

  it.each([-86_400e3, 86_400e3])(
    'goes by the monotonic clock while the machine runs, the wall clock being off by %d ms',
    async (step) => {
      const { store } = await open();
      await store.put(rule('a', 'ttl: 10s'));
      await store.replaceFile(file(['b', 'until: 2026-11-21T10:00:10Z']));
      clock.stepWall(step);
      clock.advance(4000);
      const after = await restart();
      await after.replaceFile(file(['b', 'until: 2026-11-21T10:00:10Z']));
      expect(listedRules(after)).toEqual(['b armed file 6000', 'a armed api 6000']);
    },
  );

  it.each([
    ['another boot id', 'boot-2', 50_000_000],
    ['no boot id', '', 50_000_000],
    ['a monotonic clock that went back', 'boot-1', 7],
  ])('goes by the wall clock where the machine was started anew: %s', async (_what, bootId, monotonicMs) => {
    const { store } = await open();
    await store.put(rule('a', 'ttl: 60s'));
    await store.put(rule('b', 'ttl: 20s'));
    clock = new FakeClock(monotonicMs, clock.wallMs() + 30_000);
    const after = await restart(bootId);
    expect(listedRules(after)).toEqual(['a armed api 30000', 'b ended api 0']);
    clock.advance(30_000);
    expect(armedIds(after)).toEqual([]);
  });

  it('keeps an end, also where the wall clock is then set back over a start of the machine', async () => {
    const { store } = await open();
    await store.replaceFile(file(['a', 'ttl: 10s']));
    clock.advance(10_000);
    await store[Symbol.asyncDispose]();
    expect(await onDisk()).toEqual(['a ended']);
    clock = new FakeClock(5, clock.wallMs() - 3600e3);
    const after = await restart('boot-2');
    await after.replaceFile(file(['a', 'ttl: 10s']));
    expect(listedRules(after)).toEqual(['a ended file 0']);
  });

  it('gives an id to the file that has come to hold it', async () => {
    const { store } = await open();
    await store.put(rule('a', 'ttl: 10s'));
    const after = await restart();
    await after.replaceFile(file(['a', 'share: 1%']));
    expect(listedRules(after)).toEqual(['a armed file null']);
    expect(listedRules(await restart())).toEqual([]);
  });

  it('drops a rule that this version cannot read, and says so', async () => {
    const { store } = await open();
    await store.put(rule('a', 'ttl: 10s'));
    await store.put(rule('b', 'ttl: 10s'));
    const path = join(stateDir, 'rules.json');
    await writeFile(path, (await readFile(path, 'utf8')).replace('"abort":503', '"explode":503'));
    const { store: after, warnings } = await open();
    expect(armedIds(after)).toEqual(['b']);
    expect(warnings.join()).toContain('rule a of the admin API cannot be read any more and is dropped');
    expect(warnings.join()).toContain('unknown fault "explode"');
  });

  it.each([
    ['cut off', '{"format":"sidequake/state/v1","rules":[{"id'],
    ['empty', ''],
    ['of another format', '{"format":"sidequake/state/v9","bootId":"","monotonicMs":1,"rules":[]}'],
    ['without rules', '{"format":"sidequake/state/v1","bootId":"","monotonicMs":1}'],
    ['with half a rule', '{"format":"sidequake/state/v1","bootId":"","monotonicMs":1,"rules":[{"id":"a"}]}'],
    ['a list', '[]'],
  ])('with a file that is %s starts with none and keeps the file aside', async (_what, text) => {
    await mkdir(stateDir);
    await writeFile(join(stateDir, 'rules.json'), text);
    const { store, warnings } = await open();
    expect(listedRules(store)).toEqual([]);
    expect(warnings).toEqual([expect.stringContaining(`the state in ${stateDir} (--state) is not usable`)]);
    const aside = (await readdir(stateDir)).find((name) => name.includes('corrupt'));
    expect(await readFile(join(stateDir, aside ?? ''), 'utf8')).toBe(text);
    await store.put(rule('a'));
    expect(armedIds(await restart())).toEqual(['a']);
  });

  it('that cannot be made or written is an error at the start that names it', async () => {
    await writeFile(join(parent, 'file'), '');
    stateDir = join(parent, 'file', 'state');
    await expect(open()).rejects.toMatchObject({
      code: 'state-unwritable',
      message: expect.stringContaining(`the state directory ${stateDir} (--state)`),
    });
    stateDir = join(parent, 'state');
    await mkdir(join(stateDir, 'rules.json.tmp'), { recursive: true });
    await expect(open()).rejects.toMatchObject({
      code: 'state-unwritable',
      message: expect.stringContaining(`the state directory ${stateDir} (--state) cannot be written`),
    });
  });

  describe('that cannot be written any more', () => {
    /** A folder in the way of the temporary file: fails for root as well. */
    async function breakDisk(): Promise<void> {
      await mkdir(join(stateDir, 'rules.json.tmp'));
    }

    it('refuses changes by the API and leaves everything as it was', async () => {
      const { store } = await open();
      await store.put(rule('a', 'ttl: 10s'));
      await breakDisk();
      const before = store.current;
      for (const change of [
        store.put(rule('b')),
        store.put(rule('a', 'share: 1%')),
        store.renew('a', 60_000),
        store.delete('a'),
      ]) {
        expect(await change).toMatchObject({
          ok: false,
          code: 'state-unwritable',
          message: expect.stringContaining(stateDir),
        });
      }
      expect(store.current).toBe(before);
      expect(listedRules(store)).toEqual(['a armed api 10000']);
      clock.advance(10_000);
      expect(armedIds(store)).toEqual([]);
      await rm(join(stateDir, 'rules.json.tmp'), { recursive: true });
      expect((await store.delete('a')).ok).toBe(true);
      expect(listedRules(store)).toEqual([]);
    });

    it('does not stop the file from taking a rule back, and says so', async () => {
      const { store, warnings } = await open();
      await store.replaceFile(file(['a', 'ttl: 10s']));
      await breakDisk();
      await store.replaceFile(file(['b']));
      expect(armedIds(store)).toEqual(['b']);
      expect(warnings).toEqual([expect.stringContaining('cannot be written')]);
    });

    it('does not stop a lease from ending', async () => {
      const { store, warnings } = await open();
      await store.put(rule('a', 'ttl: 10s'));
      await breakDisk();
      clock.advance(10_000);
      expect(armedIds(store)).toEqual([]);
      await store[Symbol.asyncDispose]();
      expect(warnings).toEqual([expect.stringContaining('cannot be written')]);
    });
  });

  it('is never seen half-written: the file is replaced as a whole', async () => {
    const { store } = await open();
    const path = join(stateDir, 'rules.json');
    const writes = Promise.all(Array.from({ length: 20 }, (_, i) => store.put(rule(`r${i}`))));
    let done = false;
    void writes.then(() => (done = true));
    let reads = 0;
    while (!done) {
      expect(JSON.parse(await readFile(path, 'utf8'))).toHaveProperty('format');
      reads++;
    }
    expect(reads).toBeGreaterThan(1);
    expect(await onDisk()).toHaveLength(20);
  });

  it('holds what a rule is for nobody else to read', async () => {
    const { store } = await open();
    await store.put(rule('a'));
    expect((await stat(join(stateDir, 'rules.json'))).mode & 0o077).toBe(0);
  });
});

describe('the boot id', () => {
  it('is the same while the machine runs', () => {
    expect(readBootId()).toBe(readBootId());
    expect(readBootId()).toMatch(/^[0-9a-f-]{36}$/);
  });

  it('is empty where the system has none', () => {
    expect(readBootId('/proc/no-such-file')).toBe('');
  });
});
