import type { Prometheus } from '../source/prometheus.ts';

/** What Prometheus says of a query before it is needed. */
export type QueryCheck =
  | { readonly kind: 'fine' }
  /** It will never run: syntax or argument types. */
  | { readonly kind: 'wrong'; readonly message: string }
  /** Nobody could say. */
  | { readonly kind: 'unknown'; readonly message: string };

/**
 * Asks by `format_query`, which runs nothing. Backends that do not have it are asked the query itself: what comes back
 * is not looked at, only whether it was refused.
 */
export async function checkQuery(prometheus: Prometheus, promql: string, signal?: AbortSignal): Promise<QueryCheck> {
  const formatted = await prometheus.checkSyntax(promql, signal);
  if (formatted.ok) return { kind: 'fine' };
  if (formatted.failure.code === 'refused') return { kind: 'wrong', message: formatted.failure.message };
  if (formatted.failure.code !== 'http') return { kind: 'unknown', message: formatted.failure.message };
  const answer = await prometheus.instant(promql, undefined, signal);
  // A matrix is no shape for `instant`, but whoever answers it has understood the query.
  if (answer.ok || answer.failure.code === 'wrong-shape') return { kind: 'fine' };
  const { code, message } = answer.failure;
  return code === 'refused' ? { kind: 'wrong', message } : { kind: 'unknown', message };
}
