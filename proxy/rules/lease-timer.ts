/** One timer for the earliest of many deadlines. */
import type { Clock } from './clock.ts';

/** What a timer of Node can wait; beyond it would fire at once. */
const LONGEST_MS = 2 ** 31 - 1;

export class LeaseTimer {
  private readonly clock: Clock;
  private readonly onDue: () => void;
  private cancel: (() => void) | undefined;

  /** `onDue` is called when the deadline has passed on the monotonic clock, never before. */
  constructor(clock: Clock, onDue: () => void) {
    this.clock = clock;
    this.onDue = onDue;
  }

  /** Replaces the deadline, in monotonic milliseconds; Infinity for none. */
  set(deadlineMs: number): void {
    this.cancel?.();
    this.cancel = undefined;
    if (deadlineMs === Infinity) return;
    const left = deadlineMs - this.clock.monotonicMs();
    const wait = Math.min(Math.max(1, Math.ceil(left)), LONGEST_MS);
    this.cancel = this.clock.after(wait, () => {
      // Timers may fire up to a millisecond early: only the clock counts.
      if (this.clock.monotonicMs() < deadlineMs) this.set(deadlineMs);
      else this.onDue();
    });
  }
}
