import * as fc from 'fast-check';
import { expect, test } from 'vitest';
import { Body } from '../../../proxy/http1/body.ts';

/** Feeds a body in pieces; the number of its bytes, or `open`, or `ambiguous`. */
function take(pieces: readonly Buffer[], start: (body: Body) => void): number | 'open' | 'ambiguous' {
  const body = new Body();
  start(body);
  let taken = 0;
  for (const piece of pieces) {
    if (!body.open) break;
    const next = body.take(piece, 0, piece.length);
    if (next < 0) return 'ambiguous';
    taken += next;
  }
  return body.open ? 'open' : taken;
}

const chunked = (body: Body): void => body.startChunked();

function cut(bytes: Buffer, cuts: readonly number[]): Buffer[] {
  const at = [0, ...cuts.map((c) => c % (bytes.length + 1)).toSorted((a, b) => a - b), bytes.length];
  return at.slice(1).map((to, i) => bytes.subarray(at[i], to));
}

test.each([
  ['0\r\n\r\n', 5],
  ['0\r\n\r\nGET / HTTP/1.1\r\n', 5],
  ['5\r\nhello\r\n0\r\n\r\n', 15],
  ['5;x=y\r\nhello\r\n0;z\r\nA: b\r\nC: d\r\n\r\n', 33],
  ['00005\r\nhello\r\n000\r\n\r\n', 21],
  ['5\r\n0\r\n\r\n\r\n0\r\n\r\n', 15],
  ['5\r\nhel', 'open'],
  ['5\r\nhello\r\n', 'open'],
  ['', 'open'],
  ['\r\n', 'ambiguous'],
  ['5 \r\nhello', 'ambiguous'],
  [' 5\r\nhello', 'ambiguous'],
  ['0x5\r\nhello', 'ambiguous'],
  ['-5\r\nhello', 'ambiguous'],
  ['5\nhello\n', 'ambiguous'],
  ['5\rxhello', 'ambiguous'],
  ['5\r\nhelloX', 'ambiguous'],
  ['5;a\nhello', 'ambiguous'],
  ['5;a\0\r\nhello', 'ambiguous'],
  ['FFFFFFFFFFFFFF\r\n', 'ambiguous'],
  ['0\r\nA: b\n\r\n', 'ambiguous'],
  ['0\r\n folded\r\n\r\n', 'ambiguous'],
  ['0\r\nA: b\r\n\rX', 'ambiguous'],
])('chunked %j -> %s, cut anywhere', (text, expected) => {
  const bytes = Buffer.from(text, 'latin1');
  expect(take([bytes], chunked)).toBe(expected);
  for (let at = 1; at < bytes.length; at++) {
    expect(take([bytes.subarray(0, at), bytes.subarray(at)], chunked)).toBe(expected);
  }
});

test('any chunked body ends at its end, however it is cut', () => {
  const chunk = fc.uint8Array({ minLength: 1, maxLength: 300 });
  fc.assert(
    fc.property(fc.array(chunk), fc.boolean(), fc.array(fc.nat(), { maxLength: 8 }), (chunks, trailer, cuts) => {
      const parts = chunks.flatMap((data) => [
        Buffer.from(`${data.length.toString(16)}\r\n`),
        data,
        Buffer.from('\r\n'),
      ]);
      const bytes = Buffer.concat([...parts, Buffer.from(trailer ? '0\r\nX: y\r\n\r\n' : '0\r\n\r\n')]);
      const behind = Buffer.from('GET / HTTP/1.1\r\n\r\n');
      expect(take(cut(Buffer.concat([bytes, behind]), cuts), chunked)).toBe(bytes.length);
    }),
  );
});

test('a length takes exactly its bytes', () => {
  fc.assert(
    fc.property(fc.integer({ min: 1, max: 500 }), fc.array(fc.nat(), { maxLength: 5 }), (length, cuts) => {
      const bytes = Buffer.alloc(length + 20, '0\r\n');
      expect(take(cut(bytes, cuts), (body) => body.startFixed(length))).toBe(length);
    }),
  );
});

test('a body until close never ends by itself', () => {
  const body = new Body();
  body.startUntilClose();
  expect(body.take(Buffer.from('0\r\n\r\n'), 0, 5)).toBe(5);
  expect([body.open, body.untilClose]).toEqual([true, true]);
});

test('endless trailers and extensions are given up', () => {
  expect(take([Buffer.from(`0\r\n${'A: b\r\n'.repeat(20_000)}`)], chunked)).toBe('ambiguous');
  expect(take([Buffer.from(`5;${'x'.repeat(70_000)}`)], chunked)).toBe('ambiguous');
});
