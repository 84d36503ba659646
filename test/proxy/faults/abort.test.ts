import { Buffer } from 'node:buffer';
import { describe, expect, it } from 'vitest';
import type { Answer } from '../../../proxy/faults/fault.ts';
import { abort } from '../../../proxy/faults/abort.ts';

function answerOf(written: unknown): Answer {
  const [effect, ...rest] = abort.compile(abort.params.parse(written));
  expect(rest).toEqual([]);
  if (effect?.kind !== 'answer') throw new Error(`not an answer: ${effect?.kind}`);
  return effect.answer;
}

/** `path: message` of each refusal. */
function problems(written: unknown): string[] {
  const result = abort.params.safeParse(written);
  return result.error?.issues.map(({ path, message }) => `${path.join('.')}: ${message}`) ?? [];
}

describe('abort', () => {
  it('is a marked 503 without a body where nothing is said', () => {
    expect(answerOf({})).toEqual({ status: 503, headers: [], body: Buffer.alloc(0), mark: true });
  });

  it.each([429, '429'])('takes a bare status: %j', (status) => {
    expect(answerOf(status)).toEqual(answerOf({ status: 429 }));
  });

  it('answers as written, in UTF-8', () => {
    const headers = { 'Retry-After': '1', 'x-empty': '' };
    const answer = answerOf({ status: 500, headers, body: 'caf\u00e9', mark: false, when: 'before' });
    expect(answer.headers).toEqual([
      ['Retry-After', '1'],
      ['x-empty', ''],
    ]);
    expect([...answer.body]).toEqual([...Buffer.from('caf\u00e9', 'utf8')]);
    expect(answer.mark).toBe(false);
  });

  it.each([200, 204, 304, 429, 599])('predicts its own status %i and the flag of an injected abort', (status) => {
    const seen = abort.predict(abort.params.parse(status));
    expect(seen).toMatchObject({ status, responseFlags: 'FI' });
    expect(seen.seen).toContain(String(status));
    expect(seen.addedMs).toBeUndefined();
  });

  it.each<[unknown, string]>([
    [{ status: 199 }, 'status: must be 200 to 599'],
    [600, 'status: must be 200 to 599'],
    [{ status: 503.5 }, 'status: must be a whole number'],
    [{ status: '503' }, 'status: must be a whole number'],
    [{ when: 'committed' }, 'when: committed is not supported by this version'],
    [{ when: 'body:512' }, 'when: body:512 is not supported by this version'],
    [{ when: 'later' }, 'when: later is not a moment'],
    [{ headers: { 'Content-Length': '1' } }, 'headers.Content-Length: Content-Length is written by the proxy'],
    [{ headers: { 'transfer-encoding': 'chunked' } }, 'headers.transfer-encoding: '],
    [{ headers: { connection: 'close' } }, 'headers.connection: '],
    [{ headers: { Sidequake: 'injected x/y' } }, 'headers.Sidequake: '],
    [{ headers: { 'a b': '1' } }, 'headers.a b: "a b" is not a header name'],
    [{ headers: { '': '1' } }, 'headers.: "" is not a header name'],
    [{ headers: { a: 'x\r\ny: z' } }, 'headers.a: "\\r" must not stand'],
    [{ headers: { a: 'x\ny' } }, 'headers.a: "\\n" must not stand'],
    [{ headers: { a: 'x\0' } }, 'headers.a: "\\u0000" must not stand'],
    // Written as Latin-1 these two would be LF and CR.
    [{ headers: { a: '\u010a' } }, 'headers.a: "\u010a" must not stand'],
    [{ headers: { a: '\u010d' } }, 'headers.a: "\u010d" must not stand'],
    [{ headers: { 'retry-after': 1 } }, 'headers.retry-after: must be text: write "1" in quotes'],
    [{ status: 204, body: 'x' }, 'body: an answer with status 204 has no body'],
    [{ status: 304, body: 'x' }, 'body: an answer with status 304 has no body'],
    [{ body: 5 }, 'body: must be text'],
    [{ stauts: 503 }, ': Unrecognized key: "stauts"'],
    ['teapot', ': write a status like 503'],
    [null, ': write a status like 503'],
    [[503], ': write a status like 503'],
  ])('refuses %j', (written, problem) => {
    expect(problems(written)).toEqual([expect.stringContaining(problem)]);
  });
});
