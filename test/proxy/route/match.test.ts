import { describe, expect, it } from 'vitest';
import type { HeaderPattern, Match } from '../../../proxy/config/rule.ts';
import { checkHostPattern } from '../../../proxy/route/host-pattern.ts';
import { checkHeaderPattern, MatchTest } from '../../../proxy/route/match.ts';
import { CONNECTION, headOf } from './given.ts';

function matches(match: Match, head = headOf('GET /reviews/7', { Host: 'reviews.shop.svc:9080' })): boolean {
  return new MatchTest(match, true).matches(head, CONNECTION);
}

describe('a match', () => {
  it('without fields is everything', () => {
    expect(matches({})).toBe(true);
  });

  it.each<[Match, boolean]>([
    [{ method: ['GET', 'HEAD'] }, true],
    [{ method: ['HEAD'] }, false],
    [{ method: ['GE'] }, false],
    [{ method: ['GETS'] }, false],
    [{ method: ['get'] }, false],
    [{ port: 9080 }, true],
    [{ port: 9081 }, false],
    [{ protocol: 'http' }, true],
    [{ protocol: 'tcp' }, false],
    [{ source: { ip: '10.244.0.0/16' } }, true],
    [{ source: { ip: '10.245.0.0/16' } }, false],
    [{ host: 'reviews.shop.svc' }, true],
    [{ host: 'Reviews.Shop.svc:80' }, true],
    [{ host: 'reviews.shop' }, false],
    [{ host: 'shop.svc' }, false],
    [{ host: '*.shop.svc' }, true],
    [{ host: '*.svc' }, true],
    [{ host: '*.reviews.shop.svc' }, false],
    [{ path: '/reviews/{id}', method: ['GET'], host: '*.svc', port: 9080 }, true],
    [{ path: '/reviews/{id}', method: ['GET'], host: '*.svc', port: 9081 }, false],
  ])('%j: %s', (match, expected) => {
    expect(matches(match)).toBe(expected);
  });

  it.each([
    ['GET http://Ratings.shop:80/x', { host: 'reviews' }, 'ratings.shop', true],
    ['GET http://ratings.shop/x', { host: 'reviews' }, 'reviews', false],
    ['GET /x', { HOST: 'RATINGS' }, 'ratings', true],
    ['GET /x', { host: ' \tratings:80\t ' }, 'ratings', true],
    ['GET /x', { host: '[fd00::1]:9080' }, '[fd00::1]', true],
    ['GET /x', { host: '[fd00::1]' }, '[FD00::1]', true],
    ['GET /x', { host: '.svc' }, '*.svc', false],
    ['GET /x', { host: 'svc' }, '*.svc', false],
    ['GET /x', {}, 'ratings', false],
    ['GET /x', { 'x-host': 'ratings' }, 'ratings', false],
    ['GET /x', { host: '9080' }, '9080', true],
  ])('%s with %j has the host %s: %s', (line, headers, host, expected) => {
    expect(matches({ host }, headOf(line, headers))).toBe(expected);
  });

  it.each<[HeaderPattern, boolean]>([
    ['jason', true],
    ['Jason', false],
    ['jas', false],
    [{ prefix: 'jas' }, true],
    [{ prefix: 'son' }, false],
    [{ regex: '^j.*n$' }, true],
    [{ regex: '^x' }, false],
    [{ present: true }, true],
    [{ present: false }, false],
  ])('header end-user as %j: %s', (pattern, expected) => {
    expect(matches({ headers: { 'end-user': pattern } }, headOf('GET /x', { 'End-User': ' jason ' }))).toBe(expected);
  });

  it('without the header holds only for { present: false }', () => {
    const patterns: HeaderPattern[] = ['', { prefix: 'j' }, { regex: '.*' }, { present: true }, { present: false }];
    expect(patterns.map((pattern) => matches({ headers: { 'end-user': pattern } }))).toEqual([
      false,
      false,
      false,
      false,
      true,
    ]);
  });

  it('compares header values as the bytes that UTF-8 has', () => {
    const head = headOf('GET /x', { 'end-user': 'Zo\u00eb' });
    expect(matches({ headers: { 'end-user': 'Zo\u00eb' } }, head)).toBe(true);
    expect(matches({ headers: { 'end-user': { prefix: 'Zo\u00eb' } } }, head)).toBe(true);
    expect(matches({ headers: { 'end-user': 'Zo\u00e8' } }, head)).toBe(false);
  });

  it.each([
    ['/x?debug=1', true],
    ['/x?a=b&debug=1', true],
    ['/x?debug=0&debug=1', true],
    ['/x?debug=%31', true],
    ['/x?d%65bug=1', true],
    ['/x?debug=11', false],
    ['/x?Debug=1', false],
    ['/x?debug', false],
    ['/x??debug=1', false],
    ['/x', false],
    ['http://shop/x?debug=1', true],
  ])('query { debug: "1" } on %s: %s', (target, expected) => {
    expect(matches({ query: { debug: '1' } }, headOf(`GET ${target}`))).toBe(expected);
  });

  it('decodes + and %20 to a space and needs all parameters', () => {
    const query = { q: 'a b', lang: 'd\u00e9' };
    expect(matches({ query }, headOf('GET /x?lang=d%C3%A9&q=a+b'))).toBe(true);
    expect(matches({ query }, headOf('GET /x?lang=d%C3%A9&q=a%20b'))).toBe(true);
    expect(matches({ query }, headOf('GET /x?q=a+b'))).toBe(false);
  });

  it('says of an unknown source what it was asked to', () => {
    const match = { source: { ip: '10.0.0.0/8' } };
    const connection = { ...CONNECTION, sourceIp: '' };
    expect(new MatchTest(match, true).matches(headOf('GET /x'), connection)).toBe(true);
    expect(new MatchTest(match, false).matches(headOf('GET /x'), connection)).toBe(false);
  });

  it.each(['', '*.', 'a.*.b', 'http://a', 'a b', 'a/b'])('refuses the host %j', (host) => {
    expect(checkHostPattern(host)).not.toBeNull();
    expect(() => new MatchTest({ host }, true)).toThrow('host:');
  });

  it('refuses header patterns that say nothing or do not compile', () => {
    expect(checkHeaderPattern({ prefix: '' })).toContain('present');
    expect(checkHeaderPattern({ regex: '[' })).toMatch(/regular expression/i);
    const fine: HeaderPattern[] = ['', 'x', { prefix: 'x' }, { regex: 'x' }, { present: false }];
    expect(fine.map(checkHeaderPattern)).toEqual([null, null, null, null, null]);
  });
});
