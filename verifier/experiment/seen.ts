import type { Prediction } from '../../proxy/faults/fault.ts';
import { count } from '../source/counting.ts';
import type { Count, Row, Track } from '../source/counting.ts';

/**
 * What Prometheus saw of one sidecar against what its ledger says and its rules predict. Pure. Only our rules make these
 * counters grow, and only while they are armed, so the brackets are wide where that costs nothing:
 *
 *             armed                         fault ends   undone
 *     |---------|-----------------------------|------------|----|
 *               '------ at least: scrapes in here ---------'
 *     '-- at most: from the scrape before the last one, to the first one after --'
 *               '--- held, mean ---'  without the last scrape: the undo lets go early of what is held then
 *
 * The scrape before the arming is not trusted: it carries the time at which it began.
 */

/** While the rules were armed; Unix seconds in the time of Prometheus. */
export interface ArmedWindow {
  readonly from: number;
  /** When the undo began. */
  readonly faultEnd: number;
  /** When it was confirmed. */
  readonly to: number;
}

/** One rule on the sidecar. */
export interface SeenClaim {
  readonly rule: string;
  /** By its ledger. */
  readonly injected: number;
  readonly predictions: readonly Prediction[];
}

/** The counters of the sidecar around the window, of all metrics in `SEEN_METRICS`. */
export interface SeenCounters {
  readonly tracks: readonly Track[];
  readonly scrapeSeconds: number;
  /** Whether rules of others may act on the sidecar as well. */
  readonly shared: boolean;
}

export interface Comparison {
  /** A sentence without its end about what cannot be true together; null: nothing contradicts. */
  readonly contradiction: string | null;
  /** What was seen, whole sentences; empty where there is nothing to tell. */
  readonly remark: string;
}

const RULES = 'sidequake_rule_exchanges_total';
const REQUESTS = 'istio_requests_total';
const DURATIONS = 'istio_request_duration_milliseconds';

/** The names that a selector has to give, as a regular expression. */
export const SEEN_METRICS: string = `${RULES}|${REQUESTS}|${DURATIONS}_(sum|count)`;

/** Timers fire up to a millisecond early, and what is timed is rounded. */
const EARLY_MS = 1.5;
const ROUNDING = 1e-6;

/** What is to be said of each claim, in their order. */
export function compareSeen(
  claims: readonly SeenClaim[],
  counters: SeenCounters,
  window: ArmedWindow,
): readonly Comparison[] {
  return claims.map((claim) => {
    const own = compareCount(claim, counters, window);
    if (own.contradiction !== null) return own;
    const effects = [compareStatus(claim, claims, counters, window), compareDelay(claim, claims, counters, window)];
    const contradiction = effects.find((effect) => effect.contradiction !== null)?.contradiction ?? null;
    const remark = [own, ...effects].map((effect) => effect.remark).filter((text) => text !== '');
    return { contradiction, remark: remark.join(' ') };
  });
}

function compareCount({ rule, injected }: SeenClaim, counters: SeenCounters, window: ArmedWindow): Comparison {
  const ofRule = (row: Row): boolean => row.labels['__name__'] === RULES && row.labels['rule'] === rule;
  if (!hasRow(counters, ofRule)) return remark(`Ledger only: Prometheus has no ${RULES} of this rule.`);
  const { atLeast, atMost } = bracket(counters, window, (row) => ofRule(row) && row.labels['outcome'] === 'injected');
  if (atLeast === null || atMost === null) return remark('Ledger only: Prometheus has no scrape from after the undo.');
  const range = rangeText(atLeast, atMost);
  if (injected < atLeast - ROUNDING || injected > atMost + ROUNDING) {
    return { contradiction: `Prometheus counts ${range} injected exchanges, its ledger ${injected}`, remark: '' };
  }
  return remark(`Prometheus counts ${range} of them.`);
}

/** Every exchange that was answered in the app's place carries the status and the flag that were predicted. */
function compareStatus(
  claim: SeenClaim,
  claims: readonly SeenClaim[],
  counters: SeenCounters,
  window: ArmedWindow,
): Comparison {
  const answer = answerOf(claim);
  if (answer === null) return NOTHING;
  const isRequest = (row: Row): boolean => row.labels['__name__'] === REQUESTS;
  if (!hasRow(counters, isRequest)) return remark(`It has no ${REQUESTS}, so the status was not looked at.`);
  const seen = bracket(
    counters,
    window,
    (row) =>
      isRequest(row) &&
      row.labels['response_flags'] === answer.flags &&
      row.labels['response_code'] === String(answer.status),
  );
  if (seen.atLeast === null || seen.atMost === null) return NOTHING;
  const same = claims.filter((other) => {
    const theirs = answerOf(other);
    return theirs !== null && theirs.status === answer.status && theirs.flags === answer.flags;
  });
  const promised = same.reduce((sum, { injected }) => sum + injected, 0);
  // A caller that goes away while its exchange is held has no answer. Rules of others only add to what is seen.
  const mayBeHeld = counters.shared || claims.some(({ predictions }) => predictions.some((one) => 'addedMs' in one));
  const least = mayBeHeld ? Math.min(1, promised) : promised;
  const what = `answers with status ${answer.status} and flag ${answer.flags}`;
  if (seen.atMost < least - ROUNDING) {
    const contradiction = `Prometheus counts ${rangeText(seen.atLeast, seen.atMost)} ${what}, predicted were ${promised}`;
    return { contradiction, remark: '' };
  }
  return remark(`It counts ${rangeText(seen.atLeast, seen.atMost)} ${what}.`);
}

/** Exchanges that were held and then had the app's answer took, on average, at least what the law's least is. */
function compareDelay(
  claim: SeenClaim,
  claims: readonly SeenClaim[],
  counters: SeenCounters,
  window: ArmedWindow,
): Comparison {
  const flags = delayOf(claim)?.flags;
  const held = claims.map(delayOf).filter((delay) => delay !== null && delay.flags === flags);
  if (flags === undefined || counters.shared) return NOTHING;
  const leastMs = Math.min(...held.map((delay) => delay?.leastMs ?? 0));
  const inside = { from: window.from, to: window.faultEnd - counters.scrapeSeconds };
  const none = `No exchange that was only held (flag ${flags}) ended between two scrapes of the fault.`;
  if (inside.to <= inside.from) return remark(none);
  const sum = (name: string): number | null =>
    count(
      counters.tracks,
      ({ labels }) => (labels['__name__'] === `${DURATIONS}_${name}` && labels['response_flags'] === flags ? 1 : 0),
      { ...inside, scrapeSeconds: counters.scrapeSeconds },
    ).atLeast;
  const [totalMs, ended] = [sum('sum') ?? 0, sum('count') ?? 0];
  if (ended < 1) return remark(none);
  const meanMs = totalMs / ended;
  const mean = `${Math.floor(ended)} held exchanges (flag ${flags}) took ${meanMs.toFixed(1)} ms on average`;
  if (meanMs < leastMs - EARLY_MS) {
    return { contradiction: `${mean} by Prometheus, predicted were at least ${leastMs} ms`, remark: '' };
  }
  return remark(`By it ${mean}, at least ${leastMs} ms were predicted.`);
}

const NOTHING: Comparison = { contradiction: null, remark: '' };

function remark(text: string): Comparison {
  return { contradiction: null, remark: text };
}

function answerOf({ predictions }: SeenClaim): { readonly status: number; readonly flags: string } | null {
  const answer = predictions.find((prediction) => prediction.status !== undefined);
  return answer?.status === undefined ? null : { status: answer.status, flags: answer.responseFlags };
}

/** Null for a rule that does not hold, or that answers itself in the end. */
function delayOf(claim: SeenClaim): { readonly leastMs: number; readonly flags: string } | null {
  const delays = claim.predictions.filter(({ addedMs }) => addedMs !== undefined);
  const [first] = delays;
  if (first === undefined || answerOf(claim) !== null) return null;
  const leastMs = delays.reduce((sum, { addedMs }) => sum + (addedMs?.least ?? 0), 0);
  return { leastMs, flags: first.responseFlags };
}

function bracket(counters: SeenCounters, window: ArmedWindow, counts: (row: Row) => boolean): Count {
  const { tracks, scrapeSeconds } = counters;
  const weight = (row: Row): number => (counts(row) ? 1 : 0);
  const { from, to } = window;
  return {
    atLeast: count(tracks, weight, { from, to, scrapeSeconds }).atLeast,
    atMost: count(tracks, weight, { from: from - scrapeSeconds, to, scrapeSeconds }).atMost,
  };
}

function hasRow({ tracks }: SeenCounters, is: (row: Row) => boolean): boolean {
  return tracks.some(({ rows }) => rows.some(is));
}

function rangeText(low: number, high: number): string {
  return low === high ? String(low) : `${low} to ${high}`;
}
