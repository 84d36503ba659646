/** Answers of the control listeners, as values, and their errors: one table from code to status. */
import { describeProblem, type Problem } from '../config/problem.ts';
import type { RefusalCode } from '../rules/refusal.ts';

/** One answer. Length and connection headers are added where it is sent. */
export interface Reply {
  readonly status: number;
  readonly headers: Readonly<Record<string, string>>;
  readonly body: string;
}

export type ErrorCode =
  | RefusalCode
  | 'invalid-rule'
  | 'invalid-lease'
  | 'bad-request'
  | 'not-found'
  | 'method-not-allowed'
  | 'too-large'
  | 'foreign-host'
  | 'foreign-origin'
  | 'metrics-failed'
  | 'internal';

const STATUS: Readonly<Record<ErrorCode, number>> = {
  'bad-request': 400,
  'invalid-rule': 400,
  'invalid-lease': 400,
  'foreign-host': 403,
  'foreign-origin': 403,
  'not-found': 404,
  'unknown-rule': 404,
  'method-not-allowed': 405,
  'held-by-file': 409,
  'lease-ended': 409,
  'too-large': 413,
  internal: 500,
  'metrics-failed': 500,
  'state-unwritable': 500,
  draining: 503,
};

export const NO_CONTENT: Reply = { status: 204, headers: {}, body: '' };

export function text(status: number, contentType: string, body: string): Reply {
  const headers = { 'content-type': contentType, 'cache-control': 'no-store', 'x-content-type-options': 'nosniff' };
  return { status, headers, body };
}

export function json(status: number, body: unknown): Reply {
  return text(status, 'application/json; charset=utf-8', `${JSON.stringify(body)}\n`);
}

/** `{"error":{"code","message","path"}}`; `path` is where in the body it is wrong, empty for the whole. */
export function failure(code: ErrorCode, message: string, headers: Readonly<Record<string, string>> = {}): Reply {
  const reply = json(STATUS[code], { error: { code, message, path: '' } });
  return { ...reply, headers: { ...reply.headers, ...headers } };
}

/** The same with all that is wrong; `message` and `path` are those of the first. */
export function problemsReply(code: 'invalid-rule' | 'invalid-lease', problems: readonly Problem[]): Reply {
  const first = problems[0];
  const more = problems.length > 1 ? ` (and ${problems.length - 1} more)` : '';
  const message = first === undefined ? 'is not valid' : `${describeProblem(first)}${more}`;
  const all = problems.map(({ line, column, path, message }) => ({ line, column, path, message }));
  return json(STATUS[code], { error: { code, message, path: first?.path ?? '', problems: all } });
}
