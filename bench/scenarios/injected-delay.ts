/**
 * How exactly an injected delay is kept, at 1,000 requests per second that leave on time whatever comes back. The error
 * of a fixed delay is taken per request and holds everything on the way: proxy, upstream, and the client's own timers.
 * A law with a spread promises a distribution, so there it is the distribution that is compared.
 */
import type { Engine } from '../engines/engine.ts';
import { type Variant, VARIANTS, sidequake } from '../engines/sidequake.ts';
import { openLoop, quantile } from '../load/open-loop.ts';
import type { Row, ScenarioResult } from '../model.ts';
import { COLUMNS } from './columns.ts';
import { type Law, distance, distanceLimit, fixedLaw, lognormalLaw, rangeLaw } from './laws.ts';
import { type Sample, runRounds } from './rounds.ts';
import type { Bench, Scenario } from './scenario.ts';

const REQUESTS_PER_SECOND = 1000;
const WARM_SECONDS = 1;
const SECONDS = 4;
const FIXED_ROUNDS = 3;
/** More than are in flight even at the tail of the widest law below. */
const CONNECTIONS = 400;

const LAWS: readonly Law[] = [fixedLaw(100), rangeLaw(50, 150), lognormalLaw(50, 200)];

const title = 'Injected delay at 1,000 requests/s (Sidequake only)';

export const injectedDelay: Scenario = {
  name: 'delay',
  title,
  quick: true,
  run: async (bench): Promise<ScenarioResult> => {
    // Ours only: asked for with any of its variants.
    if (!bench.engines.some(({ name }) => name.startsWith('sidequake'))) {
      return { name: 'delay', title, columns: COLUMNS.delay, rows: [], notes: [] };
    }
    const rows: Row[] = [];
    for (const law of LAWS) rows.push(...(await rowOf(bench, delayEngine(law), law)));
    const unmatched = VARIANTS[0];
    if (unmatched !== undefined) rows.push(...(await rowOf(bench, controlEngine(unmatched), fixedLaw(0))));
    return {
      name: 'delay',
      title,
      columns: COLUMNS.delay,
      rows,
      notes: [
        'Error: time from write to whole answer, minus the declared delay; it includes the way through proxy and ' +
          'upstream, which the last row shows alone. With a spread: the distance of the quantiles seen and declared.',
      ],
    };
  },
};

async function rowOf(bench: Bench, engine: Engine, law: Law): Promise<Row[]> {
  return runRounds(bench, [engine], {
    protocol: 'http',
    // The target is about the fixed delay: a hiccup of the machine in one round must not decide it.
    rounds: law.cdf === null ? Math.min(bench.rounds ?? FIXED_ROUNDS, FIXED_ROUNDS) : 1,
    prepare: () => Promise.resolve([]),
    measure: ({ running }) => measure(bench, running.port, law),
    finish: () => Promise.resolve([]),
  });
}

async function measure(bench: Bench, port: number, law: Law): Promise<Sample> {
  const job = {
    port,
    path: '/1k',
    requestsPerSecond: REQUESTS_PER_SECOND,
    warmSeconds: WARM_SECONDS,
    seconds: SECONDS,
    connections: CONNECTIONS,
  } as const;
  const report = await openLoop(bench.children, bench.cores.load, job);
  return { figures: delayFigures(report.latenciesMs, law), problems: report.problems };
}

/** The errors of what was seen against the law. */
export function delayFigures(latenciesMs: readonly number[], law: Law): Record<string, number | null> {
  const { cdf } = law;
  const errorAt = (share: number): number | null => {
    // Each request of a fixed delay has its own error; of a law with a spread only the quantiles are promised.
    if (cdf === null)
      return quantile(
        latenciesMs.map((ms) => Math.abs(ms - law.quantileMs(share))),
        share,
      );
    const seen = quantile(latenciesMs, share);
    return seen === null ? null : Math.abs(seen - law.quantileMs(share));
  };
  return {
    errorP50Ms: errorAt(0.5),
    errorP99Ms: errorAt(0.99),
    distance: cdf === null ? null : distance(latenciesMs, cdf),
    distanceLimit: cdf === null ? null : distanceLimit(latenciesMs.length),
    seenP50Ms: quantile(latenciesMs, 0.5),
  };
}

function delayEngine(law: Law): Engine {
  return sidequake({
    name: `delay-${law.name}`,
    title: `delay ${law.title}`,
    rules: [{ id: 'bench', share: '100%', faults: [{ delay: law.written }] }],
    expected: { state: 'armed', matches: true },
  });
}

function controlEngine(unmatched: Variant): Engine {
  return sidequake({ ...unmatched, name: 'delay-none', title: 'no delay: the way itself' });
}
