import * as fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import type { Match, Rule } from '../../../proxy/config/rule.ts';
import { MatchTest } from '../../../proxy/route/match.ts';
import { buildRouteTable, UNNAMED_ROUTE } from '../../../proxy/route/route-table.ts';
import { buildRuleTable, NO_RULES } from '../../../proxy/route/rule-table.ts';
import { armedRule, CONNECTION, headOf } from './given.ts';

const port = 9080;
const METHODS = ['GET', 'HEAD', 'POST', 'PUT', 'PURGE'];

function idsFor(given: readonly Partial<Rule>[], head = headOf('GET /reviews/7')): string[] {
  const rules = given.map((rule, i) => armedRule({ id: `r${i}`, ...rule }));
  return buildRuleTable(rules, { port })
    .matching(head, CONNECTION)
    .map(({ rule }) => rule.id);
}

const matchArbitrary: fc.Arbitrary<Match> = fc.record(
  {
    method: fc.uniqueArray(fc.constantFrom(...METHODS), { minLength: 1, maxLength: 3 }),
    path: fc.oneof(
      fc.constantFrom('/a', '/a/{x}', '/a/*', '/a*', '/b', '/b/{x}/c', '/{x}', '*', '/', `/${'l'.repeat(70)}`),
      fc.record({ regex: fc.constantFrom('^/a', 'b$') }),
    ),
    host: fc.constantFrom('shop', '*.shop'),
  },
  { requiredKeys: [] },
);
const headArbitrary = fc
  .tuple(
    fc.constantFrom(...METHODS, 'get', 'OPTIONS'),
    fc.constantFrom(
      '/',
      '/a',
      '/a/',
      '/a/7',
      '/ab',
      '/b',
      '/b/7/c',
      '/c?/a',
      '/a?/b',
      '*',
      'http://shop',
      'http://x.shop?a',
      `/${'l'.repeat(70)}`,
      `/${'l'.repeat(71)}`,
    ),
    fc.constantFrom('shop', 'x.shop'),
  )
  .map(([method, target, host]) => headOf(`${method} ${target}`, { host }));

describe('the table of rules', () => {
  it('gives the matching rules in order of precedence', () => {
    const rules = [
      { match: {} },
      { match: { path: '/reviews/*' } },
      { match: { path: '/x' } },
      { match: { method: ['GET'] } },
    ];
    expect(idsFor(rules)).toEqual(['r0', 'r1', 'r3']);
  });

  it('leaves out what an exception names', () => {
    const except = [{ path: '/health' }, { headers: { 'x-probe': { present: true } } }];
    expect(idsFor([{ except }], headOf('GET /health'))).toEqual([]);
    expect(idsFor([{ except }], headOf('GET /x', { 'X-Probe': '1' }))).toEqual([]);
    expect(idsFor([{ except }], headOf('GET /x'))).toEqual(['r0']);
  });

  it('leaves out rules for other ports and other protocols', () => {
    expect(idsFor([{ match: { port: 1 } }, { match: { protocol: 'tls' } }, { match: { port } }])).toEqual(['r2']);
    expect(buildRuleTable([armedRule({ match: { port: 1 } })], { port }).empty).toBe(true);
  });

  it('answers with one and the same empty list where nothing matches', () => {
    const table = buildRuleTable([armedRule({ match: { path: '/x' } })], { port });
    expect(table.matching(headOf('GET /y'), CONNECTION)).toBe(NO_RULES);
    expect(table.matching(headOf('GET /x/y'), CONNECTION)).toBe(NO_RULES);
    expect(buildRuleTable([], { port }).matching(headOf('GET /x'), CONNECTION)).toBe(NO_RULES);
  });

  it('makes nothing for a head that no rule can match', () => {
    const paths = Array.from({ length: 64 }, (_, i) => ({ path: `/svc${i}/{id}`, method: ['GET'] }));
    const rules = [...paths, { method: ['PURGE'] }, { host: 'ratings' }].map((match) => armedRule({ match }));
    const [byPath, byMethodAndHost] = [buildRuleTable(rules.slice(0, 64), { port }), buildRuleTable(rules, { port })];
    const head = headOf('GET /catalogue/7?page=2', { host: 'reviews:9080', accept: '*/*' });
    const ask = (times: number): number => {
      const before = process.memoryUsage().heapUsed;
      for (let i = 0; i < times; i++) {
        byPath.matching(head, CONNECTION);
        byMethodAndHost.matching(head, CONNECTION);
      }
      return process.memoryUsage().heapUsed - before;
    };
    ask(50_000);
    // One object of two words for each call would be 12.8 MB; a collection in between only makes it less.
    expect(Math.min(ask(400_000), ask(400_000))).toBeLessThan(3e6);
  });

  it('finds what testing every rule in turn finds', () => {
    const given = fc.array(fc.tuple(matchArbitrary, fc.array(matchArbitrary, { maxLength: 1 })), { maxLength: 12 });
    fc.assert(
      fc.property(given, headArbitrary, (matches, head) => {
        const rules = matches.map(([match, except], i) => armedRule({ id: `r${i}`, match, except }));
        const expected = rules.filter(
          ({ rule }) =>
            new MatchTest(rule.match, true).matches(head, CONNECTION) &&
            !rule.except.some((match) => new MatchTest(match, false).matches(head, CONNECTION)),
        );
        expect(buildRuleTable(rules, { port }).matching(head, CONNECTION)).toEqual(expected);
      }),
      { numRuns: 2000 },
    );
  });

  it('tells methods apart beyond the width of its masks', () => {
    const names = Array.from({ length: 40 }, (_, i) => `M${i}`);
    const rules = names.map((method) => ({ match: { method: [method] } }));
    for (const [i, name] of names.entries()) expect(idsFor(rules, headOf(`${name} /x`))).toEqual([`r${i}`]);
    expect(idsFor([...rules, {}], headOf('M40 /x'))).toEqual(['r40']);
  });
});

describe('the table of rules, for tunnels', () => {
  const tunnel = (match: Match, protocol: 'http' | 'tcp' | 'tls', except: Match[] = []) =>
    buildRuleTable([armedRule({ match, except })], { port }).matchingTunnel({ ...CONNECTION, protocol }).length === 1;

  it.each<[Match, boolean, boolean, boolean]>([
    // match, plain TCP, TLS, HTTP that is not read (HTTP/2, ambiguous)
    [{}, true, true, true],
    [{ protocol: 'tcp' }, true, false, false],
    [{ protocol: 'tls' }, false, true, false],
    [{ protocol: 'http' }, false, true, true],
    [{ path: '/x' }, false, true, true],
    [{ protocol: 'http', path: '/x' }, false, true, true],
    [{ source: { ip: '10.0.0.0/8' } }, true, true, true],
    [{ source: { ip: '11.0.0.0/8' } }, false, false, false],
  ])('%j: tcp %s, tls %s, unread http %s', (match, tcp, tls, http) => {
    expect([tunnel(match, 'tcp'), tunnel(match, 'tls'), tunnel(match, 'http')]).toEqual([tcp, tls, http]);
  });

  it('lets an exception hold only where it can be read', () => {
    expect(tunnel({}, 'tls', [{ path: '/health' }])).toBe(true);
    expect(tunnel({}, 'tls', [{ protocol: 'http' }])).toBe(true);
    expect(tunnel({}, 'tls', [{ protocol: 'tls' }])).toBe(false);
    expect(tunnel({}, 'tcp', [{ source: { ip: '10.0.0.0/8' } }])).toBe(false);
  });

  it('says whether plain bytes can be matched at all', () => {
    const can = (match: Match) => buildRuleTable([armedRule({ match })], { port }).canMatchTunnels;
    expect([
      can({}),
      can({ protocol: 'tcp' }),
      can({ path: '/x' }),
      can({ protocol: 'http' }),
      can({ port: 1 }),
    ]).toEqual([true, true, false, false, false]);
  });
});

describe('the table of routes', () => {
  it('names an exchange by the first route that matches', () => {
    const table = buildRouteTable([
      { name: 'one', path: '/reviews/{id}', method: ['GET'] },
      { name: 'any', path: '/reviews/*' },
      { name: 'shop', host: 'shop' },
    ]);
    const index = (line: string, host = 'x') => table.indexOf(headOf(line, { host }));
    expect(index('GET /reviews/7')).toBe(1);
    expect(index('PUT /reviews/7')).toBe(2);
    expect(index('GET /reviews/7/8', 'shop')).toBe(2);
    expect(index('GET /x', 'shop')).toBe(3);
    expect(index('GET /x')).toBe(UNNAMED_ROUTE);
    expect([table.empty, buildRouteTable([]).empty]).toEqual([false, true]);
    expect(buildRouteTable([]).indexOf(headOf('GET /x'))).toBe(UNNAMED_ROUTE);
  });

  it('finds what trying every route in turn finds', () => {
    fc.assert(
      fc.property(fc.array(matchArbitrary, { maxLength: 12 }), headArbitrary, (matches, head) => {
        const routes = matches.map((match, i) => ({ name: `n${i}`, ...match }));
        const first = matches.findIndex((match) => new MatchTest(match, true).matches(head, CONNECTION));
        expect(buildRouteTable(routes).indexOf(head)).toBe(first + 1);
      }),
      { numRuns: 2000 },
    );
  });
});
