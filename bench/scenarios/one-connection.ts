/** One connection, one request at a time: the latency that a proxy adds when nothing waits in line. */
import type { Row, ScenarioResult } from '../model.ts';
import { COLUMNS } from './columns.ts';
import { loadScenario } from './load-scenario.ts';
import type { Scenario } from './scenario.ts';

const measured = loadScenario({
  name: 'latency',
  title: '1 KB, one connection: latency added',
  quick: false,
  shape: { path: '/1k', connections: 1, headers: [] },
  variants: false,
  columns: COLUMNS.latency,
});

export const oneConnection: Scenario = {
  ...measured,
  run: async (bench) => {
    const result: ScenarioResult = await measured.run(bench);
    const direct = result.rows.find((row) => row.engine === 'direct');
    return { ...result, rows: result.rows.map((row) => withAdded(row, direct)) };
  },
};

function withAdded(row: Row, direct: Row | undefined): Row {
  if (direct === undefined || row === direct) return row;
  const addedUs = (row.samples['p50Us'] ?? []).map((p50, round) => {
    const without = direct.samples['p50Us']?.[round] ?? null;
    return p50 === null || without === null ? null : p50 - without;
  });
  return { ...row, samples: { ...row.samples, addedUs } };
}
