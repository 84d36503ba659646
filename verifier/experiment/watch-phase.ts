import type { Evidence } from '../expect/expectation.ts';
import { sleepUnlessAborted } from './clock.ts';
import type { PlannedExpectation } from './experiment.ts';
import type { LiveFigure, Stage } from './progress.ts';
import { prometheusNow } from './run-state.ts';
import type { RunState } from './run-state.ts';

/**
 * Waits a phase out and looks at it at every interval. What guards watch is read apart from all else, so that neither a
 * slow query of somebody else nor a slow sidecar keeps a fault armed:
 *
 *     interval  |------------|------------|------------|
 *     guarded    read, judge  read, judge  read, judge      awaited; an interval that was missed is not made up for
 *     the rest   all SLIs, ledgers, ping ----------> shown  one at a time, beside it
 */

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
  /** Names of the SLIs whose figures decide whether the phase goes on. */
  readonly guarded?: ReadonlySet<string>;
  /** Called at every interval with fresh figures of those; may end the phase by aborting its signal. */
  readonly onGuarded?: (figures: readonly LiveFigure[]) => void;
  /** Read beside the figures: exchanges broken so far. */
  readonly injected?: (signal: AbortSignal) => Promise<number | null>;
  /** Told whether Prometheus answers: why not, or null. */
  readonly onPing?: (failure: string | null) => void;
}

/** Figures that come in after the end of the phase are dropped. */
export async function watchPhase(run: RunState, watch: Watch): Promise<PhaseEnd> {
  const { clock, progress } = run.ports;
  const { intervalMs } = run.experiment;
  const startMs = clock.monotonicMs();
  const endMs = startMs + watch.durationMs;
  const over = new AbortController();
  const own = { ...watch, signal: AbortSignal.any([watch.signal, over.signal]) };
  const beside = new OneAtATime();
  progress({ kind: 'stage', stage: watch.stage, durationMs: watch.durationMs });
  try {
    for (let k = 1; ; k = Math.max(k + 1, Math.floor((clock.monotonicMs() - startMs) / intervalMs) + 1)) {
      const dueMs = Math.min(endMs, startMs + k * intervalMs);
      if (!(await sleepUnlessAborted(clock, dueMs - clock.monotonicMs(), watch.signal))) return 'stopped';
      if (clock.monotonicMs() >= endMs) return 'time';
      await evaluate(run, own, endMs, beside);
      if (watch.signal.aborted) return 'stopped';
    }
  } finally {
    over.abort();
    await beside.ended();
  }
}

async function evaluate(run: RunState, watch: Watch, endMs: number, beside: OneAtATime): Promise<void> {
  const { clock, prometheus, progress } = run.ports;
  const { guarded = new Set(), onGuarded, onPing } = watch;
  const leftMs = Math.max(0, endMs - clock.monotonicMs());
  const readMs = Math.min(MOST_READ_MS, Math.max(LEAST_READ_MS, run.experiment.intervalMs));
  // The end of the phase cuts a reading short: a slow Prometheus must not keep a fault armed.
  const cut = AbortSignal.timeout(Math.ceil(Math.min(readMs, leftMs)));
  const signal = AbortSignal.any([watch.signal, cut]);
  const isOver = (): boolean =>
    watch.signal.aborted || clock.monotonicMs() >= endMs || (cut.aborted && leftMs <= readMs);
  const { expectations } = run.experiment;
  const reads = new Map(
    expectations
      .filter(({ name }) => guarded.has(name) || beside.isFree)
      .map((expectation) => [expectation.name, readFigure(run, expectation, signal, readMs)]),
  );
  beside.start(async () => {
    const [figures, injected, ping] = await Promise.all([
      Promise.all(reads.values()),
      watch.injected?.(signal) ?? null,
      onPing === undefined ? null : prometheus.serverTime(signal),
    ]);
    if (isOver()) return;
    if (ping !== null) onPing?.(ping.ok ? null : ping.failure.message);
    const leftMs = Math.max(0, endMs - clock.monotonicMs());
    progress({ kind: 'tick', stage: watch.stage, leftMs, figures, injected });
  });
  const figures = await Promise.all([...reads].filter(([name]) => guarded.has(name)).map(([, figure]) => figure));
  beside.throwIfFailed();
  if (!isOver()) onGuarded?.(figures);
}

async function readFigure(
  run: RunState,
  { name, kind, params }: PlannedExpectation,
  signal: AbortSignal,
  readMs: number,
): Promise<LiveFigure> {
  const scrapeSeconds = run.scrapeSeconds ?? 0;
  const evidence: Evidence = { prometheus: run.ports.prometheus, scrapeSeconds, signal };
  const reading = await kind.read(params, prometheusNow(run), WINDOW_SCRAPES * scrapeSeconds, evidence);
  const figure = { name, kind: kind.kind, bound: kind.bound(params), ...reading };
  if (reading.value !== null || !signal.aborted) return figure;
  return { ...figure, reason: `Prometheus gave no answer within ${readMs / 1000} s` };
}

/** Work that goes on beside the intervals. What comes while it is busy is left out. */
class OneAtATime {
  #running: Promise<void> | null = null;
  #failure: { readonly error: unknown } | null = null;

  get isFree(): boolean {
    return this.#running === null;
  }

  start(work: () => Promise<void>): void {
    if (this.#running !== null) return;
    this.#running = work()
      .catch((error: unknown) => {
        this.#failure ??= { error };
      })
      .finally(() => {
        this.#running = null;
      });
  }

  throwIfFailed(): void {
    if (this.#failure !== null) throw this.#failure.error;
  }

  /** Rejects where the work has failed. */
  async ended(): Promise<void> {
    await this.#running;
    this.throwIfFailed();
  }
}
