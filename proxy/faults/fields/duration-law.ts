/**
 * How long something takes, drawn anew each time: the laws that faults offer for their durations. A law turns a uniform
 * number into milliseconds by its quantile function, so that the same draw gives the same duration and what a law
 * predicts is what it does.
 */
import { normalQuantile } from './normal-quantile.ts';

export type DurationLaw =
  | { readonly law: 'fixed'; readonly ms: number }
  /** Every duration between the two is as likely as any other. */
  | { readonly law: 'uniform'; readonly fromMs: number; readonly toMs: number }
  /** Lognormal through both quantiles; draws above `maxMs` become `maxMs`. 0 < p50 < p99 <= max. */
  | { readonly law: 'lognormal'; readonly p50Ms: number; readonly p99Ms: number; readonly maxMs: number };

/** Draws one duration: `uniform` in (0, 1) -> milliseconds. */
export function compileLaw(law: DurationLaw): (uniform: number) => number {
  if (law.law === 'fixed') return () => law.ms;
  if (law.law === 'uniform') return (uniform) => law.fromMs + (law.toMs - law.fromMs) * uniform;
  // ln X is normal: its median is ln p50, and ln p99 lies 2.326 standard deviations above.
  const { p50Ms, p99Ms, maxMs } = law;
  const deviation = Math.log(p99Ms / p50Ms) / normalQuantile(0.99);
  return (uniform) => Math.min(maxMs, p50Ms * Math.exp(deviation * normalQuantile(uniform)));
}

/** Quantiles of a law, exact, in milliseconds. `least` is what no draw falls below. */
export function quantilesOf(law: DurationLaw): { readonly least: number; readonly p50: number; readonly p99: number } {
  if (law.law === 'fixed') return { least: law.ms, p50: law.ms, p99: law.ms };
  if (law.law === 'uniform') {
    const at = compileLaw(law);
    return { least: law.fromMs, p50: at(0.5), p99: at(0.99) };
  }
  return { least: 0, p50: law.p50Ms, p99: law.p99Ms };
}
