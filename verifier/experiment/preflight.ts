import type { Admin, ListedRule } from '../undo/admin-client.ts';
import { AdminError } from '../undo/admin-error.ts';
import type { Finding } from '../verdict.ts';
import { checkQuery } from './check-query.ts';
import type { Experiment, PlannedFault } from './experiment.ts';
import { leastPhaseMs } from './phase-length.ts';
import { clockSkew } from '../source/clock.ts';
import { queriesOf } from './queries.ts';
import { note, prometheusNow } from './run-state.ts';
import { learnScrapeInterval } from './scrape-interval.ts';
import type { RunState } from './run-state.ts';

/**
 * Everything that can be known to fail is looked at before anything is armed. What the file got wrong is `invalid`,
 * what the surroundings lack is `inconclusive`.
 */
export async function preflight(run: RunState, admins: ReadonlyMap<string, Admin>): Promise<Finding | null> {
  run.ports.progress({ kind: 'stage', stage: 'preflight', durationMs: null });
  return (
    (await askPrometheus(run)) ?? (await checkQueries(run)) ?? checkPhases(run) ?? (await askSidecars(run, admins))
  );
}

async function askPrometheus(run: RunState): Promise<Finding | null> {
  const { prometheus, stop } = run.ports;
  const skew = await clockSkew(prometheus, run.hereMs, stop);
  if (!skew.ok) return inconclusive(`Prometheus at ${prometheus.shownUrl} gives no answer: ${skew.failure.message}`);
  run.skewMs = skew.value.skewMs;
  const build = await prometheus.buildInfo(stop);
  // Backends that only speak the query API have no build info; that is no reason to stop.
  if (build.ok) run.version = build.value.version;
  const scrape = await learnScrapeInterval(run);
  if (!scrape.ok) return inconclusive(`How often Prometheus scrapes cannot be told: ${scrape.failure.message}`);
  const most = (scrape.value * 1000) / 2;
  if (Math.abs(run.skewMs) - skew.value.uncertaintyMs > most) {
    const seconds = (run.skewMs / 1000).toFixed(1);
    return inconclusive(
      `The clock of Prometheus is ${seconds} s off this machine's, more than half a scrape: set the clocks right`,
    );
  }
  return null;
}

async function checkQueries(run: RunState): Promise<Finding | null> {
  const { prometheus, stop } = run.ports;
  for (const { name, promql } of queriesOf(run.experiment, prometheusNow(run))) {
    const checked = await checkQuery(prometheus, promql, stop);
    if (checked.kind === 'fine') continue;
    const said = `${name}: ${checked.message}`;
    if (checked.kind === 'wrong') return { verdict: 'invalid', reason: `${said} in the query ${promql}` };
    return inconclusive(said);
  }
  return null;
}

function checkPhases(run: RunState): Finding | null {
  const scrapeMs = (run.scrapeSeconds ?? 0) * 1000;
  const problem = tooShortPhase(run.experiment, scrapeMs);
  return problem === null ? null : { verdict: 'invalid', reason: problem };
}

/** A sentence about the first phase that is too short to be judged, or null. */
export function tooShortPhase(experiment: Experiment, scrapeMs: number): string | null {
  for (const [phase, ms] of Object.entries(experiment.phasesMs)) {
    const least = leastPhaseMs(scrapeMs);
    if (ms === 0 || ms >= least) continue;
    return (
      `The phase ${phase} of ${ms / 1000} s is too short: Prometheus scrapes every ${scrapeMs / 1000} s, ` +
      `so it needs at least ${least / 1000} s, better ${(2 * least) / 1000} s`
    );
  }
  return null;
}

async function askSidecars(run: RunState, admins: ReadonlyMap<string, Admin>): Promise<Finding | null> {
  for (const fault of run.experiment.faults) {
    const admin = admins.get(fault.admin);
    if (admin === undefined) throw new Error(`no connection was made for ${fault.admin}`);
    try {
      const { rules } = await admin.rules(run.ports.stop);
      noteOthers(run, fault, rules);
      const taken = rules.find(({ rule }) => rule.id === fault.id);
      if (taken === undefined || (taken.source === 'api' && taken.state === 'ended')) continue;
      const until = taken.endsInMs === null ? '' : `, for ${Math.ceil(taken.endsInMs / 1000)} s more`;
      return inconclusive(
        `${fault.target} already has a rule ${fault.id} (${taken.state}, from ${taken.source}${until}): ` +
          'another run, or one that was killed; wait for its end or give this rule an id of its own',
      );
    } catch (error) {
      if (run.ports.stop.aborted) return null;
      if (!(error instanceof AdminError)) throw error;
      return inconclusive(`The sidecar of ${fault.target} cannot be used: ${error.message}`);
    }
  }
  return null;
}

/** What others have armed acts in all phases alike: no obstacle, but nobody should be left to wonder. */
function noteOthers(run: RunState, fault: PlannedFault, rules: readonly ListedRule[]): void {
  if (run.sharedSidecars.has(fault.admin)) return;
  const own = new Set(run.experiment.faults.filter(({ admin }) => admin === fault.admin).map(({ id }) => id));
  const others = rules.filter(({ rule, state }) => state !== 'ended' && !own.has(rule.id));
  if (others.length === 0) return;
  run.sharedSidecars.add(fault.admin);
  const names = others.map(({ rule, state, source }) => `${rule.id} (${state}, from ${source})`).join(', ');
  note(run, `The sidecar of ${fault.target} has other rules too: ${names}.`);
}

function inconclusive(reason: string): Finding {
  return { verdict: 'inconclusive', reason };
}
