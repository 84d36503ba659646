import * as fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { stringify } from 'yaml';
import { readConfig, readLease, readRule } from '../../../proxy/config/load.ts';
import { describeProblem } from '../../../proxy/config/problem.ts';
import type { Config, WrittenRule } from '../../../proxy/config/rule.ts';

function config(text: string): Config {
  const result = readConfig(text, 'f.yaml');
  if (!result.ok) throw new Error(result.problems.map(describeProblem).join('\n'));
  return result.value;
}

function rule(source: string | Record<string, unknown>, id = 'a'): WrittenRule {
  const result = readRule(source, { id });
  if (!result.ok) throw new Error(result.problems.map(describeProblem).join('\n'));
  return result.value;
}

function problems(source: string | Record<string, unknown>, id = 'a'): readonly string[] {
  const result = readRule(source, { id });
  return result.ok ? [] : result.problems.map(describeProblem);
}

describe('a configuration', () => {
  it('has everything in numbers', () => {
    const text = `
strict: true
listeners:
  - listen: 8080
    upstream: 127.0.0.1:9080
  - { listen: "[::1]:81", upstream: "unix:/run/app.sock", protocol: tcp, strict: false }
routes:
  - { name: reviews, method: get, host: reviews.shop.svc, path: "/reviews/{id}" }
rules:
  - id: slow-reviews
    direction: inbound
    match:
      port: 9080
      protocol: http
      method: [GET, head]
      host: reviews.shop.svc
      path: { regex: "^/a" }
      headers: { End-User: jason, a: { prefix: b }, c: { present: false } }
      query: { debug: "1" }
      source: { ip: 10.244.0.0/16 }
    except: [ { path: /health } ]
    share: 0.5%
    scope: connection
    faults:
      - delay: 200ms
      - abort: { status: 503 }
    until: 2026-11-21T10:00:00+01:00
    ttl: 5m
    ramp: 30s
    maxActive: 100
    seed: 7
`;
    const { listeners, routes, rules } = config(text);
    expect(listeners).toEqual([
      {
        listen: { kind: 'tcp', host: '127.0.0.1', port: 8080 },
        upstream: { kind: 'tcp', host: '127.0.0.1', port: 9080 },
        protocol: 'auto',
        strict: true,
      },
      {
        listen: { kind: 'tcp', host: '::1', port: 81 },
        upstream: { kind: 'unix', path: '/run/app.sock' },
        protocol: 'tcp',
        strict: false,
      },
    ]);
    expect(routes).toEqual([{ name: 'reviews', method: ['GET'], host: 'reviews.shop.svc', path: '/reviews/{id}' }]);
    expect(rules[0]?.rule).toEqual({
      id: 'slow-reviews',
      direction: 'inbound',
      match: {
        port: 9080,
        protocol: 'http',
        method: ['GET', 'HEAD'],
        host: 'reviews.shop.svc',
        path: { regex: '^/a' },
        headers: { 'end-user': 'jason', a: { prefix: 'b' }, c: { present: false } },
        query: { debug: '1' },
        source: { ip: '10.244.0.0/16' },
      },
      except: [{ path: '/health' }],
      share: 0.005,
      scope: 'connection',
      faults: [
        { name: 'delay', params: { law: 'fixed', ms: 200 } },
        { name: 'abort', params: { status: 503, headers: {}, body: '', mark: true, when: 'before' } },
      ],
      untilMs: Date.parse('2026-11-21T09:00:00Z'),
      ttlMs: 300_000,
      rampMs: 30_000,
      maxActive: 100,
      seed: 7,
    });
    expect(rules[0]?.written).toMatchObject({ id: 'slow-reviews', share: '0.5%', ttl: '5m' });
  });

  it('fills in defaults', () => {
    expect(config('rules: [ { id: a, faults: [ abort: 503 ] } ]').rules[0]?.rule).toMatchObject({
      direction: 'inbound',
      match: {},
      except: [],
      share: 1,
      scope: 'attempt',
      rampMs: 0,
      seed: 0,
    });
  });

  it.each([['{}'], ['# all rules are off\n#rules: []\n'], ['rules:\n  # - id: a\nroutes:\nlisteners:\n']])(
    'without rules is one: %j',
    (text) => {
      expect(config(text)).toEqual({ listeners: [], routes: [], rules: [] });
    },
  );

  it.each(['', ' \n\t\n', '\ufeff'])('that is empty is a file that is just being written: %j', (text) => {
    expect(readConfig(text, 'f.yaml').ok).toBe(false);
  });

  it('may use anchors', () => {
    const { rules } = config(
      'rules:\n- { id: a, match: &m { path: /a }, faults: &f [ abort: 503 ] }\n- { id: b, except: [ *m ], faults: *f }',
    );
    expect(rules[1]?.rule.except).toEqual([{ path: '/a' }]);
    expect(rules[1]?.rule.faults[0]?.name).toBe('abort');
  });

  it('may listen on several free ports', () => {
    expect(
      config('listeners: [ { listen: 0, upstream: 1 }, { listen: "127.0.0.1:0", upstream: 1 } ]').listeners,
    ).toHaveLength(2);
  });

  it('may have DOS line ends and a byte order mark', () => {
    expect(config('\ufeffrules:\r\n- id: a\r\n  faults:\r\n  - abort: 503\r\n').rules).toHaveLength(1);
  });
});

describe('a rule put under an id', () => {
  it('takes the id of its place', () => {
    const { rule: read, written } = rule('{"faults":[{"abort":503}]}', 'from-path');
    expect(read.id).toBe('from-path');
    expect(written).toEqual({ id: 'from-path', faults: [{ abort: 503 }] });
  });

  it('may be data', () => {
    expect(rule({ id: 'a', faults: [{ delay: '2s' }] }).rule.faults).toHaveLength(1);
    expect(problems({ faults: [{ delay: '2' }] })).toEqual([
      'faults[0].delay.fixed: "2" has no unit: write 2ms, 2s or 2m',
    ]);
  });

  it('may not have another id', () => {
    expect(problems('id: b\nfaults: [ abort: 503 ]')).toEqual([
      'line 1, column 5 id: "b" is another id than "a", where this rule is put: leave it out',
    ]);
  });

  it.each(['A', 'a b', '-a', 'a-', '', 'a'.repeat(64), '..'])('is refused under %j, which is no id', (id) => {
    expect(problems('faults: [ abort: 503 ]', id).join()).toContain('is not a rule id');
  });

  it.each(['nonsense', '[]', '5', 'null', '', '{"faults":'])('is refused where it is none: %j', (text) => {
    expect(problems(text)).not.toEqual([]);
  });

  it('is never a cause to throw', () => {
    fc.assert(
      fc.property(
        fc.oneof(
          fc.string({ unit: 'binary' }),
          fc.json(),
          fc.json().map((json) => stringify(JSON.parse(json))),
        ),
        (text) => {
          const result = readRule(text, { id: 'a' });
          if (!result.ok) expect(result.problems.length).toBeGreaterThan(0);
          for (const problem of result.ok ? [] : result.problems) {
            expect(problem.line).toBeGreaterThan(0);
            expect(problem.line).toBeLessThanOrEqual(text.split(/\r\n?|\n/).length);
            expect(problem.column).toBeGreaterThan(0);
            expect(problem.message).not.toBe('');
          }
        },
      ),
      { numRuns: 500 },
    );
  });
});

describe('the hash of a rule', () => {
  const base = rule('{ share: 5%, faults: [ abort: 503 ] }');

  it.each([
    ['{ faults: [ abort: 503 ], share: 5% }'],
    ['{ id: a, faults: [ abort: 503 ], share: 5% }'],
    ['# note\nshare: "5%"\nfaults:\n  - abort: 503\n'],
    ['{ share: 5%, faults: [ abort: 503 ], ttl: 5m }'],
    ['{ share: 5%, faults: [ abort: 503 ], until: 2026-11-21T10:00:00Z }'],
  ])('is the same for %j', (text) => {
    expect(rule(text).textHash).toBe(base.textHash);
  });

  it.each([
    ['{ share: 6%, faults: [ abort: 503 ] }'],
    ['{ share: 5%, faults: [ abort: 502 ] }'],
    ['{ share: 5%, faults: [ abort: 503, delay: 1s ] }'],
    ['{ share: 5%, faults: [ abort: 503 ], seed: 0 }'],
  ])('is another for %j', (text) => {
    expect(rule(text).textHash).not.toBe(base.textHash);
  });

  it('counts the order of faults', () => {
    const [a, b] = ['[ abort: 503, delay: 1s ]', '[ delay: 1s, abort: 503 ]'].map(
      (faults) => rule(`faults: ${faults}`).textHash,
    );
    expect(a).not.toBe(b);
  });

  it('is 16 hexadecimal digits that no version may change', () => {
    expect(base.textHash).toMatch(/^[0-9a-f]{16}$/);
    expect(base.textHash).toBe('211ac8f34bd3e006');
  });
});

describe('a lease', () => {
  it('is a time', () => {
    expect(readLease('{"ttl":"10s"}')).toMatchObject({ ok: true, value: 10_000 });
  });

  it.each([
    ['{"ttl":10}', 'ttl: 10 has no unit: write 10ms, 10s or 10m'],
    ['{"ttl":"0s"}', 'ttl: 0s is too short: at least 1ms'],
    ['{"ttl":"9000h"}', 'ttl: 9000h is too long: at most 8760h'],
    ['{"tll":"1s"}', 'ttl: is required: a duration like 200ms, 1.5s or 1h30m'],
    ['10s', 'must be a map of keys and values, not the text "10s"'],
  ])('%s is refused', (text, message) => {
    const result = readLease(text);
    expect(result.ok ? [] : result.problems.map(describeProblem).join()).toContain(message);
  });
});
