import * as fc from 'fast-check';
import { expect, test } from 'vitest';
import { PartialHead, Stash } from '../../../proxy/http1/kept-bytes.ts';

test('a partial head asks for a scan when its end is there, wherever it is cut', () => {
  const head = Buffer.from(`GET / HTTP/1.1\r\nX: ${'y'.repeat(300)}\r\nHost: a\r\n\r\n`);
  fc.assert(
    fc.property(fc.array(fc.integer({ min: 1, max: 40 }), { minLength: 1, maxLength: 60 }), (sizes) => {
      let at = Math.min(sizes[0] ?? 1, head.length - 1);
      const partial = new PartialHead(head, 0, at, false);
      let scans = 0;
      let due = false;
      for (let i = 1; at < head.length; i++) {
        const to = Math.min(head.length, at + (sizes[i % sizes.length] ?? 1));
        due = partial.append(head, at, to);
        scans += due ? 1 : 0;
        at = to;
      }
      expect(due).toBe(true);
      expect(partial.bytes().equals(head)).toBe(true);
      expect(scans).toBeGreaterThan(0);
    }),
  );
});

test('bytes are copied: the read buffer may be used again', () => {
  const source = Buffer.from('abcdef');
  const stash = new Stash();
  stash.add(source, 0, 2);
  stash.add(source, 2, 2);
  stash.add(source, 3, 6);
  const partial = new PartialHead(source, 1, 4, true);
  source.fill('x');
  expect(stash.peek().toString()).toBe('abdef');
  expect(stash.length).toBe(5);
  expect(partial.bytes().toString()).toBe('bcd');
});
