import type { Experiment } from './experiment.ts';
import { PHASES } from './experiment.ts';

/** Every query a run will ask, once each, with the expectation it belongs to. `endsAt`: Unix seconds, any plausible. */
export function queriesOf(
  experiment: Experiment,
  endsAt: number,
): readonly { readonly name: string; readonly promql: string }[] {
  const queries = new Map<string, string>();
  for (const { name, kind, params } of experiment.expectations) {
    for (const phase of PHASES) {
      const ms = experiment.phasesMs[phase];
      if (ms === 0) continue;
      for (const promql of kind.queries(params, { name: phase, from: endsAt - ms / 1000, to: endsAt })) {
        if (!queries.has(promql)) queries.set(promql, name);
      }
    }
  }
  return [...queries].map(([promql, name]) => ({ name, promql }));
}

/** The plain selectors behind those queries, once each. */
export function selectorsOf(experiment: Experiment): readonly string[] {
  return [...new Set(experiment.expectations.flatMap(({ kind, params }) => kind.selectors(params)))];
}
