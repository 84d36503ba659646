import { setTimeout as timeout } from 'node:timers/promises';

/** Time as the runner sees it; tests bring their own. */
export interface Clock {
  /** Unix milliseconds by this machine's clock. */
  wallMs(): number;
  /** Milliseconds since some point, never stepping back. */
  monotonicMs(): number;
  /** Resolves after the time. Rejects with the signal's reason when it is aborted first. */
  sleep(ms: number, signal: AbortSignal): Promise<void>;
}

export const systemClock: Clock = {
  wallMs: () => Date.now(),
  monotonicMs: () => performance.now(),
  sleep: async (ms, signal) => {
    try {
      await timeout(Math.max(0, ms), undefined, { signal });
    } catch (error) {
      signal.throwIfAborted();
      throw error;
    }
  },
};

/** Sleeps, and says whether it slept to the end: false when the signal cut it short. */
export async function sleepUnlessAborted(clock: Clock, ms: number, signal: AbortSignal): Promise<boolean> {
  if (signal.aborted) return false;
  try {
    await clock.sleep(ms, signal);
    return true;
  } catch (error) {
    if (signal.aborted) return false;
    throw error;
  }
}
