import { describe, expect, it } from 'vitest';
import type { ProgressEvent } from '../../../verifier/experiment/progress.ts';
import { littleWorld } from '../../support/little-world.ts';
import { run, written } from './little-experiment.ts';

const isStage = (event: ProgressEvent, stage: string): boolean => event.kind === 'stage' && event.stage === stage;
const armedAtAll = (requests: readonly string[]): boolean => requests.some((line) => line.startsWith('PUT /rules'));

describe.concurrent('bad luck with sidecars', () => {
  it('a guard ends the fault everywhere and the run goes on to the recovery', async () => {
    await using world = await littleWorld();
    const { journal } = await run(
      written(world, {
        phases: '{ baseline: 1200ms, fault: 30s, recovery: 1200ms }',
        guards: '[{ of: availability, below: 80%, breaches: 2 of 3 }]',
      }),
    );
    expect(journal, journal.reason).toMatchObject({ verdict: 'aborted', exitCode: 4, undo: { confirmed: true } });
    expect(journal.phases.map(({ name }) => name)).toEqual(['baseline', 'fault', 'recovery']);
    expect(journal.guards).toMatchObject([{ of: 'availability', tripped: true, trips: 'below 80% in 2 of 3' }]);
    const fault = journal.phases.find(({ name }) => name === 'fault');
    expect(Date.parse(fault?.to ?? '') - Date.parse(fault?.from ?? '')).toBeLessThan(10_000);
  });

  it('one target that cannot be armed: all are taken back', async () => {
    await using world = await littleWorld();
    await using other = await littleWorld();
    other.admin.mood.refusePut = 400;
    const { journal } = await run(
      written(world, {
        targets: `{ app: { admin: ${world.admin.url} }, other: { admin: ${other.admin.url} } }`,
        faults: `[{ target: app, rule: { faults: [ abort: 503 ] } }, { target: other, rule: { faults: [ abort: 503 ] } }]`,
      }),
    );
    expect(journal, journal.reason).toMatchObject({ verdict: 'inconclusive', exitCode: 3, undo: { confirmed: true } });
    expect(journal.reason).toContain('this sidecar does not want it');
    expect(armedAtAll(world.admin.requests)).toBe(true);
    expect(world.admin.armed.size).toBe(0);
  });

  it('one that restarts without the rule: the fault ended early', async () => {
    await using world = await littleWorld();
    const { journal } = await run(
      written(world, { phases: '{ baseline: 1200ms, fault: 30s, recovery: 1200ms }' }),
      (event) => {
        if (isStage(event, 'fault')) setTimeout(() => world.admin.restart(), 500);
      },
    );
    expect(journal, journal.reason).toMatchObject({ verdict: 'inconclusive', exitCode: 3, undo: { confirmed: true } });
    expect(journal.reason).toContain('ended early');
  });

  it('one that never answers again: undo failed, with what to run', async () => {
    await using world = await littleWorld();
    const { journal } = await run(written(world), (event) => {
      if (isStage(event, 'fault')) setTimeout(() => (world.admin.mood.silent = true), 500);
    });
    expect(journal, journal.reason).toMatchObject({ verdict: 'undo-failed', exitCode: 5, undo: { confirmed: false } });
    expect(journal.reason).toContain(`sidequake fault clear little-1 --admin ${world.admin.url}`);
  });

  it('one that others use too: it is told', async () => {
    await using world = await littleWorld();
    await fetch(`${world.admin.url}/rules/theirs`, {
      method: 'PUT',
      body: JSON.stringify({ ttl: '60s', share: '0%' }),
    });
    const { journal } = await run(written(world));
    expect(journal, journal.reason).toMatchObject({ verdict: 'pass' });
    expect(journal.findings).toContain('The sidecar of app has other rules too: theirs (armed, from api).');
    expect([...world.admin.armed.keys()]).toEqual(['theirs']);
  });

  it('an id that is taken: nothing is touched', async () => {
    await using world = await littleWorld();
    const id = 'little-1';
    await fetch(`${world.admin.url}/rules/${id}`, { method: 'PUT', body: JSON.stringify({ ttl: '60s' }) });
    const { journal } = await run(written(world));
    expect(journal, journal.reason).toMatchObject({ verdict: 'inconclusive', exitCode: 3, phases: [] });
    expect(journal.reason).toContain('already has a rule little-1');
    expect(world.admin.armed.has(id)).toBe(true);
  });
});
