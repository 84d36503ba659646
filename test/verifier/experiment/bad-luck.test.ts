import { describe, expect, it } from 'vitest';
import { setTimeout as sleep } from 'node:timers/promises';
import { connectAdmin } from '../../../verifier/undo/admin-client.ts';
import type { Admin } from '../../../verifier/undo/admin-client.ts';
import { Crash } from '../../../verifier/experiment/run-state.ts';
import type { ProgressEvent } from '../../../verifier/experiment/progress.ts';
import { littleWorld } from '../../support/little-world.ts';
import { availability, run, written } from './little-experiment.ts';

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

describe.concurrent('a slow Prometheus', () => {
  const LONG = '{ baseline: 1200ms, fault: 3s, recovery: 1200ms }';
  const GUARD = '[{ of: availability, below: 5%, breaches: 3 of 3 }]';

  it('is not asked twice about the same samples to make up for lost time', async () => {
    await using world = await littleWorld();
    const { journal } = await run(written(world, { phases: LONG, guards: GUARD }), (event) => {
      if (isStage(event, 'fault')) world.prometheus.before = async () => await sleep(300);
      if (isStage(event, 'undo')) world.prometheus.before = async () => {};
    });
    // 12 intervals; each evaluation takes about four of them or is cut off there.
    expect(journal.guards[0]?.evaluations, JSON.stringify(journal.guards)).toBeLessThanOrEqual(5);
  });

  it('does not keep a guard waiting by a query of somebody else, nor does a silent sidecar', async () => {
    await using world = await littleWorld();
    const slow = 'app_requests_total{code="200"}';
    const other = `  - query: { name: slow, promql: '${slow}', below: 100000, in: [fault] }`;
    const { journal } = await run(
      written(world, { phases: LONG, guards: GUARD, expect: `${availability('30%')}\n${other}` }),
      (event) => {
        if (isStage(event, 'fault')) {
          world.prometheus.before = async (query) => void (query === slow && (await sleep(3000)));
        }
        if (isStage(event, 'undo')) world.prometheus.before = async () => {};
      },
    );
    // Waiting for the other query, no more than three would fit in.
    expect(journal.guards[0]?.tripped).toBe(false);
    expect(journal.guards[0]?.evaluations).toBeGreaterThanOrEqual(5);
  });

  it('that is gone when the clocks are compared again cannot pass', async () => {
    await using world = await littleWorld();
    const { journal } = await run(written(world), (event) => {
      if (isStage(event, 'looking back')) void world.prometheus.shut();
    });
    expect(journal, journal.reason).toMatchObject({ verdict: 'inconclusive', undo: { confirmed: true } });
    expect(journal.expectations.every(({ verdict }) => verdict === 'pass')).toBe(true);
  });
});

describe.concurrent('bad luck with ourselves', () => {
  it('a screen that fails does not come between a fault and its undo', async () => {
    await using world = await littleWorld();
    const { journal } = await run(written(world), (event) => {
      if (isStage(event, 'fault')) throw new Error('no such terminal');
    });
    expect(journal, journal.reason).toMatchObject({ verdict: 'pass', undo: { confirmed: true } });
    expect(journal.findings).toContain('The progress could not be shown: Error: no such terminal');
  });

  it('an error of our own while the fault acts: it is taken back and the journal is kept', async () => {
    await using world = await littleWorld();
    let ledgers = 0;
    const broken = (address: string): Admin => {
      const admin = connectAdmin(address, 1000);
      const ledger = admin.ledger.bind(admin);
      return Object.assign(admin, {
        ledger: async (signal: AbortSignal) => {
          if (++ledgers === 2) throw new TypeError('a mistake');
          return await ledger(signal);
        },
      });
    };
    const { journal, crash } = await run(written(world), () => {}, { connectAdmin: broken });
    expect(crash?.error).toBeInstanceOf(TypeError);
    expect(journal, journal.reason).toMatchObject({ verdict: 'inconclusive', exitCode: 70, undo: { confirmed: true } });
    expect(journal.reason).toBe('An internal error ended the run: a mistake');
    expect(world.admin.armed.size).toBe(0);
  });

  it('an error that nobody caught ends the run like the operator does, under its own name', async () => {
    await using world = await littleWorld();
    const stop = new AbortController();
    const { journal, crash } = await run(
      written(world),
      (event) => {
        if (isStage(event, 'fault')) stop.abort(new Crash(new Error('from nowhere')));
      },
      { stop: stop.signal },
    );
    expect(crash?.error).toMatchObject({ message: 'from nowhere' });
    expect(journal, journal.reason).toMatchObject({ verdict: 'inconclusive', exitCode: 70, undo: { confirmed: true } });
    expect(world.admin.armed.size).toBe(0);
  });
});
