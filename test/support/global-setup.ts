// Before any test: a Prometheus is on this machine, found or installed once, and every worker is told where.
import { findPrometheus } from '../../deploy/demo/prometheus.ts';

/** Called by vitest in the main process; workers inherit its environment. */
export async function setup(): Promise<void> {
  const found = await findPrometheus();
  process.env['SIDEQUAKE_PROMETHEUS'] = found.binary;
}
