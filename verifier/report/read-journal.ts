import * as z from 'zod';
import type { Journal } from './journal.ts';
import { journalSchema } from './journal.ts';

/** Reading a journal that somebody hands in: a file of this version, of another one, or of something else. */
export type ParsedJournal =
  | { readonly ok: true; readonly journal: Journal }
  /** Sentences for people, each with its place; at least one. */
  | { readonly ok: false; readonly problems: readonly string[] };

const MOST_PROBLEMS = 20;

/** Reads a journal's text. Never throws for what the text holds. */
export function parseJournal(text: string): ParsedJournal {
  let data: unknown;
  try {
    data = JSON.parse(text.replace(/^\uFEFF/, ''));
  } catch (error) {
    return refuse(`not JSON: ${error instanceof Error ? error.message : String(error)}`);
  }
  const wrongKind = notAJournal(data);
  if (wrongKind !== null) return refuse(wrongKind);
  const result = journalSchema.safeParse(data);
  if (result.success) return { ok: true, journal: result.data };
  const problems = result.error.issues.map((issue) => `${place(issue.path)}: ${sentence(issue, data)}`);
  const shown = problems.slice(0, MOST_PROBLEMS);
  if (problems.length > shown.length) shown.push(`and ${problems.length - shown.length} more`);
  return { ok: false, problems: shown };
}

/** JSON Schema (draft 2020-12) of a journal: what `sidequake schema journal` prints. */
export function journalJsonSchema(): Record<string, unknown> {
  return { title: 'Journal of a Sidequake run', ...z.toJSONSchema(journalSchema) };
}

function refuse(problem: string): ParsedJournal {
  return { ok: false, problems: [problem] };
}

/** Says what a document is when it is no journal of this version; null when it claims to be one. */
function notAJournal(data: unknown): string | null {
  const expected = journalSchema.shape.schema.value;
  if (typeof data !== 'object' || data === null || Array.isArray(data)) {
    return `not a journal: expected an object with "schema": "${expected}"`;
  }
  if (!('schema' in data)) {
    const other = 'chaoslib-version' in data ? 'a Chaos Toolkit journal' : 'an object without "schema"';
    return `not a journal of Sidequake but ${other}: expected "schema": "${expected}"`;
  }
  if (data.schema !== expected) {
    return `schema: this version reads ${expected}, the journal is ${JSON.stringify(data.schema)}`;
  }
  return null;
}

function place(path: readonly PropertyKey[]): string {
  const text = path.map((key) => (typeof key === 'number' ? `[${key}]` : `.${String(key)}`)).join('');
  return text === '' ? 'journal' : text.replace(/^\./, '');
}

function sentence(issue: z.core.$ZodIssue, data: unknown): string {
  if (issue.code === 'unrecognized_keys') return `unknown key ${issue.keys.map((key) => `"${key}"`).join(', ')}`;
  let found: unknown = data;
  for (const key of issue.path) {
    const holder: unknown = found;
    found = typeof holder === 'object' && holder !== null ? Reflect.get(holder, key) : undefined;
  }
  if (found === undefined) return 'is missing';
  const text = JSON.stringify(found);
  const shown = text.length > 60 ? `${text.slice(0, 57)}...` : text;
  return `${issue.message.charAt(0).toLowerCase()}${issue.message.slice(1)}, found ${shown}`;
}
