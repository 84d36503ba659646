/** Memory with a thousand connections: idle, and under load. Each engine is fresh. */
import { setTimeout as sleep } from 'node:timers/promises';
import { VARIANT_NAMES } from '../engines/registry.ts';
import type { Running } from '../engines/engine.ts';
import { holdIdle } from '../load/holder.ts';
import type { Row, ScenarioResult } from '../model.ts';
import { memory, rssBytes } from '../process/usage.ts';
import { COLUMNS } from './columns.ts';
import { type Sample, runRounds } from './rounds.ts';
import { sampleLoad } from './sample.ts';
import type { Bench, Scenario } from './scenario.ts';

const CONNECTIONS = 1000;
const MIB = 1_048_576;
const SAMPLE_EVERY_MS = 100;
/** Longer than elsewhere: heaps grow for a while. */
const LOAD_SECONDS = 3;

export const idleConnections: Scenario = {
  name: 'idle-1000',
  title: '1,000 idle connections',
  quick: false,
  run: async (bench) => ({
    name: 'idle-1000',
    title: '1,000 idle connections',
    columns: COLUMNS.idle,
    rows: await freshRows(bench, (running) => idle(bench, running)),
    notes: [],
  }),
};

export const loadedConnections: Scenario = {
  name: 'load-1000',
  title: '1,000 connections under load (1 KB)',
  quick: true,
  run: async (bench): Promise<ScenarioResult> => ({
    name: 'load-1000',
    title: '1,000 connections under load (1 KB)',
    columns: COLUMNS.loaded,
    rows: await freshRows(bench, (running) => loaded(bench, running)),
    notes: [`RSS is the highest of samples every ${SAMPLE_EVERY_MS} ms.`],
  }),
};

/** One engine at a time: memory that is used by one is not pressed out of another. */
async function freshRows(bench: Bench, measure: (running: Running) => Promise<Sample>): Promise<Row[]> {
  const rows: Row[] = [];
  const engines = bench.engines.filter(
    ({ name, protocols }) => protocols.includes('http') && name !== 'direct' && !VARIANT_NAMES.includes(name),
  );
  for (const engine of engines) {
    rows.push(
      ...(await runRounds(bench, [engine], {
        protocol: 'http',
        rounds: 1,
        prepare: () => Promise.resolve([]),
        measure: ({ running }) => measure(running),
        finish: () => Promise.resolve([]),
      })),
    );
  }
  return rows;
}

async function idle(bench: Bench, running: Running): Promise<Sample> {
  const startRssMib = rssMib(running);
  const holder = await holdIdle(bench.children, bench.cores.load, running.port, CONNECTIONS);
  await sleep(1000);
  const figures = { ...memoryFigures(running), startRssMib };
  await holder.stop();
  const { held, errors } = holder.report;
  return { figures, problems: held === CONNECTIONS ? errors : [`${held} of ${CONNECTIONS} connections`, ...errors] };
}

async function loaded(bench: Bench, running: Running): Promise<Sample> {
  const startRssMib = rssMib(running);
  let highest = startRssMib;
  const sampler = setInterval(() => {
    highest = Math.max(highest, rssMib(running));
  }, SAMPLE_EVERY_MS);
  try {
    const shape = { path: '/1k', connections: CONNECTIONS, headers: [], seconds: LOAD_SECONDS } as const;
    const { figures, problems } = await sampleLoad(bench, running, shape);
    const after = memoryFigures(running);
    return {
      figures: { ...figures, ...after, startRssMib, rssMib: Math.max(highest, after.rssMib) },
      problems,
    };
  } finally {
    clearInterval(sampler);
  }
}

function memoryFigures(running: Running): { rssMib: number; anonymousMib: number | null } {
  const { rss, anonymous } = memory(running.pid ?? 0);
  return { rssMib: rss / MIB, anonymousMib: anonymous === null ? null : anonymous / MIB };
}

function rssMib(running: Running): number {
  return rssBytes(running.pid ?? 0) / MIB;
}
