/**
 * The words for what a schema refuses. zod asks this map for every issue whose schema has no sentence of its own, and
 * shows it the value: the messages say what stands there, what would be right, and the nearest valid word.
 */
import * as z from 'zod';
import { listed, suggestion } from './hint.ts';
import { quoted } from './parsed.ts';

/** What is said of the keys of one object schema. */
interface KeyNotes {
  /** What a key is called here; default `key`. */
  readonly noun?: string;
  /** Keys that exist in the design but not in this version, with a sentence each. */
  readonly unsupported?: Readonly<Record<string, string>>;
}

/**
 * Notes on object schemas: `z.strictObject({...}).register(keyNotes, { noun: 'fault' })`. Register last: what refines or
 * describes a schema makes a new one.
 */
export const keyNotes: z.core.$ZodRegistry<KeyNotes> = z.registry<KeyNotes>();

/** Stands between the sentences for several unknown keys, which zod reports as one issue. */
export const SENTENCE_BREAK = '\n';

/** What the map says of a union: the reader then looks at the issues of the branch that was meant. */
export const NO_BRANCH = 'has none of the forms that are possible here';

export const wording: z.core.$ZodErrorMap = (issue) => {
  switch (issue.code) {
    case 'unrecognized_keys':
      return issue.keys.map((key) => unknownKey(key, issue.inst)).join(SENTENCE_BREAK);
    case 'invalid_type':
      return wrongType(issue.expected, issue.input);
    case 'invalid_value':
      return notOneOf(issue.input, issue.values.map(String));
    case 'invalid_union':
      return NO_BRANCH;
    case 'too_small':
    case 'too_big':
      return outOfRange(issue);
    case 'invalid_format':
      return `${quoted(String(issue.input))} is not a valid ${issue.format}`;
    default:
      return undefined;
  }
};

/** One of some words; a word of the design that this version does not have is refused by name. */
export function choice<const T extends readonly [string, ...string[]]>(
  values: T,
  unsupported: Readonly<Record<string, string>> = {},
): z.ZodType<T[number], T[number]> {
  return z.enum(values, {
    error: ({ input }) => {
      if (typeof input === 'string' && Object.hasOwn(unsupported, input)) return unsupported[input];
      return undefined;
    },
  });
}

function unknownKey(key: string, schema: unknown): string {
  const notes = schema instanceof z.ZodObject ? keyNotes.get(schema) : undefined;
  const unsupported = notes?.unsupported;
  if (unsupported !== undefined && Object.hasOwn(unsupported, key)) return unsupported[key] ?? '';
  const known = schema instanceof z.ZodObject ? Object.keys(schema.shape) : [];
  return `unknown ${notes?.noun ?? 'key'} ${quoted(key)}: ${suggestion(key, known)}`;
}

function wrongType(expected: string, input: unknown): string {
  if (input === undefined) return 'is required';
  if (input === null) return `has no value: it must be ${NAMES[expected] ?? expected}`;
  if (expected === 'string' && (typeof input === 'number' || typeof input === 'boolean')) {
    return `must be text: write it in quotes, "${input}"`;
  }
  const hasText = typeof input === 'string' && input !== '';
  if (hasText && (expected === 'number' || expected === 'int') && Number.isFinite(Number(input))) {
    return `must be a number: write ${input} without quotes`;
  }
  if (typeof input === 'string' && expected === 'boolean') return `must be true or false, not ${quoted(input)}`;
  return `must be ${NAMES[expected] ?? expected}, not ${nameOf(input)}`;
}

/** The types of zod for people. */
const NAMES: Readonly<Record<string, string>> = {
  string: 'text',
  number: 'a number',
  int: 'a whole number',
  boolean: 'true or false',
  object: 'a map of keys and values',
  record: 'a map of keys and values',
  array: 'a list',
  tuple: 'a list',
};

function nameOf(input: unknown): string {
  if (Array.isArray(input)) return 'a list';
  if (typeof input === 'object') return 'a map';
  return typeof input === 'string' ? `the text ${quoted(input)}` : JSON.stringify(input);
}

function notOneOf(input: unknown, values: readonly string[]): string {
  if (input === undefined) return `is required: ${listed(values)}`;
  if (typeof input !== 'string') return `must be one of ${listed(values)}`;
  return `${quoted(input)} is not possible here: ${suggestion(input, values)}`;
}

interface Range {
  readonly code: 'too_small' | 'too_big';
  readonly origin: string;
  readonly inclusive?: boolean | undefined;
  readonly minimum?: number | bigint | undefined;
  readonly maximum?: number | bigint | undefined;
  readonly input?: unknown;
}

function outOfRange(issue: Range): string {
  const small = issue.code === 'too_small';
  const bound = String(small ? issue.minimum : issue.maximum);
  const limit = `${small ? 'at least' : 'at most'} ${bound}`;
  if (issue.origin === 'string') {
    return bound === '1' && small ? 'must not be empty' : `has the wrong length: ${limit} characters`;
  }
  if (issue.origin === 'array' || issue.origin === 'set') {
    return bound === '1' && small ? 'must not be an empty list' : `has too ${small ? 'few' : 'many'} entries: ${limit}`;
  }
  const exact = issue.inclusive === false ? `${small ? 'more than' : 'less than'} ${bound}` : limit;
  return `${String(issue.input)} is too ${small ? 'small' : 'large'}: ${exact}`;
}
