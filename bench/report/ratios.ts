/**
 * Ratios to the peers of the same run. A ratio is taken within each round, where both were measured within seconds of
 * one another, and only then the median: a machine that slows down for a while slows both.
 */
import type { Row } from '../model.ts';

/** The engines that others are compared to, and the figure the ratio is kept as. */
export const PEERS = { xHaproxy: 'haproxy', xHttpProxy: 'http-proxy' } as const;

/** The rows with their ratio to each peer that was measured, in the figure `cost`. */
export function withRatios(rows: readonly Row[], cost: string): Row[] {
  return rows.map((row) => {
    const samples: Record<string, readonly (number | null)[]> = { ...row.samples };
    for (const [key, peer] of Object.entries(PEERS)) {
      const peerRow = rows.find((each) => each.engine === peer && each.problems.length === 0);
      if (peerRow !== undefined) samples[key] = ratios(row.samples[cost] ?? [], peerRow.samples[cost] ?? []);
    }
    return { ...row, samples };
  });
}

/** The rounds of a second measurement added to those of the first. */
export function pooled(first: readonly Row[], second: readonly Row[]): Row[] {
  return first.map((row) => {
    const again = second.find((each) => each.engine === row.engine);
    if (again === undefined) return row;
    const keys = new Set([...Object.keys(row.samples), ...Object.keys(again.samples)]);
    const samples = Object.fromEntries(
      [...keys].map((key) => [key, [...(row.samples[key] ?? []), ...(again.samples[key] ?? [])]]),
    );
    return { ...row, samples, problems: [...row.problems, ...again.problems] };
  });
}

function ratios(ours: readonly (number | null)[], theirs: readonly (number | null)[]): (number | null)[] {
  return ours.map((value, round) => {
    const other = theirs[round] ?? null;
    return value === null || other === null || other === 0 ? null : value / other;
  });
}
