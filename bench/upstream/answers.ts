/**
 * The fixed answers of the bench's upstream, chosen by the request's path, and the reader that finds the requests.
 * Requests have no body: every head ends with an empty line and is answered at once, so pipelined ones are answered in
 * order.
 */

/** Body sizes by path, in bytes. */
export const BODIES = { '/tiny': 2, '/1k': 1024, '/10k': 10_240, '/1m': 1_048_576 } as const;

/** A path that the upstream answers. */
export type AnswerPath = keyof typeof BODIES;

/** One answer, in both of its forms. */
export interface Answer {
  readonly body: Buffer;
  /** Whole message on a connection that stays. */
  readonly kept: Buffer;
  /** Whole message that says `Connection: close`. */
  readonly closing: Buffer;
}

/** What the reader found: complete heads in order, and the bytes of an incomplete one. */
export interface Heads {
  readonly requests: readonly { readonly answer: Answer; readonly close: boolean }[];
  readonly rest: Buffer | null;
}

const LF = 10;
const CR = 13;
const LONGEST_HEAD = 65_536;

/** Builds the answers once; the bytes of a body tell their place, so that a wrong one is seen. */
export function buildAnswers(): ReadonlyMap<string, Answer> {
  return new Map(Object.entries(BODIES).map(([path, size]) => [path, buildAnswer(size)]));
}

/**
 * Finds the requests in what was read.
 *
 * @throws Error for what the bench never sends: another method, another path, a body, an endless head
 */
export function readHeads(bytes: Buffer, answers: ReadonlyMap<string, Answer>): Heads {
  const requests: { answer: Answer; close: boolean }[] = [];
  let start = 0;
  let close = false;
  for (let at = bytes.indexOf(LF); at >= 0; at = bytes.indexOf(LF, at + 1)) {
    const line = at + 1;
    // 'c' is the first letter of Connection and Content-Length, 't' of Transfer-Encoding: the only ones that matter.
    const first = (bytes[line] ?? 0) | 0x20;
    if (first === 0x63 || first === 0x74) close ||= closesAfter(bytes, line);
    else if (bytes[line] === CR && bytes[line + 1] === LF) {
      requests.push({ answer: answerTo(bytes, start, answers), close });
      start = line + 2;
      close = false;
      at = line + 1;
    }
  }
  if (bytes.length - start > LONGEST_HEAD) throw new Error(`a request head of more than ${LONGEST_HEAD} bytes`);
  return { requests, rest: start === bytes.length ? null : bytes.subarray(start) };
}

function closesAfter(bytes: Buffer, line: number): boolean {
  const end = bytes.indexOf(LF, line);
  if (end < 0) return false;
  const text = bytes.toString('latin1', line, end).toLowerCase();
  if (text.startsWith('transfer-encoding:') || /^content-length:\s*0*[1-9]/.test(text)) {
    throw new Error(`a request with a body (${text.trim()}), which the bench never sends`);
  }
  return /^connection:\s*close\s*$/.test(text);
}

function answerTo(bytes: Buffer, start: number, answers: ReadonlyMap<string, Answer>): Answer {
  const pathStart = start + 4; // after "GET "
  const path = bytes.toString('latin1', pathStart, bytes.indexOf(0x20, pathStart));
  const answer = answers.get(path);
  if (answer === undefined || bytes.toString('latin1', start, pathStart) !== 'GET ') {
    throw new Error(`a request that the bench never sends: ${bytes.toString('latin1', start, start + 80)}`);
  }
  return answer;
}

function buildAnswer(size: number): Answer {
  const body = Buffer.alloc(size);
  for (let at = 0; at < size; at++) body[at] = 0x61 + (at % 23);
  const head = `HTTP/1.1 200 OK\r\nContent-Type: text/plain\r\nContent-Length: ${size}\r\n`;
  return {
    body,
    kept: Buffer.concat([Buffer.from(`${head}\r\n`), body]),
    closing: Buffer.concat([Buffer.from(`${head}Connection: close\r\n\r\n`), body]),
  };
}
