/** The scenarios of closed-loop load: they differ in body, headers and connections. */
import { VARIANT_NAMES } from '../engines/registry.ts';
import { type Column, ROUNDS, type ScenarioResult } from '../model.ts';
import { memory } from '../process/usage.ts';
import { withRatios } from '../report/ratios.ts';
import { COLUMNS } from './columns.ts';
import { preflight } from './preflight.ts';
import { type Contestant, runRounds } from './rounds.ts';
import { type LoadShape, sampleLoad } from './sample.ts';
import type { Bench, Scenario } from './scenario.ts';

const MIB = 1_048_576;

/** How long code may get warm before it is measured. */
const WARM_SECONDS = 1;

/** What tells one such scenario from another. */
export interface LoadScenario {
  readonly name: string;
  readonly title: string;
  readonly quick: boolean;
  readonly shape: Omit<LoadShape, 'seconds'>;
  /** Whether the variants of our own proxy are measured too. */
  readonly variants: boolean;
  readonly columns?: readonly Column[];
  readonly notes?: readonly string[];
  /** Before each measurement. */
  readonly settle?: (bench: Bench) => Promise<void>;
}

/** Makes the scenario. */
export function loadScenario(of: LoadScenario): Scenario {
  return { name: of.name, title: of.title, quick: of.quick, run: (bench) => run(bench, of) };
}

async function run(bench: Bench, of: LoadScenario): Promise<ScenarioResult> {
  const engines = bench.engines.filter(
    ({ name, protocols }) => protocols.includes('http') && (of.variants || !VARIANT_NAMES.includes(name)),
  );
  const forwarded = new Map<Contestant, number>();
  const sample = async (contestant: Contestant, seconds: number) => {
    await of.settle?.(bench);
    const taken = await sampleLoad(bench, contestant.running, { ...of.shape, seconds });
    forwarded.set(contestant, (forwarded.get(contestant) ?? 0) + taken.forwarded);
    return taken;
  };
  const rows = await runRounds(bench, engines, {
    protocol: 'http',
    rounds: bench.rounds ?? (of.quick ? ROUNDS.targeted : ROUNDS.other),
    prepare: async (contestant) => {
      const problems = await preflight(contestant.running.port, of.shape.path);
      if (problems.length > 0) return problems;
      return (await sample(contestant, WARM_SECONDS)).problems;
    },
    measure: async (contestant) => {
      const { figures, problems } = await sample(contestant, bench.seconds);
      const { pid } = contestant.running;
      return { figures: { ...figures, rssMib: pid === null ? null : memory(pid).rss / MIB }, problems };
    },
    finish: async (contestant) => (await contestant.running.audit?.(forwarded.get(contestant) ?? 0)) ?? [],
  });
  return {
    name: of.name,
    title: of.title,
    columns: of.columns ?? COLUMNS.load,
    rows: withRatios(rows, 'cpuUs'),
    notes: of.notes ?? [],
  };
}
