/** Which engines and scenarios a run consists of. Pure but for asking the engines whether they are installed. */
import type { Engine } from './engines/engine.ts';
import { VARIANT_NAMES } from './engines/registry.ts';
import type { Options } from './options.ts';
import type { Baseline } from './report/gate.ts';
import type { Scenario } from './scenarios/scenario.ts';

/** What is run, and what cannot be. */
export interface Selection {
  readonly engines: readonly Engine[];
  readonly scenarios: readonly Scenario[];
  /** What to install, for each engine that is missing. */
  readonly missing: readonly string[];
}

/** The engines that a quick run and the gate need: the others say nothing about the targets. */
const NEEDED = ['sidequake', 'haproxy', 'http-proxy'];

/** Applies the options; the gate runs the scenarios that its baseline has. */
export function select(
  options: Options,
  engines: readonly Engine[],
  scenarios: readonly Scenario[],
  baseline: Baseline | null,
): Selection {
  const wanted = engines.filter(({ name }) => {
    if (options.only !== null) return options.only.includes(name);
    if (options.gate) return NEEDED.includes(name) || VARIANT_NAMES.includes(name);
    return !options.quick || name === 'direct' || NEEDED.includes(name);
  });
  const missing = wanted.flatMap((engine) => engine.missing() ?? []);
  return {
    engines: wanted.filter((engine) => engine.missing() === null),
    scenarios: scenarios.filter(({ name, quick }) => {
      if (options.scenarios !== null) return options.scenarios.includes(name);
      if (baseline !== null) return name in baseline.ratios;
      return !options.quick || quick;
    }),
    missing,
  };
}
