/** The schema field of a duration, for rules, faults and experiments. */
import * as z from 'zod';
import { DURATION_PATTERN, formatDuration, parseDuration } from './duration-text.ts';

/** Node's timers hold 2^31-1 ms and fire at once beyond it: 24 days stay safely below. */
const TIMER_MOST_MS = 24 * 24 * 3600e3;

/** Bounds of a duration field, in milliseconds, both included. */
export interface DurationBounds {
  /** Default 0. */
  readonly atLeastMs?: number;
  /** Default 24 days: what a timer of Node can wait. */
  readonly atMostMs?: number;
}

/**
 * A written duration (`200ms`, `1.5s`, `1h30m`) that becomes a number of milliseconds.
 *
 * @example
 * const params = z.strictObject({ fixed: durationMs().describe('added to each exchange') });
 * params.parse({ fixed: '1.5s' }); // { fixed: 1500 }
 */
export function durationMs(bounds: DurationBounds = {}): z.ZodType<number, string> {
  const { atLeastMs = 0, atMostMs = TIMER_MOST_MS } = bounds;
  const written = z
    .string({ error: ({ input }) => notText(input) })
    .meta({ pattern: DURATION_PATTERN, examples: ['200ms', '1.5s', '1h30m'] });
  return z.codec(written, z.number(), {
    decode: (text, context) => {
      const duration = parseDuration(text);
      const message = duration.ok ? outside(duration.value, atLeastMs, atMostMs) : duration.message;
      if (duration.ok && message === undefined) return duration.value;
      context.issues.push({ code: 'custom', message: message ?? '', input: text });
      return z.NEVER;
    },
    encode: formatDuration,
  });
}

function outside(ms: number, atLeastMs: number, atMostMs: number): string | undefined {
  if (ms < atLeastMs) return `${formatDuration(ms)} is too short: at least ${formatDuration(atLeastMs)}`;
  if (ms > atMostMs) return `${formatDuration(ms)} is too long: at most ${formatDuration(atMostMs)}`;
  return undefined;
}

function notText(input: unknown): string {
  if (typeof input === 'number' && input >= 0) return `${input} has no unit: write ${input}ms, ${input}s or ${input}m`;
  if (typeof input === 'number') return `${input} is not a duration: 0 or more with a unit, like 200ms or 1h30m`;
  if (input === undefined) return 'is required: a duration like 200ms, 1.5s or 1h30m';
  return 'must be a duration like 200ms, 1.5s or 1h30m';
}
