/** Answers of the control listeners, and their errors: one table from code to status. */
import type { ServerResponse } from 'node:http';
import { describeProblem, type Problem } from '../config/problem.ts';
import type { RefusalCode } from '../rules/refusal.ts';

export type ErrorCode =
  | RefusalCode
  | 'invalid-rule'
  | 'invalid-lease'
  | 'not-found'
  | 'method-not-allowed'
  | 'too-large'
  | 'foreign-host'
  | 'foreign-origin'
  | 'metrics-failed'
  | 'internal';

const STATUS: Readonly<Record<ErrorCode, number>> = {
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

export function sendJson(response: ServerResponse, status: number, body: unknown): void {
  send(response, status, 'application/json; charset=utf-8', `${JSON.stringify(body)}\n`);
}

/** For HEAD node:http leaves the body out and keeps its length. */
export function send(response: ServerResponse, status: number, contentType: string, body: string): void {
  const bytes = Buffer.from(body, 'utf8');
  response.writeHead(status, {
    'content-type': contentType,
    'content-length': bytes.length,
    'cache-control': 'no-store',
    'x-content-type-options': 'nosniff',
  });
  response.end(bytes);
}

/** `{"error":{"code","message","path"}}`; `path` is where in the body it is wrong, empty for the whole. */
export function sendError(response: ServerResponse, code: ErrorCode, message: string, path = ''): void {
  sendJson(response, STATUS[code], { error: { code, message, path } });
}

/** The same with all that is wrong; `message` and `path` are those of the first. */
export function sendProblems(
  response: ServerResponse,
  code: 'invalid-rule' | 'invalid-lease',
  problems: readonly Problem[],
): void {
  const first = problems[0];
  const more = problems.length > 1 ? ` (and ${problems.length - 1} more)` : '';
  const message = first === undefined ? 'is not valid' : `${describeProblem(first)}${more}`;
  const all = problems.map(({ line, column, path, message }) => ({ line, column, path, message }));
  sendJson(response, STATUS[code], { error: { code, message, path: first?.path ?? '', problems: all } });
}
