/** Reads answers of known shape off a connection: no pipelining, a Content-Length, no 1xx. */

/** Follows one answer at a time. */
export interface AnswerReader {
  /** Takes what arrived; true when the answer is whole. @throws Error when it is not the answer expected */
  readonly take: (chunk: Buffer) => boolean;
}

/** A reader that expects a 200 with a body of so many bytes. */
export function answerReader(bodyBytes: number): AnswerReader {
  let head = '';
  /** Body bytes still to come; null while in the head. */
  let left: number | null = null;
  return {
    take: (chunk) => {
      if (left === null) {
        head += chunk.toString('latin1');
        const end = head.indexOf('\r\n\r\n');
        if (end < 0) return false;
        left = checkedLength(head.slice(0, end), bodyBytes) - (head.length - end - 4);
        head = '';
      } else {
        left -= chunk.length;
      }
      if (left < 0) throw new Error(`${-left} bytes more than the answer has`);
      if (left > 0) return false;
      left = null;
      return true;
    },
  };
}

function checkedLength(head: string, expected: number): number {
  if (!head.startsWith('HTTP/1.1 200 ')) throw new Error(`not a 200: ${head.split('\r\n')[0]}`);
  const length = Number(/^content-length:[ \t]*(\d+)[ \t]*$/im.exec(head)?.[1]);
  if (length !== expected) throw new Error(`content-length ${length} instead of ${expected}`);
  return length;
}
