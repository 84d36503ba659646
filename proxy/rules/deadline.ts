/** When a lease ends: pure arithmetic on two clocks. */
import type { Rule } from '../config/rule.ts';

/** The end of a lease on both clocks. The monotonic one counts; the other is for a restart of the whole machine. */
export interface Deadline {
  readonly monotonicMs: number;
  readonly wallMs: number;
}

/** One moment on both clocks. */
export interface Moment {
  readonly monotonicMs: number;
  readonly wallMs: number;
}

/** The lease of a rule put by the admin API that names neither `until` nor `ttl`. */
const DEFAULT_API_LEASE_MS = 5 * 60e3;

/**
 * The deadline of a rule first seen at `now`; null for none. Where both `until` and `ttl` are given the earlier holds.
 * An `until` in the past gives a deadline in the past.
 */
export function deadlineOf(rule: Rule, source: 'file' | 'api', now: Moment): Deadline | null {
  const { untilMs, ttlMs } = rule;
  const none = source === 'file' ? Infinity : DEFAULT_API_LEASE_MS;
  if (untilMs === undefined && ttlMs === undefined) return leaseFrom(now, none);
  return leaseFrom(now, Math.min(ttlMs ?? Infinity, untilMs === undefined ? Infinity : untilMs - now.wallMs));
}

/** A lease of `ms` from now; null where that is without end. */
export function leaseFrom(now: Moment, ms: number): Deadline | null {
  return ms === Infinity ? null : { monotonicMs: now.monotonicMs + ms, wallMs: now.wallMs + ms };
}

/**
 * A deadline kept by an earlier process. Where the machine has run on, the monotonic clock has too and nothing is
 * changed, whatever was done to the wall clock; after a restart of the machine only the wall clock can tell what is left.
 */
export function resumed(kept: Deadline, sameBoot: boolean, now: Moment): Deadline {
  if (sameBoot) return kept;
  return { monotonicMs: now.monotonicMs + (kept.wallMs - now.wallMs), wallMs: kept.wallMs };
}

/** Milliseconds that are left; 0 where it has passed. */
export function leftMs(deadline: Deadline, now: Pick<Moment, 'monotonicMs'>): number {
  return Math.max(0, deadline.monotonicMs - now.monotonicMs);
}
