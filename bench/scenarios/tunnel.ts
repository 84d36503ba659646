/** A tunnel: 1 GB of bytes that are no protocol the proxy reads, from the upstream to the client. */
import { VARIANT_NAMES } from '../engines/registry.ts';
import { pullStream, streamProblems } from '../load/stream.ts';
import type { Scenario } from './scenario.ts';
import { cpuUs } from '../process/usage.ts';
import { withRatios } from '../report/ratios.ts';
import { COLUMNS } from './columns.ts';
import { type Sample, runRounds } from './rounds.ts';
import type { Bench } from './scenario.ts';
import type { Running } from '../engines/engine.ts';

const MB = 1e6;
const WARM_BYTES = 100 * MB;
const BYTES = 1000 * MB;
/** A gigabyte takes a second or more: three rounds are enough for a median. */
const MOST_ROUNDS = 3;

const title = 'TCP tunnel, 1 GB to the client';

export const tunnel: Scenario = {
  name: 'tunnel',
  title,
  quick: false,
  run: async (bench) => {
    const engines = bench.engines.filter(
      ({ name, protocols }) => protocols.includes('tcp') && !VARIANT_NAMES.includes(name),
    );
    const rows = await runRounds(bench, engines, {
      protocol: 'tcp',
      rounds: Math.min(bench.rounds ?? MOST_ROUNDS, MOST_ROUNDS),
      prepare: async ({ running }) => (await pull(bench, running, WARM_BYTES)).problems,
      measure: ({ running }) => pull(bench, running, BYTES),
      finish: () => Promise.resolve([]),
    });
    return {
      name: 'tunnel',
      title,
      columns: COLUMNS.tunnel,
      rows: withRatios(rows, 'cpuMs'),
      notes: [],
    };
  },
};

async function pull(bench: Bench, running: Running, bytes: number): Promise<Sample> {
  const before = running.pid === null ? null : cpuUs(running.pid);
  const report = await pullStream(bench.children, bench.cores.load, running.port, bytes);
  const after = running.pid === null ? null : cpuUs(running.pid);
  const cpu = before === null || after === null ? null : after - before;
  return {
    figures: {
      cpuMs: cpu === null ? null : cpu / 1000 / (bytes / (1000 * MB)),
      mbPerCpuSecond: cpu === null || cpu === 0 ? null : bytes / MB / (cpu / 1e6),
      mbPerSecond: bytes / MB / report.seconds,
    },
    problems: streamProblems(report, bytes),
  };
}
