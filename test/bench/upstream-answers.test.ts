import { describe, expect, test } from 'vitest';
import { answerReader } from '../../bench/load/answer-reader.ts';
import { BODIES, buildAnswers, readHeads } from '../../bench/upstream/answers.ts';
import { BLOCK, belongs } from '../../bench/upstream/tunnel.ts';

const answers = buildAnswers();

function get(path: string, ...headers: string[]): string {
  return [`GET ${path} HTTP/1.1`, 'Host: bench', ...headers, '', ''].join('\r\n');
}

describe('the requests that the upstream finds', () => {
  const three = Buffer.from(get('/tiny') + get('/10k', 'Cookie: connection: close') + get('/1k', 'connection: Close'));

  test('pipelined ones come in order, and only Connection closes', () => {
    const { requests, rest } = readHeads(three, answers);
    expect(requests.map(({ answer }) => answer.body.length)).toEqual([2, 10_240, 1024]);
    expect(requests.map(({ close }) => close)).toEqual([false, false, true]);
    expect(rest).toBeNull();
  });

  test('are the same wherever reads split them', () => {
    for (let cut = 1; cut < three.length; cut++) {
      const first = readHeads(three.subarray(0, cut), answers);
      const second = readHeads(Buffer.concat([first.rest ?? Buffer.alloc(0), three.subarray(cut)]), answers);
      const found = [...first.requests, ...second.requests];
      expect(found.map(({ answer, close }) => [answer.body.length, close])).toEqual([
        [2, false],
        [10_240, false],
        [1024, true],
      ]);
    }
  });

  test.each([
    ['another method', 'POST /1k HTTP/1.1\r\n\r\n'],
    ['another path', get('/2k')],
    ['a body by length', get('/1k', 'Content-Length: 5')],
    ['a chunked body', get('/1k', 'Transfer-Encoding: chunked')],
  ])('%s is refused: the bench never sends it', (_, request) => {
    expect(() => readHeads(Buffer.from(request), answers)).toThrow('the bench never sends');
  });

  test('an endless head is refused', () => {
    expect(() => readHeads(Buffer.alloc(70_000, 'a'), answers)).toThrow('65536');
  });
});

describe('the answers that a client reads', () => {
  test('every answer says its length and is read whole at any split', () => {
    const message = answers.get('/1k')?.kept ?? Buffer.alloc(0);
    for (let cut = 1; cut < message.length; cut++) {
      const reader = answerReader(BODIES['/1k']);
      expect(reader.take(message.subarray(0, cut))).toBe(false);
      expect(reader.take(message.subarray(cut))).toBe(true);
    }
  });

  test('another status, another length and bytes too many are errors', () => {
    const head = 'HTTP/1.1 503 Service Unavailable\r\nContent-Length: 2\r\n\r\nok';
    expect(() => answerReader(2).take(Buffer.from(head))).toThrow('503');
    const ok = head.replace('503 Service Unavailable', '200 OK');
    expect(() => answerReader(3).take(Buffer.from(ok))).toThrow('content-length 2 instead of 3');
    expect(() => answerReader(2).take(Buffer.from(`${ok}!`))).toThrow('1 bytes more');
  });
});

test('a byte of the stream that is lost or shifted is seen', () => {
  const stream = Buffer.concat([BLOCK, BLOCK]);
  expect(belongs(stream.subarray(1000, 70_000), 1000)).toBe(true);
  expect(belongs(stream.subarray(1001, 70_000), 1000)).toBe(false);
  expect(belongs(Buffer.concat([stream.subarray(0, 500), stream.subarray(501, 900)]), 0)).toBe(false);
});
