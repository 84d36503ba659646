import type { PhaseWindow } from '../expect/expectation.ts';
import type { Load } from '../load/load-spec.ts';
import type { LoadSpec } from '../load/load-spec.ts';
import type { ExpectationResult, Journal, Timeline } from '../report/journal.ts';
import type { Prometheus } from '../source/prometheus.ts';
import type { Admin } from '../undo/admin-client.ts';
import type { Finding } from '../verdict.ts';
import type { Clock } from './clock.ts';
import type { Experiment } from './experiment.ts';
import type { GuardState } from './guard.ts';
import { newGuard } from './guard.ts';
import type { WitnessClaim } from './check-predictions.ts';
import type { ArmedWindow } from './seen.ts';
import type { Progress } from './progress.ts';

/** Everything of the outside world that a run touches. */
export interface RunPorts {
  readonly clock: Clock;
  readonly prometheus: Prometheus;
  readonly connectAdmin: (address: string) => Admin;
  readonly startLoad: (spec: LoadSpec) => Load;
  readonly progress: Progress;
  /** The operator wants the run to end: faults are taken back, then it ends. */
  readonly stop: AbortSignal;
  /** The operator insists: leave at once, leases end the faults. */
  readonly leave: AbortSignal;
  /** How long a sidecar keeps a rule armed without us. */
  readonly leaseMs: number;
  /** Of Sidequake. */
  readonly version: string;
  /** Of this run. */
  readonly id: string;
  /** The command that repeats it, without secrets. */
  readonly rerun?: string;
}

/** Aborts `stop` where not the operator but an error of our own ends the run; the error is its cause. */
export class Crash extends Error {
  constructor(error: unknown) {
    super('an internal error', { cause: error });
    this.name = 'Crash';
  }
}

/** What a run knows about itself so far. The stages fill it, `journalOf` reads it. */
export interface RunState {
  readonly experiment: Experiment;
  readonly ports: RunPorts;
  readonly startedAtMs: number;
  /** Prometheus' clock minus ours; 0 until it is known. */
  skewMs: number;
  version: string | null;
  /** Null until it is known. */
  scrapeSeconds: number | null;
  readonly phases: PhaseWindow[];
  readonly results: ExpectationResult[];
  guards: GuardState[];
  injection: Journal['injection'];
  injected: boolean;
  /** What was armed and when; null before it is over. */
  armed: { readonly window: ArmedWindow; readonly claims: readonly WitnessClaim[] } | null;
  /** Admin addresses of sidecars on which rules of others stand. */
  readonly sharedSidecars: Set<string>;
  undo: Journal['undo'];
  load: Journal['load'];
  timelines: Timeline[];
  readonly stops: Finding[];
  readonly notes: string[];
  /** This machine's time, going on evenly whatever is done to its clock. Unix milliseconds. */
  readonly hereMs: () => number;
}

export function newRun(experiment: Experiment, ports: RunPorts): RunState {
  const { clock } = ports;
  const startedAtMs = clock.wallMs();
  const startedMonotonicMs = clock.monotonicMs();
  const notes: string[] = [];
  return {
    experiment,
    ports: { ...ports, progress: harmless(ports.progress, notes) },
    startedAtMs,
    skewMs: 0,
    version: null,
    scrapeSeconds: null,
    phases: [],
    results: [],
    guards: experiment.guards.map(newGuard),
    injection: [],
    injected: false,
    armed: null,
    sharedSidecars: new Set(),
    undo: { confirmed: true, at: null, left: [] },
    load: null,
    timelines: [],
    stops: [],
    notes,
    hereMs: () => startedAtMs + clock.monotonicMs() - startedMonotonicMs,
  };
}

/** A screen that fails must not come between a fault and its undo. It is told once, and not used again. */
function harmless(progress: Progress, notes: string[]): Progress {
  let broken = false;
  return (event) => {
    if (broken) return;
    try {
      progress(event);
    } catch (error) {
      broken = true;
      notes.push(`The progress could not be shown: ${String(error)}`);
    }
  };
}

/** Now in the time of Prometheus, Unix seconds. */
export function prometheusNow(run: RunState): number {
  return Math.round(run.hereMs() + run.skewMs) / 1000;
}

/** Adds a sentence to the journal and shows it. */
export function note(run: RunState, text: string): void {
  run.notes.push(text);
  run.ports.progress({ kind: 'notice', text });
}
