import { clockSkew } from '../source/clock.ts';
import type { Finding } from '../verdict.ts';
import type { RunState } from './run-state.ts';

/**
 * Whether Prometheus' clock went on like ours: the phases are written in its time by the skew of the beginning, and a
 * clock that was set meanwhile would have judged other minutes than those of the fault.
 */
export async function checkDrift(run: RunState): Promise<Finding | null> {
  const { prometheus, stop } = run.ports;
  const now = await clockSkew(prometheus, run.hereMs, stop);
  if (!now.ok) {
    return {
      verdict: 'inconclusive',
      reason: `Whether the clock of Prometheus went on evenly cannot be told: ${now.failure.message}`,
    };
  }
  const driftMs = Math.abs(now.value.skewMs - run.skewMs);
  if (driftMs - now.value.uncertaintyMs <= ((run.scrapeSeconds ?? 0) * 1000) / 2) return null;
  return {
    verdict: 'inconclusive',
    reason:
      `The clock of Prometheus moved by ${(driftMs / 1000).toFixed(1)} s against this machine's during the run, ` +
      'so the phases cannot be told apart',
  };
}
