import { describe, expect, it, vi } from 'vitest';
import type { ProgressEvent } from '../../../verifier/experiment/progress.ts';
import { littleWorld } from '../../support/little-world.ts';
import { run, written } from './little-experiment.ts';

// Worlds wait most of the time.
vi.setConfig({ maxConcurrency: 8 });

const isStage = (event: ProgressEvent, stage: string): boolean => event.kind === 'stage' && event.stage === stage;

const SHORT = '{ baseline: 800ms, fault: 1s, recovery: 800ms }';

describe.concurrent('the operator', () => {
  it.for([
    'preflight',
    'lead-in',
    'baseline',
    'checking the baseline',
    'arming',
    'fault',
    'undo',
    'settling',
    'recovery',
    'judging',
    'looking back',
  ])('stops it at %s: nothing is left', async (stage) => {
    await using world = await littleWorld();
    const { journal } = await run(written(world, { phases: SHORT }), (event, stop) => {
      if (isStage(event, stage)) stop();
    });
    expect(journal, journal.reason).toMatchObject({ verdict: 'aborted', exitCode: 4, undo: { confirmed: true } });
    expect(world.admin.armed.size).toBe(0);
    // Whatever took place has its timeline.
    const seen = journal.timelines.map(({ points }) => points.length > 0);
    expect(seen).toEqual(journal.phases.length > 0 ? [true] : []);
  });

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
