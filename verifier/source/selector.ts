/**
 * Reads the counters of an expectation: plain selectors, `sum(...)` of them, their sums and differences. Raw samples of
 * each selector are fetched and added up by us, so everything that would evaluate over time or keep series apart is
 * refused, with the place of it.
 */
import type { SyntaxNode } from '@lezer/common';
import { parser } from '@prometheus-io/lezer-promql';
import { rangeText } from './prometheus.ts';

/** One plain selector that is added to, or taken from, the counter. */
export interface SignedSelector {
  readonly sign: 1 | -1;
  /** As written, without comments around it. */
  readonly text: string;
  /** The metric's name where it stands before the braces. */
  readonly metric: string | null;
  readonly matchers: readonly Matcher[];
}

/** One matcher between the braces. */
interface Matcher {
  /** The label it looks at; empty for a quoted metric name. */
  readonly label: string;
  /** As written: `code=~"5.."`. */
  readonly text: string;
}

/** A refusal with its place in the text. */
export interface Refusal {
  readonly ok: false;
  /** One sentence that says what would be right. */
  readonly message: string;
  /** Of the first offending character, from 0. */
  readonly offset: number;
  readonly length: number;
}

export type ParsedCounter = { readonly ok: true; readonly terms: readonly SignedSelector[] } | Refusal;

const RIGHT = 'write counter selectors, sum(...) of them, and their sums and differences';

/** Why the construct cannot stand in a counter, by the parser's name for it. */
const REFUSED: Readonly<Record<string, string>> = {
  FunctionCall: 'a function cannot stand in a counter: the raw samples are counted, so leave rate() and the like out',
  MatrixSelector: 'a range cannot stand in a counter: the range is the phase',
  SubqueryExpr: 'a subquery cannot stand in a counter: the range is the phase',
  OffsetExpr: 'an offset cannot stand in a counter: the time is the phase',
  StepInvariantExpr: 'an @ time cannot stand in a counter: the time is the phase',
  AnchoredExpr: 'anchored cannot stand in a counter: edges are bracketed by raw samples',
  SmoothedExpr: 'smoothed cannot stand in a counter: edges are bracketed by raw samples',
  UnaryExpr: 'a sign before a counter cannot stand here: begin with the counter to subtract from',
  NumberDurationLiteral: 'a number cannot stand in a counter',
  StringLiteral: 'a text cannot stand in a counter',
};

/** Parses `good`, `bad` or `total`. */
export function parseCounter(text: string): ParsedCounter {
  const broken = syntaxError(text);
  if (broken !== null) return { ...broken, message: `${broken.message}: ${RIGHT}` };
  const root = parser.parse(text).topNode;
  const expression = children(root)[0];
  const terms: SignedSelector[] = [];
  const refusal =
    expression === undefined ? refuse(root, text, 'nothing is written here') : walk(expression, text, 1, terms);
  if (refusal !== null) return refusal;
  if (!terms.some((term) => term.sign === 1)) return refuse(root, text, 'nothing is counted, only subtracted');
  return { ok: true, terms };
}

/** Parses one plain selector with a name before the braces, as a histogram's base name needs it. */
export function parsePlainSelector(
  text: string,
): { readonly ok: true; readonly term: SignedSelector & { readonly metric: string } } | Refusal {
  const counter = parseCounter(text);
  if (!counter.ok) return counter;
  const [term] = counter.terms;
  if (counter.terms.length !== 1 || term === undefined || term.text !== text.trim()) {
    return { ok: false, message: 'one plain selector is needed: name{label="value"}', offset: 0, length: text.length };
  }
  const { metric } = term;
  if (metric === null) {
    return {
      ok: false,
      message: 'the name must stand before the braces: name{label="value"}',
      offset: 0,
      length: text.length,
    };
  }
  return { ok: true, term: { ...term, metric } };
}

/** Every plain selector anywhere in a query that no time of its own (`offset`, `@`) moves. */
export function selectorsIn(promql: string): readonly SignedSelector[] {
  const found: SignedSelector[] = [];
  const visit = (node: SyntaxNode): void => {
    if (node.name === 'VectorSelector') found.push(selector(node, promql, 1));
    else if (node.name === 'OffsetExpr' || node.name === 'StepInvariantExpr') unmoved(node.firstChild);
    else children(node).forEach(visit);
  };
  // The grammar reads `a / b offset 5m` as (a / b) offset 5m; Prometheus moves only b.
  const unmoved = (operand: SyntaxNode | null): void => {
    const [left, ...rest] = operand?.name === 'BinaryExpr' ? children(operand) : [];
    if (left === undefined) return;
    visit(left);
    unmoved(rest.at(-1) ?? null);
  };
  visit(parser.parse(promql).topNode);
  return found;
}

/** The first place where a query is not PromQL, or null. Types of arguments are for Prometheus to judge. */
export function syntaxError(promql: string): Refusal | null {
  const broken = findError(parser.parse(promql).topNode);
  if (broken === null) return null;
  const at = Math.min(broken.from, Math.max(0, promql.length - 1));
  const found = promql.trim() === '' ? 'nothing is written here' : `not PromQL from ${quoted(promql.slice(at))} on`;
  return { ok: false, message: found, offset: at, length: promql.length - at };
}

/** Puts the length of the phase in place of `$phase`: before parsing, as `$` is not PromQL. */
export function substitutePhase(promql: string, seconds: number): string {
  return promql.replaceAll(/\$phase\b/g, rangeText(seconds));
}

function walk(node: SyntaxNode, text: string, sign: 1 | -1, terms: SignedSelector[]): Refusal | null {
  switch (node.name) {
    case 'VectorSelector':
      terms.push(selector(node, text, sign));
      return null;
    case 'ParenExpr':
      return walkOnly(node, text, sign, terms);
    case 'AggregateExpr':
      return walkAggregate(node, text, sign, terms);
    case 'BinaryExpr':
      return walkBinary(node, text, sign, terms);
    case 'OffsetExpr':
    case 'StepInvariantExpr':
      return refuse(node.getChild('Offset') ?? node.getChild('At') ?? node, text, REFUSED[node.name] ?? '');
    default:
      return refuse(node, text, REFUSED[node.name] ?? `${node.name} cannot stand in a counter`);
  }
}

function walkOnly(node: SyntaxNode, text: string, sign: 1 | -1, terms: SignedSelector[]): Refusal | null {
  const [inner, more] = children(node);
  if (inner === undefined || more !== undefined) return refuse(node, text, 'exactly one counter belongs here');
  return walk(inner, text, sign, terms);
}

function walkAggregate(node: SyntaxNode, text: string, sign: 1 | -1, terms: SignedSelector[]): Refusal | null {
  const parts = children(node);
  const operator = parts.find((part) => part.name === 'AggregateOp');
  if (operator === undefined || operator.firstChild?.name !== 'Sum') {
    return refuse(operator ?? node, text, 'only sum() can stand in a counter');
  }
  const modifier = parts.find((part) => part.name === 'AggregateModifier');
  if (modifier !== undefined) {
    return refuse(modifier, text, 'by and without cannot stand in a counter: all its series are added up');
  }
  const body = parts.find((part) => part.name === 'FunctionCallBody');
  return body === undefined ? refuse(node, text, 'sum() of what?') : walkOnly(body, text, sign, terms);
}

function walkBinary(node: SyntaxNode, text: string, sign: 1 | -1, terms: SignedSelector[]): Refusal | null {
  const [left, operator, ...rest] = children(node);
  const right = rest.at(-1);
  if (left === undefined || operator === undefined || right === undefined) return refuse(node, text, 'half a sum');
  if (operator.name !== 'Add' && operator.name !== 'Sub') {
    return refuse(operator, text, 'only + and - can stand between counters');
  }
  const modifier = rest.length > 1 ? rest[0] : undefined;
  if (modifier !== undefined) {
    return refuse(modifier, text, 'matching of labels cannot stand in a counter: all its series are added up');
  }
  return (
    walk(left, text, sign, terms) ?? walk(right, text, operator.name === 'Add' ? sign : sign === 1 ? -1 : 1, terms)
  );
}

function selector(node: SyntaxNode, text: string, sign: 1 | -1): SignedSelector {
  const name = node.getChild('Identifier');
  const braces = node.getChild('LabelMatchers');
  return {
    sign,
    text: text.slice(node.from, node.to),
    metric: name === null ? null : text.slice(name.from, name.to),
    matchers: (braces === null ? [] : children(braces)).map((matcher) => ({
      label: labelOf(matcher, text),
      text: text.slice(matcher.from, matcher.to),
    })),
  };
}

function labelOf(matcher: SyntaxNode, text: string): string {
  const label = matcher.getChild('LabelName') ?? matcher.getChild('QuotedLabelName');
  return label === null ? '' : text.slice(label.from, label.to).replaceAll(/^["'`]|["'`]$/g, '');
}

function refuse(node: SyntaxNode, text: string, why: string): Refusal {
  const written = text.slice(node.from, node.to);
  const message = written.trim() === '' ? `${why}: ${RIGHT}` : `${quoted(written)}: ${why}`;
  return { ok: false, message, offset: node.from, length: node.to - node.from };
}

function quoted(written: string): string {
  return JSON.stringify(written.length <= 60 ? written : `${written.slice(0, 57)}...`);
}

function findError(node: SyntaxNode): SyntaxNode | null {
  if (node.type.isError) return node;
  for (const child of children(node)) {
    const error = findError(child);
    if (error !== null) return error;
  }
  return null;
}

function children(node: SyntaxNode): SyntaxNode[] {
  const all: SyntaxNode[] = [];
  for (let child = node.firstChild; child !== null; child = child.nextSibling) {
    if (child.name !== 'LineComment') all.push(child);
  }
  return all;
}
