import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import type { LittleWorlds } from '../../support/little-worlds.ts';
import { littleWorlds } from '../../support/little-worlds.ts';
import { availability, run, written } from './little-experiment.ts';

let worlds: LittleWorlds;
beforeAll(async () => {
  worlds = await littleWorlds(10);
}, 60_000);
afterAll(async () => {
  await worlds[Symbol.asyncDispose]();
});

const armedAtAll = (requests: readonly string[]): boolean => requests.some((line) => line.startsWith('PUT /rules'));

describe.concurrent('a run', () => {
  it('passes where the system holds, and proves that the fault was there', async () => {
    const world = worlds.take();
    const { journal } = await run(written(world));
    expect(journal).toMatchObject({ verdict: 'pass', exitCode: 0, undo: { confirmed: true, left: [] } });
    expect(journal.phases.map(({ name }) => name)).toEqual(['baseline', 'fault', 'recovery']);
    const [proof] = journal.injection;
    expect(proof).toMatchObject({ agrees: true, from: 'ledger', target: 'app', rule: 'little-1' });
    expect(proof?.ledger.matched).toBeGreaterThan(200);
    expect(journal.expectations.map(({ phase, verdict }) => `${phase} ${verdict}`)).toEqual([
      'baseline pass',
      'fault pass',
      'recovery pass',
    ]);
    const fault = journal.expectations.find(({ phase }) => phase === 'fault');
    expect(fault?.low).toBeLessThan(0.55);
    expect(fault?.high).toBeGreaterThan(0.45);
    expect(journal.load?.phases.map(({ name }) => name)).toEqual(['baseline', 'fault', 'recovery']);
    expect(journal.timelines).toHaveLength(1);
    expect(world.admin.armed.size).toBe(0);
  });

  it('deviates where it does not hold', async () => {
    const world = worlds.take();
    const { journal } = await run(written(world, { expect: availability(world, '99%') }));
    expect(journal).toMatchObject({ verdict: 'deviated', exitCode: 1, undo: { confirmed: true } });
    expect(journal.reason).toContain('availability in fault');
  });

  it('injects nothing into a system that is not steady', async () => {
    const world = worlds.take();
    world.app.errorEvery = 2;
    const { journal } = await run(written(world, { expect: availability(world, '99%') }));
    expect(journal).toMatchObject({ verdict: 'unsteady', exitCode: 6, injection: [] });
    expect(armedAtAll(world.admin.requests)).toBe(false);
  });

  it('is inconclusive where the fault matched nothing', async () => {
    const world = worlds.take();
    world.admin.mood.matchNothing = true;
    const { journal } = await run(written(world));
    expect(journal).toMatchObject({ verdict: 'inconclusive', exitCode: 3, undo: { confirmed: true } });
    expect(journal.reason).toContain('no exchange matched');
  });

  it('is inconclusive where the share was not kept', async () => {
    const world = worlds.take();
    world.admin.mood.ignoreShare = true;
    const { journal } = await run(written(world, { share: '20%', expect: availability(world, '0%') }));
    expect(journal.verdict).toBe('inconclusive');
    expect(journal.reason).toContain('were to be expected by its share');
  });
});

describe.concurrent('evidence that is missing never passes', () => {
  const query = (world: { label: string }, promql: string) =>
    `  - query: { name: q, promql: '${promql.replace('LABEL', world.label)}', below: 100, in: [fault] }`;

  it.for([
    ['no data', 'app_is_missingLABEL'],
    ['NaN', 'app_nanLABEL'],
    ['two series', 'app_requests_totalLABEL'],
  ])('%s', async ([, promql = '']) => {
    const world = worlds.take();
    const { journal } = await run(written(world, { expect: query(world, promql) }));
    expect(journal).toMatchObject({ verdict: 'inconclusive', exitCode: 3 });
    expect(armedAtAll(world.admin.requests)).toBe(false);
  });

  it('zero traffic', async () => {
    const world = worlds.take();
    world.app.countsNothing = true;
    const { journal } = await run(written(world));
    expect(journal).toMatchObject({ verdict: 'inconclusive', exitCode: 3 });
  });

  it('a wrong query is refused before anything is armed', async () => {
    const world = worlds.take();
    const { journal } = await run(written(world, { expect: query(world, 'rate(app_requests_totalLABEL)') }));
    expect(journal).toMatchObject({ verdict: 'invalid', exitCode: 2, phases: [] });
    expect(world.admin.requests).toEqual([]);
  });
});
