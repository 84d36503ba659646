/**
 * Durations as people write them, in the grammar of Go's `time.ParseDuration`, which Kubernetes and Prometheus users
 * know: `200ms`, `1.5s`, `5m`, `1h30m`. Loads nothing, since a proxy without a file reads durations too.
 */
import { parsed, quoted, refused, type Parsed } from './parsed.ts';

const UNIT_MS = { ns: 1e-6, us: 1e-3, µs: 1e-3, ms: 1, s: 1e3, m: 60e3, h: 3600e3 } as const;
const UNITS = Object.keys(UNIT_MS).join(', ');
const PART = /(\d+(?:\.\d*)?|\.\d+)(ns|us|µs|μs|ms|s|m|h)/gy;
/** Nanoseconds in a millisecond: results are rounded to this grid, so that 0.1s and 100ms are the same number. */
const GRID = 1e6;
/** One hundred years, far above any use, far below where a double loses milliseconds. */
const MOST_MS = 100 * 365 * 24 * 3600e3;

/** What `parseDuration` accepts, for JSON Schema. */
export const DURATION_PATTERN = '^((\\d+(\\.\\d*)?|\\.\\d+)(ns|us|µs|μs|ms|s|m|h))+$';

/**
 * A written duration to milliseconds, exact to the nanosecond. `0s` is a duration, `0` is not: a number without unit
 * is refused, since nobody can tell whether it meant seconds.
 */
export function parseDuration(text: string): Parsed<number> {
  const written = text.trim();
  if (/^[+-]/.test(written)) return refused(`${quoted(text)} has a sign: a duration is 0 or more, like 200ms or 1h30m`);
  if (/^(\d+(\.\d*)?|\.\d+)$/.test(written)) {
    return refused(`${quoted(text)} has no unit: write ${written}ms, ${written}s or ${written}m`);
  }
  let totalMs = 0;
  let at = 0;
  for (const part of written.matchAll(PART)) {
    const [whole, figure = '', unit = 'ms'] = part;
    totalMs += Number(figure) * UNIT_MS[unit === 'μs' ? 'µs' : (unit as keyof typeof UNIT_MS)];
    at += whole.length;
  }
  if (at === 0 || at !== written.length) {
    return refused(
      `${quoted(text)} is not a duration: write a number and a unit of ${UNITS}, like 200ms, 1.5s or 1h30m`,
    );
  }
  if (totalMs > MOST_MS) return refused(`${quoted(text)} is longer than a hundred years`);
  return parsed(Math.round(totalMs * GRID) / GRID);
}

/**
 * Milliseconds as the shortest usual text: `200ms`, `1.5s`, `1h30m`. `parseDuration` gives the same number back for
 * every multiple of a microsecond up to years.
 */
export function formatDuration(ms: number): string {
  if (!(ms >= 0) || ms === Infinity) throw new RangeError(`not a duration: ${ms} ms`);
  if (ms === 0) return '0s';
  if (ms < 1) return `${decimal(ms * 1e3)}us`;
  if (ms < 1000) return `${decimal(ms)}ms`;
  const hours = Math.floor(ms / UNIT_MS.h);
  const minutes = Math.floor((ms - hours * UNIT_MS.h) / UNIT_MS.m);
  const restMs = ms - hours * UNIT_MS.h - minutes * UNIT_MS.m;
  const seconds = restMs === 0 ? '' : `${decimal(restMs / 1e3)}s`;
  return `${hours > 0 ? `${hours}h` : ''}${minutes > 0 ? `${minutes}m` : ''}${seconds}`;
}

/** Plain digits without exponent and trailing zeros, at nanosecond resolution of a second. */
function decimal(value: number): string {
  return value.toFixed(9).replace(/\.?0+$/, '');
}
