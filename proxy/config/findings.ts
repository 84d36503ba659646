/** From zod's issues to findings: one for each thing that is wrong, with the path of the node to show. */
import type * as z from 'zod';
import type { Part } from './places.ts';
import { NO_BRANCH, SENTENCE_BREAK } from './wording.ts';

/** One thing that is wrong in the data. */
export interface Finding {
  readonly path: readonly PropertyKey[];
  /** What of the path's last step to show. */
  readonly part: Part;
  readonly message: string;
}

type Issue = z.core.$ZodIssue;

/**
 * One finding for each unknown key; of a union the findings of the branch that was most likely meant; of a record's key
 * what is wrong with the key.
 */
export function findingsOf(issue: Issue, value: unknown, base: readonly PropertyKey[] = []): Finding[] {
  const path = [...base, ...issue.path];
  switch (issue.code) {
    case 'unrecognized_keys': {
      const sentences = issue.message.split(SENTENCE_BREAK);
      return issue.keys.map((key, index) => ({
        path: [...path, key],
        part: 'key',
        message: sentences[index] ?? issue.message,
      }));
    }
    case 'invalid_key':
      return issue.issues.map(({ message }) => ({ path, part: 'key', message }));
    case 'invalid_union':
      return unionFindings(issue, path, value);
    default:
      return [{ path, part: 'value', message: issue.message }];
  }
}

function unionFindings(issue: z.core.$ZodIssueInvalidUnion, path: readonly PropertyKey[], value: unknown): Finding[] {
  const branches = issue.errors;
  const fitting = branches.filter((issues) => !issues.some(isWrongType));
  if (fitting.length > 0) {
    const [best = []] = fitting.toSorted((a, b) => weight(a) - weight(b));
    return best.flatMap((inner) => findingsOf(inner, value, path));
  }
  if (issue.message !== NO_BRANCH) return [{ path, part: 'value', message: issue.message }];
  const scalar = typeof valueAt(value, path) !== 'object';
  const about = branches.flat().filter((inner) => isWrongType(inner) && expectsScalar(inner) === scalar);
  const messages = new Set((about.length > 0 ? about : branches.flat()).map((inner) => inner.message));
  return [{ path, part: 'value', message: [...messages].join(', or ') || issue.message }];
}

/** The value as a whole is of another kind than this branch takes. */
function isWrongType(issue: Issue): boolean {
  if (issue.path.length > 0) return false;
  return (
    issue.code === 'invalid_type' || (issue.code === 'invalid_union' && issue.errors.every((e) => e.some(isWrongType)))
  );
}

function expectsScalar(issue: Issue): boolean {
  return issue.code === 'invalid_type' && !['object', 'record', 'array', 'tuple'].includes(issue.expected);
}

function weight(issues: readonly Issue[]): number {
  return issues.reduce((sum, issue) => sum + (issue.code === 'unrecognized_keys' ? issue.keys.length : 1), 0);
}

function valueAt(value: unknown, path: readonly PropertyKey[]): unknown {
  let at = value;
  for (const step of path)
    at = typeof at === 'object' && at !== null ? (at as Record<PropertyKey, unknown>)[step] : undefined;
  return at;
}
