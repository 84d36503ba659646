import { describe, expect, it } from 'vitest';
import { littleWorld } from '../../support/little-world.ts';
import { availability, run, written } from './little-experiment.ts';

const armedAtAll = (requests: readonly string[]): boolean => requests.some((line) => line.startsWith('PUT /rules'));

/** Holds whatever breaks. */
const BROKEN_BUT_FINE = `  - query: { name: q, promql: 'app_requests_total{code="200"}', below: 100000, in: [fault] }`;

describe.concurrent('a run', () => {
  it('passes where the system holds, and proves that the fault was there', async () => {
    await using world = await littleWorld();
    const { journal } = await run(written(world));
    expect(journal, journal.reason).toMatchObject({
      verdict: 'pass',
      exitCode: 0,
      undo: { confirmed: true, left: [] },
    });
    expect(journal.phases.map(({ name }) => name)).toEqual(['baseline', 'fault', 'recovery']);
    const [proof] = journal.injection;
    expect(proof).toMatchObject({ agrees: true, from: 'ledger', target: 'app', rule: 'little-1' });
    expect(proof?.ledger.matched).toBeGreaterThan(20);
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
    await using world = await littleWorld();
    const { journal } = await run(written(world, { expect: availability('99%') }));
    expect(journal, journal.reason).toMatchObject({ verdict: 'deviated', exitCode: 1, undo: { confirmed: true } });
    expect(journal.reason).toContain('availability in fault');
  });

  it('injects nothing into a system that is not steady', async () => {
    await using world = await littleWorld();
    world.app.errorEvery = 2;
    const { journal } = await run(written(world, { expect: availability('99%') }));
    expect(journal, journal.reason).toMatchObject({ verdict: 'unsteady', exitCode: 6, injection: [] });
    expect(journal.timelines[0]?.points.length).toBeGreaterThan(0);
    expect(armedAtAll(world.admin.requests)).toBe(false);
  });

  it('is inconclusive where the fault matched nothing', async () => {
    await using world = await littleWorld();
    world.admin.mood.matchNothing = true;
    const { journal } = await run(written(world));
    expect(journal, journal.reason).toMatchObject({ verdict: 'inconclusive', exitCode: 3, undo: { confirmed: true } });
    expect(journal.reason).toContain('no exchange matched');
  });

  it('is inconclusive where the share was not kept', async () => {
    await using world = await littleWorld();
    world.admin.mood.ignoreShare = true;
    const { journal } = await run(written(world, { share: '20%', expect: BROKEN_BUT_FINE }));
    expect(journal.verdict).toBe('inconclusive');
    expect(journal.reason).toContain('were to be expected by its share');
  });
});

describe.concurrent('evidence that is missing never passes', () => {
  const query = (promql: string) => `  - query: { name: q, promql: '${promql}', below: 100, in: [fault] }`;

  it.for([
    ['no data', 'app_is_missing'],
    ['NaN', 'app_nan'],
    ['two series', 'app_requests_total'],
  ])('%s', async ([, promql = '']) => {
    await using world = await littleWorld();
    const { journal } = await run(written(world, { expect: query(promql) }));
    expect(journal, journal.reason).toMatchObject({ verdict: 'inconclusive', exitCode: 3 });
    expect(armedAtAll(world.admin.requests)).toBe(false);
  });

  it('zero traffic', async () => {
    await using world = await littleWorld();
    world.app.countsNothing = true;
    const { journal } = await run(written(world));
    expect(journal, journal.reason).toMatchObject({ verdict: 'inconclusive', exitCode: 3 });
  });

  it('a wrong query is refused before anything is armed', async () => {
    await using world = await littleWorld();
    const { journal } = await run(written(world, { expect: query('rate(app_requests_total)') }));
    expect(journal, journal.reason).toMatchObject({ verdict: 'invalid', exitCode: 2, phases: [] });
    expect(world.admin.requests).toEqual([]);
  });
});
