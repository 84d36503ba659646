/** A thousand requests per second, as a pod sees them: little is batched, so a request costs more than under full load. */
import { VARIANT_NAMES } from '../engines/registry.ts';
import { openLoop, quantile } from '../load/open-loop.ts';
import { cpuUs, memory } from '../process/usage.ts';
import { COLUMNS } from './columns.ts';
import { type Sample, runRounds } from './rounds.ts';
import type { Bench, Scenario } from './scenario.ts';
import type { Running } from '../engines/engine.ts';

const MIB = 1_048_576;
const REQUESTS_PER_SECOND = 1000;
const CONNECTIONS = 16;
const SECONDS = 3;

const title = '1,000 requests/s over 16 connections (1 KB)';

export const paced: Scenario = {
  name: 'paced',
  title,
  quick: false,
  run: async (bench) => ({
    name: 'paced',
    title,
    columns: COLUMNS.paced,
    rows: await runRounds(
      bench,
      bench.engines.filter(({ name, protocols }) => protocols.includes('http') && !VARIANT_NAMES.includes(name)),
      {
        protocol: 'http',
        rounds: 1,
        // Code gets warm at full speed: at this pace it would take minutes.
        prepare: async ({ running }) => {
          const shape = { path: '/1k', connections: CONNECTIONS, headers: [], seconds: 1 } as const;
          return (await bench.load.run(bench.children, bench.cores.load, { ...shape, port: running.port })).errors;
        },
        measure: ({ running }) => measure(bench, running),
        finish: () => Promise.resolve([]),
      },
    ),
    notes: [],
  }),
};

async function measure(bench: Bench, running: Running): Promise<Sample> {
  const job = {
    port: running.port,
    path: '/1k',
    requestsPerSecond: REQUESTS_PER_SECOND,
    warmSeconds: 0,
    seconds: SECONDS,
    connections: CONNECTIONS,
  } as const;
  const { pid } = running;
  let before: number | null = null;
  const report = await openLoop(bench.children, bench.cores.load, job, () => {
    before = pid === null ? null : cpuUs(pid);
  });
  const used = pid === null || before === null ? null : cpuUs(pid) - before;
  const held = pid === null ? null : memory(pid);
  return {
    figures: {
      vcpu: used === null ? null : used / (SECONDS * 1e6),
      p50Us: inUs(quantile(report.latenciesMs, 0.5)),
      p99Us: inUs(quantile(report.latenciesMs, 0.99)),
      rssMib: held === null ? null : held.rss / MIB,
      anonymousMib: held === null || held.anonymous === null ? null : held.anonymous / MIB,
    },
    problems: report.problems,
  };
}

function inUs(ms: number | null): number | null {
  return ms === null ? null : ms * 1000;
}
