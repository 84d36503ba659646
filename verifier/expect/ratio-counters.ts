/** The counters of a ratio: which series count as good, bad and all, and whether their absence can be believed. */
import type { Row } from '../source/counting.ts';
import type { Gathered } from '../source/gather.ts';
import { parseCounter, type SignedSelector } from '../source/selector.ts';

/** As written; exactly one of `good` and `bad` is there. */
interface Written {
  readonly good?: string | undefined;
  readonly bad?: string | undefined;
  readonly total: string;
}

/** The counters of a ratio, each row with what it counts for. */
export interface Counters {
  readonly selectors: readonly string[];
  readonly part: readonly SignedSelector[];
  readonly whole: readonly SignedSelector[];
  readonly good: (row: Row) => number;
  readonly bad: (row: Row) => number;
  readonly total: (row: Row) => number;
}

/** The other of good and bad is the rest: total minus it, at the same scrape. */
export function counters(params: Written): Counters {
  const part = terms(params.good ?? params.bad ?? '');
  const whole = terms(params.total);
  const ofPart = (row: Row): number => part[row.selection]?.sign ?? 0;
  const ofWhole = (row: Row): number => whole[row.selection - part.length]?.sign ?? 0;
  const ofRest = (row: Row): number => ofWhole(row) - ofPart(row);
  return {
    selectors: [...part, ...whole].map((term) => term.text),
    part,
    whole,
    good: params.good === undefined ? ofRest : ofPart,
    bad: params.good === undefined ? ofPart : ofRest,
    total: ofWhole,
  };
}

function terms(text: string): readonly SignedSelector[] {
  const counter = parseCounter(text);
  // The schema has refused it before; a caller that skips the schema must not get a figure.
  if (!counter.ok) throw new Error(`${text}: ${counter.message}`);
  return counter.terms;
}

/** A selector without series whose labels no series of the same metric has: written wrong, not quiet. */
export function misspelt({ part, whole }: Counters, { found }: Gathered): string[] {
  const problems: string[] = [];
  for (const [index, term] of part.entries()) {
    if (found[index]?.length !== 0) continue;
    const same = whole.flatMap((other, at) => (other.metric === term.metric ? (found[part.length + at] ?? []) : []));
    const unknown = term.matchers.find(({ label }) => same.length > 0 && !same.some((labels) => label in labels));
    if (unknown !== undefined)
      problems.push(`no series of ${term.metric} has the label ${unknown.label}, so ${term.text} can never match`);
  }
  return problems;
}

/** A counter that is not there is 0: most libraries create it at its first event. The reader is told. */
export function absent({ part }: Counters, { found }: Gathered): string[] {
  return part
    .filter((_, index) => found[index]?.length === 0)
    .map((term) => `${term.text} has no series and counts as 0`);
}
