import type { Evidence } from '../expect/expectation.ts';
import { sleepUnlessAborted } from './clock.ts';
import type { LiveFigure, Stage } from './progress.ts';
import { prometheusNow } from './run-state.ts';
import type { RunState } from './run-state.ts';

/** A figure is read over this many scrapes: long enough for two samples of every series, short enough to be now. */
const WINDOW_SCRAPES = 3;
const LEAST_READ_MS = 1000;
const MOST_READ_MS = 5000;

/** Why a phase is over. */
export type PhaseEnd = 'time' | 'stopped';

export interface Watch {
  readonly stage: Stage;
  readonly durationMs: number;
  /** Ends the phase early. */
  readonly signal: AbortSignal;
  /** Called at every interval with fresh figures; may end the phase by aborting its signal. */
  readonly onFigures?: (figures: readonly LiveFigure[]) => void;
  /** Read along with the figures: exchanges broken so far. */
  readonly injected?: (signal: AbortSignal) => Promise<number | null>;
  /** Asked at every interval; what it gives counts as a lost evaluation where it is a text. */
  readonly onPing?: (failure: string | null) => void;
}

/** Waits a phase out and reads every SLI at each interval. The figures of a phase that is over are dropped. */
export async function watchPhase(run: RunState, watch: Watch): Promise<PhaseEnd> {
  const { clock, progress } = run.ports;
  const startMs = clock.monotonicMs();
  const endMs = startMs + watch.durationMs;
  progress({ kind: 'stage', stage: watch.stage, durationMs: watch.durationMs });
  for (let k = 1; ; k++) {
    const dueMs = Math.min(endMs, startMs + k * run.experiment.intervalMs);
    if (!(await sleepUnlessAborted(clock, dueMs - clock.monotonicMs(), watch.signal))) return 'stopped';
    if (clock.monotonicMs() >= endMs) return 'time';
    await evaluate(run, watch, endMs);
    if (watch.signal.aborted) return 'stopped';
  }
}

async function evaluate(run: RunState, watch: Watch, endMs: number): Promise<void> {
  const { clock, prometheus, progress } = run.ports;
  const leftMs = Math.max(0, endMs - clock.monotonicMs());
  const readMs = Math.min(MOST_READ_MS, Math.max(LEAST_READ_MS, run.experiment.intervalMs));
  // The end of the phase cuts a reading short: a slow Prometheus must not keep a fault armed.
  const cut = AbortSignal.timeout(Math.ceil(Math.min(readMs, leftMs)));
  const signal = AbortSignal.any([watch.signal, cut]);
  const [figures, injected, ping] = await Promise.all([
    readFigures(run, signal),
    watch.injected?.(signal) ?? null,
    watch.onPing === undefined ? null : prometheus.serverTime(signal),
  ]);
  if (watch.signal.aborted || clock.monotonicMs() >= endMs) return;
  if (ping !== null) watch.onPing?.(ping.ok ? null : ping.failure.message);
  progress({
    kind: 'tick',
    stage: watch.stage,
    leftMs: Math.max(0, endMs - clock.monotonicMs()),
    figures,
    injected,
  });
  watch.onFigures?.(figures);
}

async function readFigures(run: RunState, signal: AbortSignal): Promise<readonly LiveFigure[]> {
  const scrapeSeconds = run.scrapeSeconds ?? 0;
  const evidence: Evidence = { prometheus: run.ports.prometheus, scrapeSeconds, signal };
  const at = prometheusNow(run);
  return await Promise.all(
    run.experiment.expectations.map(async ({ name, kind, params }) => {
      const reading = await kind.read(params, at, WINDOW_SCRAPES * scrapeSeconds, evidence);
      return { name, kind: kind.kind, bound: kind.bound(params), ...reading };
    }),
  );
}
