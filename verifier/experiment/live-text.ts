import type { LiveFigure } from './progress.ts';

/** A figure as people read it, short enough for a status line. Never rounded over a bound: 99.96 % is not 100 %. */
export function describeValue(figure: Pick<LiveFigure, 'kind' | 'value'>): string {
  if (figure.value === null) return '?';
  return describeNumber(figure.value, unitOf(figure.kind));
}

/** The unit in which an expectation of this kind reads. */
export function unitOf(kind: string): 'ratio' | 'seconds' | 'none' {
  if (kind === 'ratio') return 'ratio';
  return kind === 'latency' ? 'seconds' : 'none';
}

export function describeNumber(value: number, unit: 'ratio' | 'seconds' | 'none'): string {
  if (!Number.isFinite(value)) return value > 0 ? 'infinite' : String(value);
  if (unit === 'ratio') return `${trim(truncate(value * 100))} %`;
  if (unit === 'none') return trim(truncate(value));
  return value < 1 ? `${trim(truncate(value * 1000))} ms` : `${trim(truncate(value))} s`;
}

/** Two decimals, cut off: 99.999 becomes 99.99 and not 100. Binary dust (0.1 * 100 * ...) is rounded off first. */
function truncate(value: number): string {
  const exact = Number(value.toPrecision(12));
  return (Math.trunc(exact * 100) / 100).toFixed(2);
}

function trim(text: string): string {
  return text.replace(/\.?0+$/, '');
}
