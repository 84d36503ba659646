/** Prometheus' own figure beside ours: extrapolated, blind to series born in the phase, known to everybody. */
import type { QueryRecord } from '../report/journal.ts';
import { queryRecord } from '../source/gather.ts';
import { rangeText, type Prometheus } from '../source/prometheus.ts';
import type { SignedSelector } from '../source/selector.ts';
import type { PhaseWindow } from './expectation.ts';

/** The signed sum of `increase()` over the phase; null where one cannot be had. A selector without series adds 0. */
export async function increaseOf(
  prometheus: Prometheus,
  terms: readonly SignedSelector[],
  phase: PhaseWindow,
  queries: QueryRecord[],
  signal: AbortSignal,
): Promise<number | null> {
  let sum = 0;
  for (const term of terms) {
    const value = await single(
      prometheus,
      `sum(increase(${term.text}[${rangeText(phase.to - phase.from)}]))`,
      phase.to,
      queries,
      signal,
    );
    if (value === null) return null;
    sum += term.sign * (value ?? 0);
  }
  return sum;
}

/** One finite value; undefined for an empty answer, null for none that can be relied on. */
export async function single(
  prometheus: Prometheus,
  promql: string,
  at: number,
  queries: QueryRecord[],
  signal: AbortSignal,
): Promise<number | null | undefined> {
  const answer = await prometheus.instant(promql, at, signal);
  const elements = answer.ok && answer.value.kind === 'vector' ? answer.value.elements : null;
  queries.push(queryRecord(promql, at, elements?.length));
  if (elements === null || elements.length > 1) return null;
  const value = elements[0]?.value;
  return value === undefined || Number.isFinite(value) ? value : null;
}
