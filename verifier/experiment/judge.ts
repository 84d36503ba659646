import type { Evidence, PhaseWindow } from '../expect/expectation.ts';
import type { ExpectationResult } from '../report/journal.ts';
import type { PlannedExpectation } from './experiment.ts';
import { note, prometheusNow } from './run-state.ts';
import type { RunState } from './run-state.ts';

/** Asks Prometheus about phases that lie in the past; each judgement waits until the samples behind its end are there. */

/** All expectations on the baseline, whatever phases they name: the steady state is what the fault is compared with. */
export async function judgeBaseline(run: RunState): Promise<readonly ExpectationResult[]> {
  const phase = run.phases.find(({ name }) => name === 'baseline');
  if (phase === undefined) return [];
  run.ports.progress({ kind: 'stage', stage: 'checking the baseline', durationMs: null });
  return await judge(run, run.experiment.expectations, phase);
}

/** Every expectation in every phase that it is asked for and that took place, the baseline apart. */
export async function judgeAfter(run: RunState): Promise<readonly ExpectationResult[]> {
  const results: ExpectationResult[] = [];
  run.ports.progress({ kind: 'stage', stage: 'judging', durationMs: null });
  for (const phase of run.phases.filter(({ name }) => name !== 'baseline')) {
    const asked = run.experiment.expectations.filter(({ in: phases }) => phases.some((name) => name === phase.name));
    results.push(...(await judge(run, asked, phase)));
  }
  return results;
}

/** The course of every figure from the first phase to now, however the run ended. */
export async function drawTimelines(run: RunState, signal: AbortSignal): Promise<void> {
  const [first] = run.phases;
  if (first === undefined) return;
  const to = prometheusNow(run);
  run.timelines = await Promise.all(
    run.experiment.expectations.map(async ({ name, kind, params }) => {
      const timeline = await kind.timeline(params, first.from, to, { ...evidence(run), signal });
      // A picture that is missing must not cost the verdict, but it must be told.
      if (timeline.points.length === 0) note(run, `Prometheus gave nothing for the timeline of ${name}.`);
      return timeline;
    }),
  );
}

async function judge(
  run: RunState,
  expectations: readonly PlannedExpectation[],
  phase: PhaseWindow,
): Promise<readonly ExpectationResult[]> {
  return await Promise.all(
    expectations.map(async ({ kind, params }) => await kind.judge(params, phase, evidence(run))),
  );
}

function evidence(run: RunState): Evidence {
  return { prometheus: run.ports.prometheus, scrapeSeconds: run.scrapeSeconds ?? 0, signal: run.ports.stop };
}
