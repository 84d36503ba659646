/** What tells whether a rule's text has changed. */
import { createHash } from 'node:crypto';

/**
 * Hash of a rule as written, without `until` and `ttl`: 16 hexadecimal digits. The order of keys does not count, the
 * order of lists does.
 */
export function textHash(written: Readonly<Record<string, unknown>>): string {
  const { until: _until, ttl: _ttl, ...text } = written;
  return createHash('sha256').update(canonical(text)).digest('hex').slice(0, 16);
}

/** JSON with sorted keys. */
function canonical(value: unknown): string {
  if (Array.isArray(value)) return `[${value.map(canonical).join(',')}]`;
  if (typeof value !== 'object' || value === null) return JSON.stringify(value) ?? 'null';
  const entries = Object.entries(value).toSorted(([a], [b]) => (a < b ? -1 : 1));
  return `{${entries.map(([key, entry]) => `${JSON.stringify(key)}:${canonical(entry)}`).join(',')}}`;
}
