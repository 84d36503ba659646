// Clocks that stand still until a test moves them.
import type { Clock } from '../../../proxy/rules/clock.ts';

interface Timer {
  readonly dueMs: number;
  readonly callback: () => void;
}

export class FakeClock implements Clock {
  private monotonic: number;
  private wall: number;
  private readonly timers = new Set<Timer>();
  /** Timers fire this much before their time, as Node's do by up to a millisecond. */
  earlyMs = 0;

  constructor(monotonicMs = 1_000_000, wallMs = Date.parse('2026-11-21T10:00:00Z')) {
    this.monotonic = monotonicMs;
    this.wall = wallMs;
  }

  monotonicMs(): number {
    return this.monotonic;
  }

  wallMs(): number {
    return this.wall;
  }

  after(ms: number, callback: () => void): () => void {
    const timer = { dueMs: this.monotonic + ms, callback };
    this.timers.add(timer);
    return () => void this.timers.delete(timer);
  }

  /** Both clocks go on; what falls due on the way is called at its time. */
  advance(ms: number): void {
    const end = this.monotonic + ms;
    for (;;) {
      const next = [...this.timers].toSorted((a, b) => a.dueMs - b.dueMs)[0];
      const fireMs = next === undefined ? Infinity : Math.max(this.monotonic, next.dueMs - this.earlyMs);
      if (next === undefined || fireMs > end) break;
      this.go(fireMs - this.monotonic);
      this.timers.delete(next);
      next.callback();
    }
    this.go(end - this.monotonic);
  }

  /** Somebody sets the wall clock. */
  stepWall(ms: number): void {
    this.wall += ms;
  }

  /** How long the nearest timer is away; Infinity without one. */
  nextTimerMs(): number {
    return Math.min(Infinity, ...[...this.timers].map(({ dueMs }) => dueMs - this.monotonic));
  }

  private go(ms: number): void {
    this.monotonic += ms;
    this.wall += ms;
  }
}
