import { sleepUnlessAborted } from '../experiment/clock.ts';
import type { Clock } from '../experiment/clock.ts';
import type { Admin } from './admin-client.ts';
import { AdminError } from './admin-error.ts';

/**
 * Keeps one rule armed on one sidecar by renewing its lease at a third of its length. The sidecar counts the lease from
 * the arrival of a renewal, we count it from before we sent one: our deadline is never later than the sidecar's, so
 * "still held" is never said of a lease that has ended.
 *
 *     PUT rule   renew     renew     (no answer)  retry retry ... lost: the fault has ended by itself
 *     |----------|---------|---------|------------|-|-|-|-|
 *     0         1/3       2/3        1                    2
 */
export interface LeaseKeeper {
  /** Null while the lease holds; why and since when (monotonic milliseconds) it does not. */
  readonly lost: { readonly reason: string; readonly atMs: number } | null;
  /** Latest moment, monotonic milliseconds, at which the sidecar still has the rule armed if nobody takes it back. */
  readonly endsByMs: number;
  /** Resolves when the lease is lost or the keeping is over. */
  readonly ended: Promise<void>;
}

/** Begins to renew; ends with `signal`. `armedAtMs` is the monotonic time before the rule was put. */
export function keepLease(
  admin: Admin,
  id: string,
  lease: { readonly ms: number; readonly armedAtMs: number },
  clock: Clock,
  signal: AbortSignal,
): LeaseKeeper {
  const state = {
    lost: null as LeaseKeeper['lost'],
    endsByMs: clock.monotonicMs() + lease.ms,
    ended: Promise.resolve(),
  };
  state.ended = renewUntilLost(admin, id, lease, clock, signal, state).catch((error: unknown) => {
    state.lost = { reason: `renewing it failed: ${String(error)}`, atMs: clock.monotonicMs() };
  });
  return state;
}

async function renewUntilLost(
  admin: Admin,
  id: string,
  lease: { readonly ms: number; readonly armedAtMs: number },
  clock: Clock,
  signal: AbortSignal,
  state: { lost: LeaseKeeper['lost']; endsByMs: number },
): Promise<void> {
  let heldUntilMs = lease.armedAtMs + lease.ms;
  let trouble: string | null = null;
  for (;;) {
    const waitMs = trouble === null ? lease.ms / 3 : lease.ms / 20;
    if (!(await sleepUnlessAborted(clock, waitMs, signal))) return;
    const sentMs = clock.monotonicMs();
    try {
      await admin.renew(id, lease.ms, signal);
      heldUntilMs = sentMs + lease.ms;
      state.endsByMs = clock.monotonicMs() + lease.ms;
      trouble = null;
    } catch (error) {
      if (signal.aborted) {
        // It may arrive all the same, and then the lease begins anew.
        state.endsByMs = clock.monotonicMs() + lease.ms;
        return;
      }
      if (!(error instanceof AdminError)) throw error;
      trouble = error.message;
      // A renewal whose answer was lost may have been carried out.
      if (error.code !== 'refused') state.endsByMs = clock.monotonicMs() + lease.ms;
      if (isFinal(error)) {
        state.lost = { reason: `the rule is no longer armed: ${error.message}`, atMs: clock.monotonicMs() };
        return;
      }
    }
    if (clock.monotonicMs() >= heldUntilMs) {
      state.lost = {
        reason: `its lease could not be renewed in time: ${trouble ?? 'the renewal came too late'}`,
        atMs: clock.monotonicMs(),
      };
      return;
    }
  }
}

/** The sidecar answered and has no such lease: asking again does not help. 5xx may pass. */
function isFinal(error: AdminError): boolean {
  return error.code === 'refused' && error.status !== null && error.status < 500;
}
