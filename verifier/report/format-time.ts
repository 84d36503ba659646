/** Points and lengths of time as people read them; always UTC, the same on every machine. */

const MONTHS = ['Jan', 'Feb', 'Mar', 'Apr', 'May', 'Jun', 'Jul', 'Aug', 'Sep', 'Oct', 'Nov', 'Dec'];
const GAP = '\u202F';
const MINUS = '\u2212';

/** Unix seconds of an RFC 3339 time. */
export function unixSeconds(time: string): number {
  return Date.parse(time) / 1000;
}

/** `21 Nov 2026`, from Unix seconds. */
export function formatDate(seconds: number): string {
  const date = new Date(seconds * 1000);
  return `${date.getUTCDate()} ${MONTHS[date.getUTCMonth()] ?? ''} ${date.getUTCFullYear()}`;
}

/** `12:31:07`, or `12:31:07.250` where the milliseconds matter, from Unix seconds. */
export function formatClock(seconds: number, precision: 'minutes' | 'seconds' | 'milliseconds' = 'seconds'): string {
  const text = new Date(Math.round(seconds * 1000)).toISOString().slice(11, 23);
  return text.slice(0, precision === 'minutes' ? 5 : precision === 'seconds' ? 8 : 12);
}

/** A length of time in seconds: `820 ms`, `45 s`, `1 min 15 s`, `1 h 2 min`. */
export function formatDuration(seconds: number): string {
  const ms = Math.round(Math.abs(seconds) * 1000);
  const sign = seconds < 0 && ms > 0 ? MINUS : '';
  if (ms < 1000) return `${sign}${ms}${GAP}ms`;
  if (ms < 60_000) {
    const text = (ms / 1000).toFixed(ms < 10_000 ? 1 : 0).replace(/\.0$/, '');
    // 59.6 s rounds up to a minute, which has to read as one.
    if (text !== '60') return `${sign}${text}${GAP}s`;
  }
  const whole = Math.round(ms / 1000);
  const hours = Math.floor(whole / 3600);
  const minutes = Math.floor((whole % 3600) / 60);
  const rest = whole % 60;
  if (hours > 0) return `${sign}${hours}${GAP}h${minutes > 0 ? ` ${minutes}${GAP}min` : ''}`;
  return `${sign}${minutes}${GAP}min${rest > 0 ? ` ${rest}${GAP}s` : ''}`;
}
