import { sleepUnlessAborted } from '../experiment/clock.ts';
import { shellWord } from '../shell-word.ts';
import type { Clock } from '../experiment/clock.ts';
import type { Admin, LedgerAnswer } from './admin-client.ts';
import { AdminError } from './admin-error.ts';

/**
 * Takes faults back and makes sure of it. Asked of each sidecar, until it is shown or the time is up:
 *
 *     DELETE rule -> GET /rules: not listed -> GET /ledger twice: nothing more injected, nothing held
 *        '--- no answer: again, until the lease has ended by itself, and a little longer
 *
 * A sidecar that cannot be asked even then is reported with the command that clears it: that its lease has ended is
 * very likely, but it is not confirmed.
 */

/** A rule that may be armed on a sidecar. */
export interface MayBeArmed {
  readonly target: string;
  readonly admin: Admin;
  readonly id: string;
  /** Monotonic milliseconds: when its lease ends at the latest if nobody renews it. */
  readonly endsByMs: () => number;
  /** Sees every ledger that is read on the way. */
  readonly onLedger?: (answer: LedgerAnswer) => void;
}

export interface UndoOutcome {
  readonly confirmed: boolean;
  /** Unix milliseconds of the last confirmation; null when one is missing. */
  readonly atMs: number | null;
  /** For people: where a rule may still be armed, until when, and what clears it. */
  readonly left: readonly string[];
}

/** How long after the end of a lease its sidecar is still asked. */
const AFTER_LEASE_MS = 2000;
/** Between two ledgers that must show the same count; a sidecar frees what a removed rule held within 100 ms. */
const QUIET_MS = 150;
const RETRY_MS = 200;

/** Never throws: a mistake of our own counts as one more reason why nothing is confirmed. `leave` gives up at once. */
export async function undoAll(armed: readonly MayBeArmed[], clock: Clock, leave: AbortSignal): Promise<UndoOutcome> {
  const outcomes = await Promise.all(armed.map(async (one) => await undoOne(one, clock, leave)));
  const left = outcomes.filter((outcome) => outcome !== null);
  return { confirmed: left.length === 0, atMs: left.length === 0 ? clock.wallMs() : null, left };
}

/** Null when the rule is gone for sure, else what to tell. */
async function undoOne(one: MayBeArmed, clock: Clock, leave: AbortSignal): Promise<string | null> {
  let trouble: string;
  do {
    try {
      const remaining = await removeAndLook(one, clock, leave);
      if (remaining === null) return null;
      trouble = remaining;
    } catch (error) {
      if (leave.aborted) return describeLeft(one, clock, 'not asked any more');
      trouble = error instanceof AdminError ? error.message : `internal error: ${String(error)}`;
    }
    if (!(await sleepUnlessAborted(clock, RETRY_MS, leave))) return describeLeft(one, clock, trouble);
  } while (clock.monotonicMs() < one.endsByMs() + AFTER_LEASE_MS);
  return describeLeft(one, clock, trouble);
}

/** Null when the rule is gone, else what still speaks against it. */
async function removeAndLook(one: MayBeArmed, clock: Clock, leave: AbortSignal): Promise<string | null> {
  const { admin, id } = one;
  await admin.remove(id, leave);
  const { rules } = await admin.rules(leave);
  const listed = rules.find((entry) => entry.rule.id === id);
  if (listed !== undefined && listed.state !== 'ended') return `${admin.address} still lists it as ${listed.state}`;
  const first = await admin.ledger(leave);
  one.onLedger?.(first);
  await clock.sleep(QUIET_MS, leave);
  const second = await admin.ledger(leave);
  one.onLedger?.(second);
  if (first.instance !== second.instance) return `${admin.address} has just restarted`;
  const before = first.rules[id]?.injected ?? 0;
  const after = second.rules[id];
  if (after === undefined) return null;
  if (after.injected !== before) return `${admin.address} still injects it`;
  if (after.active > 0) return `${admin.address} still holds ${after.active} exchanges by it`;
  return null;
}

function describeLeft(one: MayBeArmed, clock: Clock, trouble: string): string {
  const endsInMs = one.endsByMs() - clock.monotonicMs();
  const until =
    endsInMs > 0
      ? `its lease ends in ${Math.ceil(endsInMs / 1000)} s at the latest`
      : 'its lease should have ended by now';
  return (
    `rule ${one.id} on ${one.target} (${trouble}); ${until}; ` +
    `to be sure run: sidequake fault clear ${shellWord(one.id)} --admin ${shellWord(one.admin.address)}`
  );
}
