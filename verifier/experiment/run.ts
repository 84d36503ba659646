import type { Load } from '../load/load-spec.ts';
import type { Journal } from '../report/journal.ts';
import type { Admin } from '../undo/admin-client.ts';
import { unsteadiness } from '../verdict.ts';
import type { Finding } from '../verdict.ts';
import { sleepUnlessAborted } from './clock.ts';
import type { Experiment, PhaseName } from './experiment.ts';
import { faultStage } from './fault-stage.ts';
import { journalOf } from './journal-of.ts';
import { drawTimelines, judgeAfter, judgeBaseline } from './judge.ts';
import { checkPredictions } from './check-predictions.ts';
import { preflight } from './preflight.ts';
import { checkDrift } from './drift.ts';
import { Crash, newRun, note, prometheusNow } from './run-state.ts';
import type { RunPorts, RunState } from './run-state.ts';
import { watchPhase } from './watch-phase.ts';

/**
 * A whole run, from a valid experiment to its journal:
 *
 *     preflight -> load -> baseline -> steady? -> arm | fault | undo -> settle -> recovery -> judge -> journal
 *         '-----------------------------'-> nothing is ever armed      '--- fault-stage.ts
 *
 * Each step may end the run; the journal is made of what is known by then. Only mistakes of our own are thrown, and
 * not before faults have been taken back.
 */

/** Requests that leave later than this are no constant rate any more: this machine is too busy. */
const MOST_LATE_MS = 100;
/** Answers that are still out when the load stops are waited for this long. */
const LOAD_GRACE_MS = 5000;
const SETTLE_SCRAPES = 2;
/** For timelines and the second witness; they have scrapes to wait for where there is no recovery. */
const LOOK_BACK_MS = 60_000;
/** For timelines where the operator waits for the end. */
const STOPPED_MS = 3000;

export interface RanExperiment {
  readonly journal: Journal;
  /** An error of our own that ended the run; the journal holds what was known by then. */
  readonly crash: { readonly error: unknown } | null;
}

/** Never rejects: whatever happens there is a journal, and faults have been taken back before it is written. */
export async function runExperiment(experiment: Experiment, ports: RunPorts): Promise<RanExperiment> {
  const run = newRun(experiment, ports);
  const admins = connectAll(experiment, ports);
  let crash: RanExperiment['crash'] = null;
  try {
    await conduct(run, admins);
    await lookBack(run);
  } catch (error) {
    crash = { error };
  } finally {
    await disposeAll(admins);
  }
  if (ports.stop.reason instanceof Crash) crash ??= { error: ports.stop.reason.cause };
  if (crash !== null) {
    run.stops.push({ verdict: 'inconclusive', reason: `An internal error ended the run: ${messageOf(crash.error)}` });
  } else if (ports.stop.aborted) {
    const undone = run.injected ? 'and the faults were taken back' : 'before anything was injected';
    run.stops.push({ verdict: 'aborted', reason: `The operator stopped the run ${undone}.` });
  }
  return { journal: journalOf(run, crash !== null), crash };
}

/** Everything that comes before the first fault, and nothing else: what `--dry-run` does. */
export async function checkOnly(
  experiment: Experiment,
  ports: RunPorts,
): Promise<{ readonly finding: Finding | null; readonly scrapeSeconds: number | null }> {
  const run = newRun(experiment, ports);
  const admins = connectAll(experiment, ports);
  try {
    const obstacle = await preflight(run, admins);
    const finding: Finding | null = ports.stop.aborted
      ? { verdict: 'aborted', reason: 'The operator stopped it' }
      : obstacle;
    return { finding, scrapeSeconds: run.scrapeSeconds };
  } finally {
    await disposeAll(admins);
  }
}

function connectAll(experiment: Experiment, ports: RunPorts): ReadonlyMap<string, Admin> {
  const addresses = new Set(experiment.faults.map(({ admin }) => admin));
  return new Map([...addresses].map((address) => [address, ports.connectAdmin(address)]));
}

async function disposeAll(admins: ReadonlyMap<string, Admin>): Promise<void> {
  // A connection that does not close well is no reason to lose the journal.
  await Promise.allSettled([...admins.values()].map(async (admin) => await admin[Symbol.asyncDispose]()));
}

async function conduct(run: RunState, admins: ReadonlyMap<string, Admin>): Promise<void> {
  const { experiment, ports } = run;
  const obstacle = await preflight(run, admins);
  if (obstacle !== null || ports.stop.aborted) {
    if (obstacle !== null && !ports.stop.aborted) run.stops.push(obstacle);
    return;
  }
  const load = experiment.load === null ? null : ports.startLoad(experiment.load);
  try {
    await phases(run, admins, load);
  } finally {
    if (load !== null) {
      await load.stop(ports.stop.aborted ? 0 : LOAD_GRACE_MS);
      recordLoad(run, load);
    }
  }
}

/** What only Prometheus can still tell once all is over, within a time that nobody minds waiting. */
async function lookBack(run: RunState): Promise<void> {
  const { stop, leave } = run.ports;
  if (run.phases.length === 0) return;
  run.ports.progress({ kind: 'stage', stage: 'looking back', durationMs: null });
  const within = (ms: number): AbortSignal => AbortSignal.any([leave, AbortSignal.timeout(ms)]);
  if (stop.aborted) {
    await drawTimelines(run, within(STOPPED_MS));
    return;
  }
  const patience = AbortSignal.any([within(LOOK_BACK_MS), stop]);
  const [drift] = await Promise.all([checkDrift(run), checkPredictions(run, patience), drawTimelines(run, patience)]);
  if (drift !== null) run.stops.push(drift);
}

async function phases(run: RunState, admins: ReadonlyMap<string, Admin>, load: Load | null): Promise<void> {
  const { experiment, ports } = run;
  const scrapeMs = (run.scrapeSeconds ?? 0) * 1000;
  // Counters need a sample from before the baseline, and connections have to be opened once.
  if (load !== null && !(await pause(run, 'lead-in', scrapeMs))) return;
  if (!(await quietPhase(run, 'baseline', load))) return;
  const baseline = await judgeBaseline(run);
  if (ports.stop.aborted) return;
  run.results.push(...baseline);
  if (experiment.phasesMs.baseline === 0)
    note(run, 'There was no baseline: whether the system was steady is not known.');
  const unsteady = unsteadiness(baseline);
  if (unsteady !== null) {
    run.stops.push(unsteady);
    return;
  }
  load?.enterPhase('fault');
  const { goOn } = await faultStage(run, admins);
  load?.enterPhase(null);
  if (!goOn) return;
  if (experiment.phasesMs.recovery > 0) {
    if (!(await pause(run, 'settling', experiment.settleMs ?? SETTLE_SCRAPES * scrapeMs))) return;
    if (!(await quietPhase(run, 'recovery', load))) return;
  }
  const results = await judgeAfter(run);
  if (!ports.stop.aborted) run.results.push(...results);
}

/** A phase in which nothing is broken; true when it went on to its end. */
async function quietPhase(run: RunState, name: PhaseName, load: Load | null): Promise<boolean> {
  const durationMs = run.experiment.phasesMs[name];
  if (durationMs === 0) return true;
  load?.enterPhase(name);
  const from = prometheusNow(run);
  const end = await watchPhase(run, { stage: name, durationMs, signal: run.ports.stop });
  run.phases.push({ name, from, to: prometheusNow(run) });
  load?.enterPhase(null);
  return end === 'time';
}

async function pause(run: RunState, stage: 'lead-in' | 'settling', ms: number): Promise<boolean> {
  run.ports.progress({ kind: 'stage', stage, durationMs: ms });
  return await sleepUnlessAborted(run.ports.clock, ms, run.ports.stop);
}

function messageOf(error: unknown): string {
  return error instanceof Error ? error.message : String(error);
}

function recordLoad(run: RunState, load: Load): void {
  const spec = run.experiment.load;
  if (spec === null) return;
  const counts = load.counts();
  const url = new URL(spec.url);
  url.username = '';
  url.password = '';
  run.load = {
    url: url.href,
    ratePerSecond: spec.ratePerSecond,
    sent: counts.sent,
    failed: counts.failed,
    byStatus: { ...counts.byStatus },
    phases: counts.phases.map((phase) => ({ ...phase })),
  };
  if (counts.failed > 0) {
    const causes = Object.entries(counts.failures).map(([cause, count]) => `${cause}: ${count}`);
    note(run, `${counts.failed} of ${counts.sent} requests of the load had no answer (${causes.join(', ')}).`);
  }
  const late = counts.phases.filter(({ lateP99Ms }) => (lateP99Ms ?? 0) > MOST_LATE_MS);
  for (const { name, lateP99Ms } of late) {
    note(run, `The load was late in ${name}: 1 of 100 requests left ${Math.round(lateP99Ms ?? 0)} ms after its time.`);
  }
}
