import { systemClock } from '../experiment/clock.ts';
import { EXIT_DONE, EXIT_FINDINGS } from '../exit.ts';
import { checkAdminAddress, connectAdmin } from '../undo/admin-client.ts';
import type { Admin, LedgerCounts, ListedRule } from '../undo/admin-client.ts';
import { AdminError } from '../undo/admin-error.ts';
import { undoAll } from '../undo/undo.ts';
import type { Arguments } from './command.ts';
import type { Io } from './io.ts';
import { UserError } from './user-error.ts';

/** `status`, `fault list` and `fault clear`: each sidecar is asked, one that does not answer does not hide the others. */

/** For one sidecar, whatever it does: each request has a limit of its own, and this is the end of all of them. */
const MOST_MS = 15_000;

/** Exit code 1 when a sidecar does not answer. */
export async function statusCommand(args: Arguments, io: Io): Promise<number> {
  return await forEachSidecar(args, io, async (admin, signal) => {
    const [{ instance, rules }, ledger] = [await admin.rules(signal), await admin.ledger(signal)];
    io.out(`${admin.address}  instance ${instance}  ${rules.length === 0 ? 'no rules' : ''}\n`);
    for (const listed of rules) {
      io.out(`  ${describeRule(listed)}\n`);
      const counts = ledger.rules[listed.rule.id];
      if (counts !== undefined) io.out(`    ${describeCounts(counts)}\n`);
    }
    return true;
  });
}

/** Exit code 1 when a sidecar does not answer. */
export async function faultListCommand(args: Arguments, io: Io): Promise<number> {
  return await forEachSidecar(args, io, async (admin, signal) => {
    const { rules } = await admin.rules(signal);
    for (const listed of rules) io.out(`${admin.address}  ${describeRule(listed)}\n`);
    return true;
  });
}

/** Exit code 1 when a rule is still there, or a sidecar does not answer. */
export async function faultClearCommand(args: Arguments, io: Io): Promise<number> {
  const ids = args.texts('id');
  return await forEachSidecar(args, io, async (admin, signal) => {
    const { rules } = await admin.rules(signal);
    const wanted = rules.filter(({ rule }) => ids.length === 0 || ids.includes(rule.id));
    const ours = wanted.filter(({ source }) => source === 'api');
    for (const id of ids.filter((id) => !wanted.some(({ rule }) => rule.id === id))) {
      io.out(`${admin.address}  ${id} is not there\n`);
    }
    for (const { rule, source } of wanted.filter((listed) => !ours.includes(listed))) {
      io.err(`${admin.address}  ${rule.id} comes from ${source} and can only be taken back there\n`);
    }
    // No lease is waited for: who asks for this looks again by himself.
    const startedMs = systemClock.monotonicMs();
    const outcome = await undoAll(
      ours.map(({ rule }) => ({ target: admin.address, admin, id: rule.id, endsByMs: () => startedMs })),
      systemClock,
      signal,
    );
    for (const left of outcome.left) io.err(`${left}\n`);
    if (outcome.confirmed) for (const { rule } of ours) io.out(`${admin.address}  ${rule.id} is gone\n`);
    return outcome.confirmed && ours.length === wanted.length;
  });
}

async function forEachSidecar(
  args: Arguments,
  io: Io,
  ask: (admin: Admin, signal: AbortSignal) => Promise<boolean>,
): Promise<number> {
  const addresses = args.texts('admin');
  for (const address of addresses) {
    const problem = checkAdminAddress(address);
    if (problem !== null) throw new UserError(`--admin ${address}: ${problem}`);
  }
  let fine = true;
  for (const address of addresses) {
    await using admin = connectAdmin(address);
    const over = new AbortController();
    const timer = setTimeout(() => over.abort(), MOST_MS);
    try {
      if (!(await ask(admin, over.signal))) fine = false;
    } catch (error) {
      if (!(error instanceof AdminError) && !over.signal.aborted) throw error;
      io.err(`${error instanceof AdminError ? error.message : `${address} was not done within ${MOST_MS / 1000} s`}\n`);
      fine = false;
    } finally {
      clearTimeout(timer);
    }
  }
  return fine ? EXIT_DONE : EXIT_FINDINGS;
}

function describeRule({ rule, state, source, endsInMs }: ListedRule): string {
  const ends = endsInMs === null ? 'no end' : `ends in ${(endsInMs / 1000).toFixed(1)} s`;
  const { id, faults, share } = rule;
  const what = Array.isArray(faults) ? faults.map((fault) => JSON.stringify(fault)).join(' then ') : '';
  const part = typeof share === 'string' ? ` to ${share}` : '';
  return `${id}  ${state} (${source}, ${state === 'ended' ? 'over' : ends})  ${what}${part}`;
}

function describeCounts({ matched, injected, skipped, active }: LedgerCounts): string {
  const reasons = Object.entries(skipped).filter(([, count]) => count > 0);
  const skips = reasons.map(([reason, count]) => `${count} ${reason}`).join(', ');
  return `${matched} matched, ${injected} injected, ${active} active${skips === '' ? '' : `, skipped: ${skips}`}`;
}
