import type { Admin } from '../undo/admin-client.ts';
import { AdminError } from '../undo/admin-error.ts';
import { keepLease } from '../undo/lease-keeper.ts';
import type { LeaseKeeper } from '../undo/lease-keeper.ts';
import type { MayBeArmed } from '../undo/undo.ts';
import type { PlannedFault } from './experiment.ts';
import { LedgerTrack } from './ledger-track.ts';
import type { RunPorts } from './run-state.ts';

/** Arms all rules or none: what was armed is in the hands of its lease from the first moment on. */

/** A rule on its sidecar, with everything that is needed to keep it, count it and take it back. */
export interface ArmedFault {
  readonly fault: PlannedFault;
  readonly admin: Admin;
  readonly track: LedgerTrack;
  /** Null when putting it failed in a way that leaves open whether it is armed. */
  readonly keeper: LeaseKeeper | null;
  readonly undo: MayBeArmed;
}

export interface Arming {
  /** Also those of which it is not known. */
  readonly armed: readonly ArmedFault[];
  /** Why not all of them are armed; empty: they are. */
  readonly failures: readonly string[];
  /** Mistakes of our own: to be thrown once what is armed has been taken back. */
  readonly errors: readonly unknown[];
}

/** `renew` ends the renewals. */
export async function armAll(
  faults: readonly PlannedFault[],
  admins: ReadonlyMap<string, Admin>,
  ports: RunPorts,
  renew: AbortSignal,
): Promise<Arming> {
  const settled = await Promise.allSettled(
    faults.map(async (fault) => {
      const admin = admins.get(fault.admin);
      if (admin === undefined) throw new Error(`no connection was made for ${fault.admin}`);
      return await armOne(fault, admin, ports, renew);
    }),
  );
  const attempts = settled.flatMap((one) => (one.status === 'fulfilled' ? [one.value] : []));
  return {
    armed: attempts.flatMap((attempt) => (attempt.armed === null ? [] : [attempt.armed])),
    failures: attempts.flatMap((attempt) => (attempt.failure === null ? [] : [attempt.failure])),
    errors: settled.flatMap((one) => (one.status === 'rejected' ? [one.reason as unknown] : [])),
  };
}

interface Attempt {
  readonly armed: ArmedFault | null;
  readonly failure: string | null;
}

async function armOne(fault: PlannedFault, admin: Admin, ports: RunPorts, renew: AbortSignal): Promise<Attempt> {
  const { clock, leaseMs, stop } = ports;
  let track: LedgerTrack;
  try {
    track = new LedgerTrack(fault.id, await admin.ledger(stop));
  } catch (error) {
    return { armed: null, failure: describeFailure(error, fault, stop) };
  }
  const armedAtMs = clock.monotonicMs();
  const onLedger = track.observe.bind(track);
  const of = { target: fault.target, admin, id: fault.id, onLedger };
  try {
    await admin.put(fault.id, { ...fault.written, ttl: `${leaseMs}ms` }, stop);
  } catch (error) {
    const failure = describeFailure(error, fault, stop);
    if (error instanceof AdminError && error.code === 'refused' && (error.status ?? 500) < 500) {
      return { armed: null, failure };
    }
    // The answer may have been lost behind the deed.
    const endsByMs = clock.monotonicMs() + leaseMs;
    return { armed: { fault, admin, track, keeper: null, undo: { ...of, endsByMs: () => endsByMs } }, failure };
  }
  const keeper = keepLease(admin, fault.id, { ms: leaseMs, armedAtMs }, clock, renew);
  return { armed: { fault, admin, track, keeper, undo: { ...of, endsByMs: () => keeper.endsByMs } }, failure: null };
}

function describeFailure(error: unknown, fault: PlannedFault, stop: AbortSignal): string {
  if (stop.aborted) return `${fault.target}: not armed, the operator stopped the run`;
  if (error instanceof AdminError) return `${fault.target}: ${error.message}`;
  throw error;
}
