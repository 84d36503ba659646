/** Service levels for the table: the expectations of a journal, one line for each figure, one column for each phase. */
import { formatBound, formatBracket } from './format.ts';
import type { ExpectationResult, Journal } from './journal.ts';
import { rangeEnds } from './svg/range.ts';
import { worstOf } from './verdict-words.ts';

/** One expectation judged over one phase. */
export interface LevelCell {
  readonly phase: string;
  readonly verdict: ExpectationResult['verdict'];
  /** The figure as a bracket, in words. */
  readonly figure: string;
  /** In words. */
  readonly bound: string;
  readonly result: ExpectationResult;
}

/** One figure over all its phases. */
export interface Level {
  readonly name: string;
  readonly kind: string;
  readonly bound: string;
  readonly cells: readonly LevelCell[];
  /** The worst over its phases. */
  readonly verdict: ExpectationResult['verdict'];
  /** The ends of its range pictures. */
  readonly ends: { readonly from: number; readonly to: number };
}

/** The figures of a journal in their order there. What has one name and kind but two bounds is two lines. */
export function levelsOf(journal: Journal): readonly Level[] {
  const groups = new Map<string, ExpectationResult[]>();
  for (const result of journal.expectations) {
    const key = levelKey(result);
    const group = groups.get(key);
    if (group === undefined) groups.set(key, [result]);
    else group.push(result);
  }
  return [...groups.values()].flatMap((results) => {
    const first = results[0];
    return first === undefined ? [] : [level(first, results)];
  });
}

/** What makes two results the same figure. */
function levelKey(result: ExpectationResult): string {
  return JSON.stringify([result.name, result.kind, result.bound]);
}

/** The names of all phases that ran or were judged, in the order they ran. */
export function phaseNames(journal: Journal): readonly string[] {
  return [
    ...new Set(
      [...journal.phases, ...journal.expectations.map((result) => ({ name: result.phase }))].map((phase) => phase.name),
    ),
  ];
}

function level(first: ExpectationResult, results: readonly ExpectationResult[]): Level {
  return {
    name: first.name,
    kind: first.kind,
    bound: formatBound(first.bound),
    cells: results.map((result) => ({
      phase: result.phase,
      verdict: result.verdict,
      figure: formatBracket(result.low, result.high, result.unit, result.threshold),
      bound: formatBound(result.bound),
      result,
    })),
    verdict: worstOf(results.map((result) => result.verdict)) ?? 'inconclusive',
    ends: rangeEnds(results.flatMap((result) => [result.low, result.high, result.threshold])),
  };
}
