/** One listed rule in the store: what it says, where it comes from, and how far its lease has come. */
import type { WrittenRule } from '../config/rule.ts';
import type { ArmedRule } from './armed-rule.ts';
import type { CompiledFaults } from './compile.ts';
import { deadlineOf, leftMs, resumed, type Deadline, type Moment } from './deadline.ts';
import type { KeptRule } from './state-file.ts';

/** Where a rule comes from. */
export type RuleSource = 'file' | 'api';

/** A rule as it shall be: worked out first, kept on the disk, then carried out in one step. */
export interface Plan {
  readonly source: RuleSource;
  readonly written: WrittenRule;
  readonly faults: CompiledFaults;
  readonly deadline: Deadline | null;
  /** Its lease has ended; stays so until the text changes. */
  readonly ended: boolean;
}

/** A plan carried out. `armed` is null while the rule cannot act. */
export interface Entry extends Plan {
  readonly armed: ArmedRule | null;
}

/** One element of `GET /rules`. */
export interface ListedRule {
  /** As written, with its id. */
  readonly rule: Readonly<Record<string, unknown>>;
  readonly state: 'armed' | 'paused' | 'ended';
  readonly source: RuleSource;
  /** Milliseconds that are left of the lease; 0 where it has ended, null where it has no end. */
  readonly endsInMs: number | null;
}

/** What is known of a rule of the file. */
export interface FileRule {
  readonly written: WrittenRule;
  readonly faults: CompiledFaults;
  /** The rule that has its id until now. */
  readonly before: Plan | undefined;
  /** What an earlier process has left of it. */
  readonly kept: { readonly rule: KeptRule; readonly sameBoot: boolean } | undefined;
  readonly now: Moment;
}

/** `until` and `ttl` as written: the part of a rule that its text hash leaves out. */
function leaseText({ written }: WrittenRule): string {
  return JSON.stringify([written['until'] ?? null, written['ttl'] ?? null]);
}

/**
 * A rule of the file. Seen before with the same text and the same `until` and `ttl`, it goes on with the lease it has,
 * also with one that has ended; else its lease begins now.
 */
export function planFileRule({ written, faults, before, kept, now }: FileRule): Plan {
  const plan = { source: 'file', written, faults } as const;
  if (before?.source === 'file' && isSameLease(written, before.written.textHash, leaseText(before.written))) {
    return { ...plan, deadline: before.deadline, ended: before.ended };
  }
  if (kept?.rule.source === 'file' && isSameLease(written, kept.rule.textHash, kept.rule.lease)) {
    return { ...plan, ...resumedLease(kept.rule, kept.sameBoot, now) };
  }
  return { ...plan, ...newLease(deadlineOf(written.rule, 'file', now), now) };
}

/** A rule put by the admin API: putting it is an act, so its lease begins now, whatever it was before. */
export function planApiRule(written: WrittenRule, faults: CompiledFaults, now: Moment): Plan {
  return { source: 'api', written, faults, ...newLease(deadlineOf(written.rule, 'api', now), now) };
}

/** What is left of a lease after a restart. */
export function resumedLease(kept: KeptRule, sameBoot: boolean, now: Moment): Pick<Plan, 'deadline' | 'ended'> {
  const deadline = resumed(kept.deadline, sameBoot, now);
  return { deadline, ended: kept.ended || leftMs(deadline, now) === 0 };
}

/** What has to outlive the process; undefined for a rule without end, which needs nothing. */
export function keptOf({ source, written, deadline, ended }: Plan): KeptRule | undefined {
  if (deadline === null) return undefined;
  const kept = { id: written.rule.id, source, textHash: written.textHash, lease: leaseText(written), deadline, ended };
  return source === 'api' ? { ...kept, written: written.written } : kept;
}

export function listed(entry: Entry, now: Moment): ListedRule {
  const { source, written, deadline, ended, armed } = entry;
  let state: ListedRule['state'] = armed === null ? 'paused' : 'armed';
  if (ended) state = 'ended';
  const endsInMs = deadline === null ? null : Math.ceil(leftMs(deadline, now));
  return { rule: written.written, state, source, endsInMs: ended ? 0 : endsInMs };
}

function newLease(deadline: Deadline | null, now: Moment): Pick<Plan, 'deadline' | 'ended'> {
  return { deadline, ended: deadline !== null && leftMs(deadline, now) === 0 };
}

function isSameLease(written: WrittenRule, hash: string, lease: string): boolean {
  return written.textHash === hash && leaseText(written) === lease;
}
