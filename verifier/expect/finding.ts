/** What all kinds of expectations share: the fields everybody writes, the decision by a bracket, the words of it. */
import * as z from 'zod';
import type { ExpectationResult, QueryRecord } from '../report/journal.ts';

const PHASES = ['baseline', 'fault', 'recovery'] as const;

export const nameField = z
  .string()
  .min(1)
  .max(80)
  .describe('what people call it; guards and other expectations refer to it by this name');

export const phasesField = z
  .array(z.enum(PHASES))
  .min(1)
  .default(['fault', 'recovery'])
  .describe('the phases in which it must hold');

export const minEventsField = z
  .int()
  .min(1)
  .default(50)
  .describe('the least events per phase that a figure may rest on; below it the figure is inconclusive');

/** What an expectation asks for, in the unit of its figure. */
export interface Asked {
  readonly name: string;
  readonly kind: string;
  readonly phase: string;
  readonly bound: string;
  readonly threshold: number;
  readonly direction: 'above' | 'below';
  readonly unit: 'ratio' | 'seconds' | 'none';
}

/** What was found out in the phase, before any decision. */
export interface Found {
  readonly low: number | null;
  readonly high: number | null;
  readonly events: number | null;
  readonly queries: readonly QueryRecord[];
  readonly increase?: number | null;
}

export const NOTHING_FOUND: Found = { low: null, high: null, events: null, queries: [] };

export function result(
  asked: Asked,
  found: Found,
  verdict: ExpectationResult['verdict'],
  reason: string,
): ExpectationResult {
  const { low, high, events, queries, increase } = found;
  return {
    name: asked.name,
    kind: asked.kind,
    phase: asked.phase,
    verdict,
    low,
    high,
    bound: asked.bound,
    threshold: asked.threshold,
    direction: asked.direction,
    unit: asked.unit,
    events,
    reason: sentence(reason),
    queries: [...queries],
    ...(increase === undefined ? {} : { increase }),
  };
}

/** Several reasons as one: the first two in words, the rest counted. */
export function joinReasons(reasons: readonly string[]): string {
  const [first = '', second, ...more] = reasons;
  const rest = more.length > 0 ? `, and ${more.length} more of the kind` : '';
  return second === undefined ? first : `${first}; ${second}${rest}`;
}

function sentence(text: string): string {
  // Only words: a metric, an address or a function keeps its letters.
  const start = /^[a-z]+([ ,;]|: )/.test(text) ? text.charAt(0).toUpperCase() + text.slice(1) : text;
  return /[.?!]$/.test(start) ? start : `${start}.`;
}
