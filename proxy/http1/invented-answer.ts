/**
 * Answers that the proxy invents: injected ones and its own refusals, never alike. An injected answer says
 * `sidequake: injected RULE/FAULT` (unless the rule asks for `mark: false`), a refusal `sidequake: proxy-error CODE`.
 */
import type { Answer } from '../faults/fault.ts';

/** Reason phrases (RFC 9110, 15): a reader may need one, no reader depends on it. */
const REASON_PHRASES: Readonly<Record<number, string>> = {
  200: 'OK',
  201: 'Created',
  202: 'Accepted',
  204: 'No Content',
  206: 'Partial Content',
  301: 'Moved Permanently',
  302: 'Found',
  303: 'See Other',
  304: 'Not Modified',
  307: 'Temporary Redirect',
  308: 'Permanent Redirect',
  400: 'Bad Request',
  401: 'Unauthorized',
  403: 'Forbidden',
  404: 'Not Found',
  405: 'Method Not Allowed',
  408: 'Request Timeout',
  409: 'Conflict',
  410: 'Gone',
  412: 'Precondition Failed',
  413: 'Content Too Large',
  418: "I'm a teapot",
  422: 'Unprocessable Content',
  425: 'Too Early',
  429: 'Too Many Requests',
  431: 'Request Header Fields Too Large',
  500: 'Internal Server Error',
  501: 'Not Implemented',
  502: 'Bad Gateway',
  503: 'Service Unavailable',
  504: 'Gateway Timeout',
  507: 'Insufficient Storage',
};

/** What an answer must fit to. */
export interface AnswerContext {
  /** The value of the header `sidequake`; null leaves it out. */
  readonly mark: string | null;
  /** The request's method was HEAD: the length is told, the content is not sent. */
  readonly head: boolean;
  /** The connection ends behind the answer. */
  readonly close: boolean;
}

/** The bytes of an answer. */
export function renderAnswer(answer: Answer, context: AnswerContext): Buffer {
  const { status, body } = answer;
  // 204 and 304 end with the head (RFC 9112, 6.3); a length in a 204 is forbidden (RFC 9110, 8.6).
  const bodiless = status === 204 || status === 304;
  let head = `HTTP/1.1 ${status} ${REASON_PHRASES[status] ?? ''}\r\n`;
  for (const [name, value] of answer.headers) head += `${name}: ${value}\r\n`;
  if (!bodiless) head += `content-length: ${body.length}\r\n`;
  if (context.mark !== null) head += `sidequake: ${context.mark}\r\n`;
  if (context.close) head += 'connection: close\r\n';
  const headBytes = Buffer.from(`${head}\r\n`, 'latin1');
  return bodiless || context.head || body.length === 0 ? headBytes : Buffer.concat([headBytes, body]);
}

/** A refusal of the proxy itself (strict mode). It always ends the connection. */
export function renderRefusal(status: number, code: string): Buffer {
  const answer: Answer = {
    status,
    headers: [['content-type', 'text/plain; charset=utf-8']],
    body: Buffer.from(`sidequake refused this message: ${code}\n`),
    mark: true,
  };
  return renderAnswer(answer, { mark: `proxy-error ${code}`, head: false, close: true });
}
