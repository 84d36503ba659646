/** The clocks that leases count on. */
export interface Clock {
  /**
   * Milliseconds that only ever go forward, with fractions: CLOCK_MONOTONIC, which counts from the machine's start and
   * not from the process's, so that a deadline means the same after a restart.
   */
  monotonicMs(): number;
  /** Unix milliseconds: may be stepped at any time. */
  wallMs(): number;
  /** Calls back after about this time, possibly a little early as Node's timers do; returns what takes the call back. */
  after(ms: number, callback: () => void): () => void;
}

/** The machine's clocks. */
export const systemClock: Clock = {
  monotonicMs: () => {
    const [seconds, nanoseconds] = process.hrtime();
    return seconds * 1e3 + nanoseconds / 1e6;
  },
  wallMs: () => Date.now(),
  after: (ms, callback) => {
    const timer = setTimeout(callback, ms);
    // A lease keeps no process alive that has nothing else to do.
    timer.unref();
    return () => clearTimeout(timer);
  },
};
