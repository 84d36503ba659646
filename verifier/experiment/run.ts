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
import { preflight } from './preflight.ts';
import { checkDrift } from './drift.ts';
import { newRun, note, prometheusNow } from './run-state.ts';
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

/** Answers that are still out when the load stops are waited for this long. */
const LOAD_GRACE_MS = 5000;
const SETTLE_SCRAPES = 2;

export async function runExperiment(experiment: Experiment, ports: RunPorts): Promise<Journal> {
  const run = newRun(experiment, ports);
  const admins = connectAll(experiment, ports);
  try {
    await conduct(run, admins);
  } finally {
    await disposeAll(admins);
  }
  if (ports.stop.aborted) {
    const undone = run.injected ? 'and the faults were taken back' : 'before anything was injected';
    run.stops.push({ verdict: 'aborted', reason: `The operator stopped the run ${undone}.` });
  }
  return journalOf(run);
}

/** Everything that comes before the first fault, and nothing else: what `--dry-run` does. */
export async function checkOnly(
  experiment: Experiment,
  ports: RunPorts,
): Promise<{ readonly finding: Finding | null; readonly scrapeSeconds: number | null }> {
  const run = newRun(experiment, ports);
  const admins = connectAll(experiment, ports);
  try {
    const finding = await preflight(run, admins);
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
  await Promise.all([...admins.values()].map(async (admin) => await admin[Symbol.asyncDispose]()));
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
  if (ports.stop.aborted) return;
  await drawTimelines(run);
  const drift = await checkDrift(run);
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
}
