import { parseDuration } from '../../proxy/config/duration-text.ts';
import { parsed, quoted, refused } from '../../proxy/config/parsed.ts';
import type { Parsed } from '../../proxy/config/parsed.ts';

/** The written values that only experiments have: rates, thresholds of guards, `2 of 3`. Pure. */

const PER_SECOND = { s: 1, m: 60, h: 3600 } as const;

/** `50/s`, `0.5/s`, `600/m` to requests per second. */
export function parseRate(text: string): Parsed<number> {
  const match = /^(\d+(?:\.\d+)?|\.\d+) ?\/ ?(s|m|h)$/.exec(text.trim());
  if (match === null) return refused(`${quoted(text)} is not a rate: write it like 50/s or 600/m`);
  const perSecond = Number(match[1]) / PER_SECOND[match[2] as 's' | 'm' | 'h'];
  if (perSecond <= 0) return refused('a rate must be above 0');
  if (perSecond > 20_000) return refused(`${text} is more than one process can send: at most 20000/s`);
  return parsed(perSecond);
}

/** `90%` to 0.9, `300ms` to 0.3 seconds, a number stays what it is. */
export function parseThreshold(written: string | number): Parsed<number> {
  if (typeof written === 'number') return parsed(written);
  const percent = /^(\d+(?:\.\d+)?|\.\d+) ?%$/.exec(written.trim());
  // Not by the grammar of shares: a bound of 99.9995 % is finer than a share can be.
  if (percent !== null) return parsed(Number((Number(percent[1]) / 100).toPrecision(15)));
  if (/^-?(\d+(\.\d*)?|\.\d+)$/.test(written.trim())) return parsed(Number(written));
  const duration = parseDuration(written);
  if (duration.ok) return parsed(duration.value / 1000);
  return refused(`${quoted(written)} is neither a percentage (90%), a duration (300ms) nor a number`);
}

/** `2 of 3` */
export function parseBreaches(text: string): Parsed<{ readonly count: number; readonly of: number }> {
  const match = /^(\d+) +of +(\d+)$/.exec(text.trim());
  if (match === null) return refused(`${quoted(text)} is not understood: write it like 2 of 3`);
  const [count, of] = [Number(match[1]), Number(match[2])];
  if (count < 1 || of < count)
    return refused(`${text} can never be: the first number is at least 1 and at most the second`);
  if (of > 100) return refused('the second number is at most 100');
  return parsed({ count, of });
}
