import { describe, expect, it } from 'vitest';
import type { ProgressEvent } from '../../../verifier/experiment/progress.ts';
import { littleWorld } from '../../support/little-world.ts';
import { run, written } from './little-experiment.ts';

const isStage = (event: ProgressEvent, stage: string): boolean => event.kind === 'stage' && event.stage === stage;
const armedAtAll = (requests: readonly string[]): boolean => requests.some((line) => line.startsWith('PUT /rules'));

describe.concurrent('bad luck with Prometheus', () => {
  it('down at the start: nothing is armed', async () => {
    await using world = await littleWorld();
    await world.prometheus.shut();
    const { journal } = await run(written(world));
    expect(journal, journal.reason).toMatchObject({ verdict: 'inconclusive', exitCode: 3, phases: [] });
    expect(armedAtAll(world.admin.requests)).toBe(false);
  });

  it('lost while the fault acts: the fault is ended', async () => {
    await using world = await littleWorld();
    const { journal } = await run(
      written(world, { phases: '{ baseline: 1200ms, fault: 30s, recovery: 1200ms }' }),
      (event) => {
        if (isStage(event, 'fault')) setTimeout(() => void world.prometheus.shut(), 300);
      },
    );
    expect(journal, journal.reason).toMatchObject({ verdict: 'inconclusive', exitCode: 3, undo: { confirmed: true } });
    expect(journal.reason).toContain('Prometheus has not answered 3 times in a row');
    expect(world.admin.armed.size).toBe(0);
  });

  it('lost at the end: the fault is long gone', async () => {
    await using world = await littleWorld();
    const { journal } = await run(written(world), (event) => {
      if (isStage(event, 'judging')) void world.prometheus.shut();
    });
    expect(journal, journal.reason).toMatchObject({ verdict: 'inconclusive', exitCode: 3, undo: { confirmed: true } });
    expect(world.admin.armed.size).toBe(0);
  });
});

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

describe.concurrent('the operator', () => {
  it.for(['lead-in', 'baseline', 'arming', 'fault', 'undo', 'settling', 'recovery', 'judging'])(
    'stops it at %s: nothing is left',
    async (stage) => {
      await using world = await littleWorld();
      const { journal } = await run(written(world), (event, stop) => {
        if (isStage(event, stage)) stop();
      });
      expect(journal, journal.reason).toMatchObject({ verdict: 'aborted', exitCode: 4, undo: { confirmed: true } });
      expect(world.admin.armed.size).toBe(0);
    },
  );

  it('leaves at once when undo hangs', async () => {
    await using world = await littleWorld();
    const { journal } = await run(written(world), (event, stop, leave) => {
      if (isStage(event, 'fault')) world.admin.mood.silent = true;
      if (isStage(event, 'fault')) setTimeout(stop, 300);
      if (isStage(event, 'undo')) setTimeout(leave, 100);
    });
    expect(journal, journal.reason).toMatchObject({ verdict: 'undo-failed', exitCode: 5, undo: { confirmed: false } });
    expect(journal.undo.left[0]).toContain('its lease ends in');
  });
});
