import { EXIT, EXIT_INTERNAL, worstExitCode } from '../exit.ts';
import type { Journal } from '../report/journal.ts';
import { conclude } from '../verdict.ts';
import { describeTrip } from './guard.ts';
import type { RunState } from './run-state.ts';
import { timeText } from './time-text.ts';

/**
 * The journal of a run that is over. Pure but for the clock that says when it ended. `crashed`: by an error of our own,
 * which is no verdict and so shows in the exit code.
 */
export function journalOf(run: RunState, crashed: boolean): Journal {
  const { experiment, ports } = run;
  const { verdict, reason } = conclude({
    stops: run.stops,
    // What the baseline came to is among the stops, under its own verdict.
    expectations: run.results.filter(({ phase }) => phase !== 'baseline'),
    injection: run.injection,
    undo: run.undo,
    injected: run.injected,
  });
  return {
    schema: 'sidequake/journal/v1',
    id: ports.id,
    sidequake: ports.version,
    experiment: experiment.name,
    question: experiment.question,
    verdict,
    exitCode: worstExitCode(crashed ? [EXIT[verdict], EXIT_INTERNAL] : [EXIT[verdict]]),
    reason,
    startedAt: timeText(run.startedAtMs + run.skewMs),
    endedAt: timeText(run.hereMs() + run.skewMs),
    prometheus: {
      url: ports.prometheus.shownUrl,
      version: run.version,
      scrapeIntervalMs: run.scrapeSeconds === null ? null : run.scrapeSeconds * 1000,
      clockSkewMs: run.scrapeSeconds === null ? null : Math.round(run.skewMs),
    },
    phases: run.phases.map(({ name, from, to }) => ({ name, from: timeText(from * 1000), to: timeText(to * 1000) })),
    faults: experiment.faults.map(({ target, id, written, predictions }) => ({
      target,
      rule: { id, ...written },
      predicted: predictions.map(({ seen }) => seen),
    })),
    expectations: run.results,
    guards: run.guards.map(({ spec, evaluations, breaches, lost, trippedAtMs }) => ({
      of: spec.of,
      trips: describeTrip(spec),
      evaluations,
      breaches,
      lost,
      tripped: trippedAtMs !== null,
      at: trippedAtMs === null ? null : timeText(trippedAtMs),
    })),
    injection: run.injection,
    retries: [],
    load: run.load,
    undo: run.undo,
    timelines: run.timelines,
    findings: run.notes,
    ...(ports.rerun === undefined ? {} : { rerun: ports.rerun }),
  };
}
