/**
 * Reads a YAML (so also JSON) text against a schema and says everything that is wrong with it at its line and column.
 * Knows nothing of rules: experiments are read by it too.
 */
import { LineCounter, parseAllDocuments, type Document, type YAMLError } from 'yaml';
import type * as z from 'zod';
import { findingsOf, type Finding } from './findings.ts';
import { Places, type Place } from './places.ts';
import { formatPath, type Problem } from './problem.ts';
import { flawsOf } from './structure.ts';
import { wording } from './wording.ts';

/** What a text is read against. */
export interface Reading<T> {
  /** For the messages; empty where the text came over the wire. */
  readonly file: string;
  readonly schema: z.ZodType<T>;
  /** What no schema can see from inside: checked on the data as written, also where the schema refuses it. */
  readonly also?: (data: unknown) => readonly Contradiction[];
}

/** Something wrong between two places. */
export interface Contradiction {
  readonly path: readonly PropertyKey[];
  /** What is said of the first place comes behind the message: `(first at file:2:7)`. */
  readonly first: readonly PropertyKey[];
  readonly message: string;
}

export type ReadResult<T> =
  | {
      readonly ok: true;
      readonly value: T;
      /** As written, plain JSON data. */
      readonly data: unknown;
    }
  | {
      readonly ok: false;
      /** Everything that is wrong, in the order of the text; at least one. */
      readonly problems: readonly Problem[];
    };

/** More problems than this help nobody. */
const MOST_PROBLEMS = 100;
/** One error of syntax often makes those behind it. */
const MOST_SYNTAX_PROBLEMS = 5;
const TOO_DEEP = 'is nested too deeply to be read';

/**
 * Never throws for what stands in the text.
 *
 * @example
 * const result = readYaml('share: 50', { file: 'rule.yaml', schema: z.strictObject({ share: percentRatio() }) });
 * // problems[0]: rule.yaml:1:8 share: 50 has no percent sign: write 50% (0% to 100%)
 */
export function readYaml<T>(text: string, reading: Reading<T>): ReadResult<T> {
  const { file } = reading;
  const lines = new LineCounter();
  let documents: readonly Document[];
  try {
    documents = parse(text, lines);
  } catch (error) {
    // The library descends by recursion: a text of a million brackets ends on the stack.
    if (!(error instanceof RangeError)) throw error;
    return failed([{ file, line: 1, column: 1, path: '', message: TOO_DEEP }]);
  }
  const [document, second] = documents;
  if (document === undefined || (document.contents === null && document.errors.length === 0)) {
    return failed([{ file, line: 1, column: 1, path: '', message: 'is empty: {} is the least that can stand here' }]);
  }
  const places = new Places(document, lines);
  const syntax = syntaxProblems(documents, places, file);
  if (syntax.length > 0) return failed(syntax.slice(0, MOST_SYNTAX_PROBLEMS));
  if (second !== undefined) {
    const place = places.at(second.range?.[0] ?? 0);
    return failed([{ file, ...place, path: '', message: 'a second document begins here: only one can be read' }]);
  }
  const structure = structureProblems(document, places, file);
  if (structure.length > 0) return failed(structure);
  return check(document.toJS({ maxAliasCount: -1 }) as unknown, reading, (path, part) => places.of(path, part));
}

/** The same for data that did not come from a text: the problems have a path and no place. */
export function readData<T>(data: unknown, reading: Reading<T>): ReadResult<T> {
  return check(data, reading, () => ({ line: 0, column: 0 }));
}

function parse(text: string, lines: LineCounter): readonly Document[] {
  const documents = parseAllDocuments(text, {
    lineCounter: lines,
    prettyErrors: false,
    uniqueKeys: false,
    stringKeys: true,
    resolveKnownTags: false,
    // Warnings are read from the documents; the library would print some of them by itself.
    logLevel: 'silent',
  });
  return Array.isArray(documents) ? documents : [];
}

function check<T>(
  data: unknown,
  { file, schema, also }: Reading<T>,
  placeOf: (path: readonly PropertyKey[], part: Finding['part']) => Place,
): ReadResult<T> {
  const result = schema.safeParse(data, { error: wording });
  const findings = result.success ? [] : result.error.issues.flatMap((issue) => findingsOf(issue, data));
  for (const { path, first, message } of also?.(data) ?? []) {
    const { line, column } = placeOf(first, 'value');
    const where = line > 0 ? `${file === '' ? 'line ' : `${file}:`}${line}:${column}` : formatPath(first);
    findings.push({ path, part: 'value', message: `${message} (first at ${where})` });
  }
  const problems = findings.map(({ path, part, message }) => {
    return { file, ...placeOf(path, part), path: formatPath(path), message };
  });
  return result.success && problems.length === 0 ? { ok: true, value: result.data, data } : failed(problems);
}

function syntaxProblems(documents: readonly Document[], places: Places, file: string): Problem[] {
  // An unknown tag is only a warning to the library, but then the value is not what its author meant.
  const errors: readonly YAMLError[] = documents.flatMap(({ errors, warnings }) => [...errors, ...warnings]);
  const atPlace = new Map(errors.toReversed().map((error) => [error.pos[0], error]));
  return inOrder(
    [...atPlace].map(([offset, error]) => ({ file, ...places.at(offset), path: '', message: syntaxMessage(error) })),
  );
}

function syntaxMessage({ code, message }: YAMLError): string {
  if (code === 'TAB_AS_INDENT') return 'a tab indents this line: YAML takes spaces only';
  if (code === 'NON_STRING_KEY') return 'a map or a list cannot be a key';
  if (code === 'TAG_RESOLVE_FAILED') return `${message}: tags are not used here`;
  if (message === 'Maximum call stack size exceeded') return TOO_DEEP;
  return `not valid YAML: ${message}`;
}

function structureProblems(document: Document, places: Places, file: string): Problem[] {
  return flawsOf(document).map(({ offset, message, otherOffset }) => {
    const other = otherOffset === undefined ? undefined : places.at(otherOffset);
    const first = other === undefined ? '' : ` (first at line ${other.line}, column ${other.column})`;
    return { file, ...places.at(offset), path: '', message: `${message}${first}` };
  });
}

function failed(problems: readonly Problem[]): { readonly ok: false; readonly problems: readonly Problem[] } {
  return { ok: false, problems: inOrder(problems).slice(0, MOST_PROBLEMS) };
}

function inOrder(problems: readonly Problem[]): Problem[] {
  return problems.toSorted((a, b) => a.line - b.line || a.column - b.column);
}
