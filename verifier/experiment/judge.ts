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

/** The course of every figure from the first phase to now. */
export async function drawTimelines(run: RunState): Promise<void> {
  const [first] = run.phases;
  if (first === undefined) return;
  const to = prometheusNow(run);
  for (const { name, kind, params } of run.experiment.expectations) {
    try {
      run.timelines.push(await kind.timeline(params, first.from, to, evidence(run)));
    } catch (error) {
      // A picture that is missing must not cost the verdict, but it must be told.
      note(
        run,
        `The timeline of ${name} could not be drawn: ${error instanceof Error ? error.message : String(error)}`,
      );
    }
  }
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
