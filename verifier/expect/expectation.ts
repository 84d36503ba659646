import type * as z from 'zod';
import type { ExpectationResult, Timeline } from '../report/journal.ts';
import type { Prometheus } from '../source/prometheus.ts';

/** A stretch of a run, in the time of Prometheus (Unix seconds with milliseconds). */
export interface PhaseWindow {
  readonly name: string;
  readonly from: number;
  readonly to: number;
}

/** Where an expectation gets its figures from. */
export interface Evidence {
  readonly prometheus: Prometheus;
  /** Seconds between two scrapes of the series in question. */
  readonly scrapeSeconds: number;
  readonly signal: AbortSignal;
}

/** The newest sound figure of an SLI over a short window: for guards and the status line. Null: none to be had. */
export interface Reading {
  readonly value: number | null;
  /** Why there is no value. */
  readonly reason?: string;
}

/**
 * One kind of expectation. Like a fault it is one value with the same parts in the same order; `registry.ts` lists all,
 * and the experiment's schema, the report and `explain` derive from it.
 */
export interface ExpectationKind<Params extends { readonly name: string } = { readonly name: string }> {
  readonly kind: string;
  /** Written form -> parameters, with a sentence for each key. */
  readonly params: z.ZodType<Params>;
  /** Every PromQL text it will ask, for `validate` and `explain`: checked by Prometheus before anything is armed. */
  readonly queries: (params: Params, phase: PhaseWindow) => readonly string[];
  /**
   * The plain selectors of the series it rests on, without range: whose scrapes count, for the scrape interval and for
   * settling after a phase.
   */
  readonly selectors: (params: Params) => readonly string[];
  /** The bound for people, in the figure's unit. */
  readonly bound: (params: Params) => string;
  /** Judges one phase that lies in the past. Never throws for what Prometheus answers: that is an `inconclusive`. */
  readonly judge: (params: Params, phase: PhaseWindow, evidence: Evidence) => Promise<ExpectationResult>;
  /** The figure over the `seconds` before `at`. */
  readonly read: (params: Params, at: number, seconds: number, evidence: Evidence) => Promise<Reading>;
  /** The course of the figure over the whole run. */
  readonly timeline: (params: Params, from: number, to: number, evidence: Evidence) => Promise<Timeline>;
}
