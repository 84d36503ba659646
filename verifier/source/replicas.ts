/**
 * Finds series that are there twice because two Prometheus scrape the same targets (a high-availability pair read
 * through Thanos or Mimir without deduplication): every sum over them doubles.
 */
import type { Labels } from './sample.ts';

/** Label names by which replicas of a Prometheus are told apart. */
const REPLICA_LABEL = /^(__replica__|(\w+_)?replica|prometheus)$/i;

/** The first label by which alone two series differ that are one, with its values; null where there is none. */
export function duplicatedBy(
  series: readonly Labels[],
): { readonly label: string; readonly values: readonly string[] } | null {
  const seen = new Map<string, Labels>();
  for (const labels of series) {
    const names = Object.keys(labels).filter((name) => REPLICA_LABEL.test(name));
    if (names.length === 0) continue;
    const rest = Object.entries(labels)
      .filter(([name]) => !names.includes(name))
      .sort(([a], [b]) => (a < b ? -1 : 1));
    const key = JSON.stringify(rest);
    const other = seen.get(key);
    const label = names.find((name) => other !== undefined && other[name] !== labels[name]);
    if (label !== undefined) return { label, values: [other?.[label] ?? '', labels[label] ?? ''] };
    seen.set(key, labels);
  }
  return null;
}
