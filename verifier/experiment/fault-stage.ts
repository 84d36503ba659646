import { binomialInterval } from '../stats/binomial.ts';
import type { Admin } from '../undo/admin-client.ts';
import { AdminError } from '../undo/admin-error.ts';
import { undoAll } from '../undo/undo.ts';
import { armAll } from './arming.ts';
import type { ArmedFault, Arming } from './arming.ts';
import type { WitnessClaim } from './check-predictions.ts';
import { describeTrip, evaluateGuard, LOST_AFTER } from './guard.ts';
import { proveInjection } from './injection.ts';
import { describeValue } from './live-text.ts';
import type { LiveFigure } from './progress.ts';
import { note, prometheusNow } from './run-state.ts';
import type { RunState } from './run-state.ts';
import { timeText } from './time-text.ts';
import { watchPhase } from './watch-phase.ts';

/**
 * The only stage in which anything is broken. Whatever happens in it, by error or by signal, it does not end before
 * the faults have been taken back and that has been looked at, or the operator has insisted on leaving.
 *
 *     arm all --- hold leases, watch guards ---> undo all -> counted and confirmed
 *        '- one fails ------------------------------^
 *                        '- guard, operator, lost --^
 */
export interface FaultStageEnd {
  /** Whether a recovery is worth watching: not when the operator wants out, nor where nobody can look. */
  readonly goOn: boolean;
}

export async function faultStage(run: RunState, admins: ReadonlyMap<string, Admin>): Promise<FaultStageEnd> {
  const { ports, experiment } = run;
  const renewals = new AbortController();
  ports.progress({ kind: 'stage', stage: 'arming', durationMs: null });
  ports.progress({ kind: 'armed', armed: true });
  run.injected = true;
  const armedFrom = prometheusNow(run);
  let faultEnd = armedFrom;
  let arming: Arming = { armed: [], failures: [], errors: [] };
  let goOn = false;
  try {
    arming = await armAll(experiment.faults, admins, ports, renewals.signal);
    if (arming.errors.length > 0) throw new AggregateError(arming.errors, 'arming failed');
    if (arming.failures.length > 0) {
      const reason = `Not all faults could be armed, so all were taken back. ${arming.failures.join('; ')}`;
      run.stops.push({ verdict: 'inconclusive', reason });
      note(run, reason);
    } else {
      const from = prometheusNow(run);
      goOn = await holdAndWatch(run, arming.armed);
      faultEnd = prometheusNow(run);
      run.phases.push({ name: 'fault', from, to: faultEnd });
    }
  } finally {
    renewals.abort();
    await takeBack(run, arming.armed);
  }
  run.injection = proveInjection(
    arming.armed.map(({ fault, admin, track }) => ({
      target: fault.target,
      sidecar: admin.address,
      rule: fault.id,
      share: fault.rule.share,
      scope: fault.rule.scope,
      ledger: track.counts(),
      restarts: track.restarts,
    })),
    binomialInterval,
  );
  const window = { from: armedFrom, faultEnd, to: prometheusNow(run) };
  if (arming.failures.length === 0) run.armed = { window, claims: arming.armed.map(claimOf) };
  return { goOn: goOn && run.undo.confirmed };
}

/** True when it is worth going on to the recovery. */
async function holdAndWatch(run: RunState, armed: readonly ArmedFault[]): Promise<boolean> {
  const { ports, experiment } = run;
  const over = new AbortController();
  const signal = AbortSignal.any([ports.stop, over.signal]);
  let goOn = true;
  const end = (verdict: 'aborted' | 'inconclusive', reason: string): void => {
    if (signal.aborted) return;
    run.stops.push({ verdict, reason });
    note(run, reason);
    over.abort();
  };
  for (const { keeper, fault } of armed) {
    void keeper?.ended.then(() => {
      if (keeper.lost !== null) {
        end('inconclusive', `The fault ${fault.id} on ${fault.target} ended early: ${keeper.lost.reason}`);
      }
    });
  }
  let deaf = 0;
  const lost = (reason: string): void => {
    goOn = false;
    end('inconclusive', reason);
  };
  await watchPhase(run, {
    stage: 'fault',
    durationMs: experiment.phasesMs.fault,
    signal,
    injected: async (signal) => await readLedgers(armed, signal),
    onPing: (failure) => {
      deaf = failure === null ? 0 : deaf + 1;
      if (deaf >= LOST_AFTER)
        lost(`Prometheus has not answered ${deaf} times in a row, so the fault was ended: ${failure}`);
    },
    guarded: new Set(run.guards.map(({ spec }) => spec.of)),
    onGuarded: (figures) => {
      const blind = evaluateGuards(run, figures, end);
      if (blind !== null) lost(blind);
    },
  });
  return goOn && !ports.stop.aborted;
}

/** Evaluates every guard; gives why one of them has been blind for too long, or null. */
function evaluateGuards(
  run: RunState,
  figures: readonly LiveFigure[],
  end: (verdict: 'aborted', reason: string) => void,
): string | null {
  const atMs = run.hereMs() + run.skewMs;
  run.guards = run.guards.map((guard) => {
    const figure = figures.find(({ name }) => name === guard.spec.of);
    return evaluateGuard(guard, figure ?? { value: null, reason: 'nobody reads it' }, atMs);
  });
  for (const { spec, trippedAtMs } of run.guards) {
    const figure = figures.find(({ name }) => name === spec.of);
    if (trippedAtMs === null || figure === undefined) continue;
    const now = describeValue(figure);
    end('aborted', `The guard tripped: ${spec.of} was ${describeTrip(spec)} (now ${now}), so the fault was ended`);
  }
  const blind = run.guards.find((guard) => guard.lostInRow >= LOST_AFTER);
  if (blind === undefined) return null;
  const { spec, lostInRow, lostReason } = blind;
  return `The guard of ${spec.of} had no sound figure ${lostInRow} times in a row, so the fault was ended: ${lostReason}`;
}

function claimOf({ fault, admin, track }: ArmedFault): WitnessClaim {
  const ledger = track.counts();
  return {
    sidecar: admin.address,
    instance: track.instance,
    restarts: track.restarts,
    rule: fault.id,
    injected: ledger?.injected ?? 0,
    predictions: fault.predictions,
  };
}

async function readLedgers(armed: readonly ArmedFault[], signal: AbortSignal): Promise<number | null> {
  let injected: number | null = null;
  await Promise.all(
    armed.map(async ({ admin, track }) => {
      try {
        track.observe(await admin.ledger(signal));
      } catch (error) {
        // The lease keeper asks the same sidecar more often and tells when it is gone.
        if (!(error instanceof AdminError) && !signal.aborted) throw error;
      }
      injected = (injected ?? 0) + (track.counts()?.injected ?? 0);
    }),
  );
  return injected;
}

async function takeBack(run: RunState, armed: readonly ArmedFault[]): Promise<void> {
  const { ports } = run;
  if (armed.length === 0) {
    ports.progress({ kind: 'armed', armed: false });
    return;
  }
  ports.progress({ kind: 'stage', stage: 'undo', durationMs: null });
  const outcome = await undoAll(
    armed.map(({ undo }) => undo),
    ports.clock,
    ports.leave,
  );
  run.undo = {
    confirmed: outcome.confirmed,
    at: outcome.atMs === null ? null : timeText(run.hereMs() + run.skewMs),
    left: [...outcome.left],
  };
  if (outcome.confirmed) ports.progress({ kind: 'armed', armed: false });
  await Promise.all(armed.map(async ({ keeper }) => await keeper?.ended));
  for (const left of outcome.left) ports.progress({ kind: 'notice', text: `A fault may still be there: ${left}` });
}
