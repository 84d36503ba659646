/** The bracket of a share of events: what part was good at least, and at most. */
import { count, type Count, type CountWindow, type Row, type Track } from '../source/counting.ts';

export interface Share {
  readonly low: number | null;
  readonly high: number | null;
  readonly problems: readonly string[];
}

/**
 * Good and bad events near the edges belong to the phase or not independently of one another, so the least share has
 * the fewest good and the most bad.
 */
export function share(
  tracks: readonly Track[],
  good: (row: Row) => number,
  bad: (row: Row) => number,
  window: CountWindow,
): Share {
  const goods = count(tracks, good, window);
  const bads = count(tracks, bad, window);
  return { ...shareOf(goods, bads), problems: [...goods.problems, ...bads.problems] };
}

export function shareOf(good: Count, bad: Count): { readonly low: number | null; readonly high: number | null } {
  return { low: part(good.atLeast, bad.atMost), high: part(good.atMost, bad.atLeast) };
}

/** Null where either is not known or nothing happened. */
function part(some: number | null, rest: number | null): number | null {
  return some === null || rest === null || some + rest <= 0 ? null : some / (some + rest);
}
