import * as fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { checkPathPattern, compilePath, firstSegment } from '../../../proxy/route/path-pattern.ts';
import { headOf } from './given.ts';

describe('a path pattern', () => {
  it.each([
    ['/reviews', '/reviews', true],
    ['/reviews', '/reviews?page=2', true],
    ['/reviews', '/reviews/', false],
    ['/reviews', '/Reviews', false],
    ['/reviews', '/%72eviews', false],
    ['/reviews', '/review', false],
    ['/reviews/{id}', '/reviews/7', true],
    ['/reviews/{id}', '/reviews/7?x={y}/z', true],
    ['/reviews/{id}', '/reviews/', false],
    ['/reviews/{id}', '/reviews/7/8', false],
    ['/reviews/{id}/stars', '/reviews/7/stars', true],
    ['/reviews/{id}/stars', '/reviews//stars', false],
    ['/{a}/{b}', '/x/y', true],
    ['/{a}/{b}', '/x', false],
    ['/reviews/*', '/reviews/', true],
    ['/reviews/*', '/reviews/7/8', true],
    ['/reviews/*', '/reviews', false],
    ['/reviews*', '/reviews-old/1', true],
    ['/{id}/*', '/7/', true],
    ['/{id}/*', '/7', false],
    ['/', '/', true],
    ['/', '/?q', true],
    ['*', '/anything', true],
    ['/*', 'http://shop/cart?x', true],
    ['/cart', 'http://shop:80/cart?x', true],
    ['/', 'http://shop', true],
    ['/', 'http://shop?q=/x', true],
    ['/*', 'http://shop?q=/x', true],
    ['/{id}', 'http://shop', false],
    ['/x', '*', false],
    ['*', '*', true],
  ])('%s on %s: %s', (pattern, target, matches) => {
    expect(checkPathPattern(pattern)).toBeNull();
    expect(compilePath(pattern).matches(headOf(`GET ${target}`))).toBe(matches);
  });

  it.each([
    ['^/reviews/\\d+$', '/reviews/7?x=1', true],
    ['^/reviews/\\d+$', '/reviews/x', false],
    ['views', '/reviews', true],
    ['^/$', 'http://shop', true],
  ])('regex %s on %s: %s', (regex, target, matches) => {
    expect(checkPathPattern({ regex })).toBeNull();
    expect(compilePath({ regex }).matches(headOf(`GET ${target}`))).toBe(matches);
  });

  it.each([
    ['', 'empty'],
    ['reviews', 'begins with /'],
    ['/a?b=1', 'query'],
    ['/a#b', 'query'],
    ['/a*b', 'only at the end'],
    ['/**', 'only at the end'],
    ['/a b', 'percent-encoded'],
    ['/caf\u00e9', 'percent-encoded'],
    ['/a-{id}', 'whole segment'],
    ['/{}', 'whole segment'],
    ['/{id', 'whole segment'],
    ['/a}', 'whole segment'],
    ['/{a/b}', 'whole segment'],
    ['/{{id}}', 'whole segment'],
  ])('refuses %j', (pattern, reason) => {
    expect(checkPathPattern(pattern)).toContain(reason);
    expect(() => compilePath(pattern)).toThrow(reason);
  });

  it('refuses a broken regular expression with the reason of the engine', () => {
    expect(checkPathPattern({ regex: '(' })).toMatch(/regular expression/i);
    expect(checkPathPattern({ regex: '' })).toContain('empty');
  });

  it.each([
    ['/reviews', 'reviews'],
    ['/reviews/{id}', 'reviews'],
    ['/reviews/*', 'reviews'],
    ['/', ''],
    ['/reviews*', undefined],
    ['/{id}/x', undefined],
    ['*', undefined],
    [{ regex: '^/reviews/' }, undefined],
  ])('%j has the first segment %j', (pattern, segment) => {
    expect(firstSegment(pattern)).toBe(segment);
  });

  it('agrees with a naive model', () => {
    const segment = fc.constantFrom('', 'a', 'b', 'ab', '%61', '.', '{x}', '{y}');
    const pattern = fc
      .tuple(fc.array(segment, { minLength: 1, maxLength: 4 }), fc.constantFrom('', '*', '/*'))
      .map(([segments, tail]) => `/${segments.join('/')}${tail}`)
      .filter((text) => checkPathPattern(text) === null);
    const path = fc
      .array(fc.constantFrom('', 'a', 'b', 'ab', 'abc', '%61', '.'), { minLength: 1, maxLength: 5 })
      .map((segments) => `/${segments.join('/')}`);
    const query = fc.constantFrom('', '?', '?a=/a/b', '?{x}');
    const origin = fc.constantFrom('', 'http://shop', 'http://shop:9080');
    fc.assert(
      fc.property(pattern, path, query, origin, (text, sent, rest, host) => {
        const found = compilePath(text).matches(headOf(`GET ${host}${sent}${rest}`));
        expect(found).toBe(naiveMatch(text, sent));
        if (found) expect([undefined, sent.split('/')[1]]).toContain(firstSegment(text));
      }),
      { numRuns: 3000 },
    );
  });
});

/** Character by character, trying every end of a `{name}`. */
function naiveMatch(pattern: string, path: string): boolean {
  if (pattern === '*') return true;
  if (pattern === '') return path === '';
  if (!pattern.startsWith('{')) return path[0] === pattern[0] && naiveMatch(pattern.slice(1), path.slice(1));
  const rest = pattern.slice(pattern.indexOf('}') + 1);
  for (let end = 1; end <= path.length && path[end - 1] !== '/'; end++) {
    if (naiveMatch(rest, path.slice(end))) return true;
  }
  return false;
}
