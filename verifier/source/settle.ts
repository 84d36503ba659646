/**
 * Waits in wall time until the scrape after a phase's end can be read. The evaluation time never moves: moving it by
 * one scrape costs up to 17 points of a 60 s phase at 15 s scrapes.
 */
import { setTimeout as timer } from 'node:timers/promises';
import { answered, type Answer } from './answer.ts';
import type { Prometheus } from './prometheus.ts';

export interface SettleRequest {
  readonly prometheus: Prometheus;
  /** Plain selectors; a selector without any series is not waited for while another has some. */
  readonly selectors: readonly string[];
  /** End of the phase, Unix seconds in the time of Prometheus. */
  readonly end: number;
  readonly scrapeSeconds: number;
  readonly signal: AbortSignal;
  /** Replaced in tests. */
  readonly sleep?: (ms: number, signal: AbortSignal) => Promise<unknown>;
}

/** Whether every target has been seen after the end; false where the time was up first. */
export interface Settled {
  readonly complete: boolean;
}

/** Longest wait after the end: this many scrapes and seconds. */
const SCRAPES = 3;
const SECONDS = 5;
const LONGEST_PAUSE_MS = 2000;

/**
 * Polls until each target has a sample at or after the end, at most 3 scrapes + 5 s after the end by the server's
 * clock. A phase that lies further back is not waited for.
 */
export async function settle(request: SettleRequest): Promise<Answer<Settled>> {
  const { prometheus, selectors, end, scrapeSeconds, signal } = request;
  const sleep =
    request.sleep ??
    ((ms: number, abort: AbortSignal) => timer(ms, undefined, { signal: abort }).catch(() => undefined));
  const latest = end + SCRAPES * scrapeSeconds + SECONDS;
  for (;;) {
    const now = await prometheus.serverTime(signal);
    if (!now.ok) return now;
    if (now.value >= latest) return answered({ complete: false });
    if (now.value > end) {
      const oldest = await oldestNewest(prometheus, selectors, now.value, signal);
      if (!oldest.ok) return oldest;
      if (oldest.value !== null && oldest.value >= end) return answered({ complete: true });
    }
    const untilEndMs = Math.max(0, end - now.value) * 1000;
    await sleep(untilEndMs + Math.min(LONGEST_PAUSE_MS, Math.max(50, scrapeSeconds * 100)), signal);
  }
}

/** The time of the newest sample of the target that is furthest behind; null where nothing is found. */
async function oldestNewest(
  prometheus: Prometheus,
  selectors: readonly string[],
  at: number,
  signal: AbortSignal,
): Promise<Answer<number | null>> {
  let oldest: number | null = null;
  for (const selector of selectors) {
    const newest = await prometheus.instant(`max by (job, instance) (timestamp(${selector}))`, at, signal);
    if (!newest.ok) return newest;
    if (newest.value.kind === 'scalar') continue;
    for (const { value } of newest.value.elements) oldest = Math.min(oldest ?? Infinity, value);
  }
  return answered(oldest);
}
