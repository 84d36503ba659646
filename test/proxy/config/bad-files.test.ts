import { describe, expect, it } from 'vitest';
import { readConfig } from '../../../proxy/config/load.ts';
import { describeProblem } from '../../../proxy/config/problem.ts';

/** Everything that is wrong with a file, as people see it. */
function problemsOf(text: string): readonly string[] {
  const result = readConfig(text, 'f.yaml');
  return result.ok ? [] : result.problems.map(describeProblem);
}

/** A file with one rule that is fine but for the given lines. */
function rule(...lines: string[]): string {
  return ['rules:', '  - id: a', '    faults: [ { abort: 503 } ]', ...lines.map((line) => `    ${line}`)].join('\n');
}

describe('a bad file is refused at line and column, with what would be right', () => {
  it.each<[what: string, text: string, ...expected: string[]]>([
    ['an unknown key', rule('shar: 50%'), 'f.yaml:4:5 rules[0].shar: unknown key "shar": did you mean "share"?'],
    ['an unknown key at the top', 'rule: []', 'f.yaml:1:1 rule: unknown key "rule": did you mean "rules"?'],
    [
      'an unknown field of a match',
      rule('match: { methd: GET }'),
      'f.yaml:4:14 rules[0].match.methd: unknown field "methd": did you mean "method"?',
    ],
    [
      'an unknown fault',
      'rules:\n  - id: a\n    faults:\n      - dealy: 2s',
      'f.yaml:4:9 rules[0].faults[0].dealy: unknown fault "dealy": did you mean "delay"?',
    ],
    [
      'an unknown word',
      rule('scope: conection'),
      'f.yaml:4:12 rules[0].scope: "conection" is not possible here: did you mean "connection"?',
    ],
    [
      'an unknown parameter of a fault',
      'rules:\n- id: a\n  faults:\n  - delay:\n      fixd: 2s',
      'f.yaml:5:7 rules[0].faults[0].delay.fixd: unknown key "fixd": did you mean "fixed"?',
    ],
    [
      'a share without percent sign',
      rule('share: 50'),
      'f.yaml:4:12 rules[0].share: 50 has no percent sign: write 50% (0% to 100%)',
    ],
    ['a share above all', rule('share: 150%'), 'f.yaml:4:12 rules[0].share: "150%" is outside 0% to 100%'],
    ['a number for a duration', rule('ttl: 5'), 'f.yaml:4:10 rules[0].ttl: 5 has no unit: write 5ms, 5s or 5m'],
    ['an empty lease', rule('ttl: 0s'), 'f.yaml:4:10 rules[0].ttl: 0s is too short: at least 1ms'],
    [
      'a time without zone',
      rule('until: 2026-11-21T10:00:00'),
      'f.yaml:4:12 rules[0].until: "2026-11-21T10:00:00" is not a time with zone: write it like 2026-11-21T10:00:00Z',
    ],
    [
      'a time that does not exist',
      rule('until: 2026-13-21T10:00:00Z'),
      'f.yaml:4:12 rules[0].until: "2026-13-21T10:00:00Z" is not a time with zone: write it like 2026-11-21T10:00:00Z',
    ],
    [
      'an id that is none',
      'rules: [ { id: A_b, faults: [ abort: 503 ] } ]',
      'f.yaml:1:16 rules[0].id: "A_b" is not a rule id: 1 to 63 lower-case letters, digits and hyphens, no hyphen at the ends',
    ],
    [
      'no id',
      'rules:\n  - faults: [ { abort: 503 } ]',
      'f.yaml:2:5 rules[0].id: is required in a file: a name for the rule like slow-reviews',
    ],
    [
      'an id that stands twice',
      'rules:\n  - id: a\n    faults: [ { abort: 503 } ]\n  - id: a\n    faults: [ { abort: 500 } ]',
      'f.yaml:4:9 rules[1].id: "a" is the id of an earlier rule (first at f.yaml:2:9)',
    ],
    ['no faults', 'rules: [ { id: a } ]', 'f.yaml:1:10 rules[0].faults: is required'],
    [
      'an empty list of faults',
      'rules: [ { id: a, faults: [] } ]',
      'f.yaml:1:27 rules[0].faults: must not be an empty list',
    ],
    [
      'two faults in one entry',
      'rules:\n  - id: a\n    faults:\n      - abort: 503\n        delay: 2s',
      'f.yaml:4:9 rules[0].faults[0]: holds 2 faults, "abort" and "delay": make each its own entry of the list',
    ],
    [
      'a fault without parameters',
      'rules:\n  - id: a\n    faults:\n      - abort',
      'f.yaml:4:9 rules[0].faults[0]: must be a map of one fault to its parameters, like { abort: ... }',
    ],
    [
      'an impossible status',
      rule('faults: []').replace('[ { abort: 503 } ]', '[ { abort: { status: 99 } } ]').replace('\n    faults: []', ''),
      'f.yaml:3:34 rules[0].faults[0].abort.status: must be 200 to 599: an exchange ends with a final status',
    ],
    [
      'a path that is none',
      rule('match:', '  path: reviews'),
      'f.yaml:5:13 rules[0].match.path: a path begins with /: write "/reviews"',
    ],
    [
      'a regular expression that is none',
      rule('match:', '  path: { regex: "(" }'),
      'f.yaml:5:22 rules[0].match.path.regex: Invalid regular expression: /(/: Unterminated group',
    ],
    [
      'a header that should be text',
      rule('match:', '  headers:', '    x-debug: 1'),
      'f.yaml:6:18 rules[0].match.headers.x-debug: must be text: write it in quotes, "1"',
    ],
    [
      'a header name that is none',
      rule('match:', '  headers: { "a b": c }'),
      'f.yaml:5:18 rules[0].match.headers["a b"]: "a b" is not a header name',
    ],
    [
      'a header that stands twice',
      rule('match:', '  headers: { X-A: b, x-a: c }'),
      'f.yaml:5:31 rules[0].match.headers.x-a: "x-a" is written twice: header names have no case',
    ],
    [
      'a header form with two conditions',
      rule('match:', '  headers: { a: { prefix: b, present: true } }'),
      'f.yaml:5:21 rules[0].match.headers.a: takes exactly one of "prefix", "regex" and "present"',
    ],
    [
      'a block that is none',
      rule('match: { source: { ip: 10.0.0.1/8 } }'),
      'f.yaml:4:28 rules[0].match.source.ip: "10.0.0.1/8" has bits behind its prefix: a longer prefix or a shorter address is meant',
    ],
    [
      'HTTP in a match of plain TCP',
      rule('match: { protocol: tcp, path: /a }'),
      'f.yaml:4:35 rules[0].match.path: cannot hold with protocol "tcp": there is no path in it',
    ],
    [
      'an exception of everything',
      rule('except:', '  - {}'),
      'f.yaml:5:9 rules[0].except[0]: an empty exception excepts everything: name at least one field',
    ],
    ['a seed below 0', rule('seed: -1'), 'f.yaml:4:11 rules[0].seed: -1 is too small: at least 0'],
    ['a broken cap', rule('maxActive: 1.5'), 'f.yaml:4:16 rules[0].maxActive: must be a whole number, not 1.5'],
    ['a key without value', rule('scope:'), 'f.yaml:4:5 rules[0].scope: must be one of "attempt" and "connection"'],
    [
      'an address that is none',
      'listeners:\n  - listen: 80800\n    upstream: "unix:"',
      'f.yaml:2:13 listeners[0].listen: "80800": a port is at most 65535',
      'f.yaml:3:15 listeners[0].upstream: "unix:" has no path: write unix:/run/sidequake/admin.sock',
    ],
    [
      'a listener that stands twice, as number and as text',
      'listeners:\n  - { listen: 8080, upstream: 1 }\n  - { listen: "8080", upstream: 2 }',
      'f.yaml:3:15 listeners[1].listen: "8080" is the address of an earlier listener (first at f.yaml:2:15)',
    ],
    ['yes for true', 'strict: yes', 'f.yaml:1:9 strict: must be true or false, not "yes"'],
    ['a map for a list', 'routes: { name: a }', 'f.yaml:1:9 routes: must be a list, not a map'],
    ['a list at the top', '- rules', 'f.yaml:1:1: must be a map of keys and values, not a list'],
    ['nothing', '', 'f.yaml:1:1: is empty: {} is the least that can stand here'],
    ['a second document', '---\n{}\n---\n{}\n', 'f.yaml:3:1: a second document begins here: only one can be read'],
    ['a tab', 'rules:\n\t- id: a', 'f.yaml:2:1: a tab indents this line: YAML takes spaces only'],
    [
      'a duplicate key',
      'strict: true\nstrict: false',
      'f.yaml:2:1: duplicate key "strict" (first at line 1, column 1)',
    ],
    [
      'a duplicate key in JSON',
      '{"rules": [], "rules": []}',
      'f.yaml:1:15: duplicate key "rules" (first at line 1, column 2)',
    ],
    ['an open quote', 'strict: "x', 'f.yaml:1:11: not valid YAML: Missing closing "quote'],
    ['an alias without anchor', 'rules: *all', 'f.yaml:1:8: no anchor &all stands before this alias'],
    ['an alias in its own anchor', 'rules: &all [ *all ]', 'f.yaml:1:15: alias *all stands inside its own anchor'],
    ['a tag', 'rules: !!set { a }', 'f.yaml:1:8: Unresolved tag: tag:yaml.org,2002:set: tags are not used here'],
    ['a list as key', '? [ a ]\n: b', 'f.yaml:1:3: a map or a list cannot be a key'],
    ['infinity', rule('seed: .inf'), 'f.yaml:4:11: .inf is not a number that can be used'],
    ['a prototype', rule('match: { headers: { __proto__: a } }'), 'f.yaml:4:25: "__proto__" cannot be a key'],
  ])('%s', (_what, text, ...expected) => {
    expect(problemsOf(text)).toEqual(expected);
  });

  it.each([
    ['match: { attempt: { from: 1 } }', 'f.yaml:4:14 rules[0].match.attempt: match.attempt is not supported'],
    [
      'match: { source: { workload: a } }',
      'f.yaml:4:24 rules[0].match.source.workload: source.workload is not supported',
    ],
    [
      'match: { source: { namespace: a } }',
      'f.yaml:4:24 rules[0].match.source.namespace: source.namespace is not supported',
    ],
    ['match: { protocol: grpc }', 'f.yaml:4:24 rules[0].match.protocol: protocol "grpc" is not supported'],
    ['scope: call', 'f.yaml:4:12 rules[0].scope: scope "call" is not supported'],
    ['existing: reset', 'f.yaml:4:5 rules[0].existing: existing is not supported'],
    ['direction: outbound', 'f.yaml:4:16 rules[0].direction: direction "outbound" is not supported'],
    ['mode: one', 'f.yaml:4:5 rules[0].mode: mode is not supported'],
  ])('what this version does not have is refused by name: %s', (line, expected) => {
    const problems = problemsOf(rule(line));
    expect(problems).toHaveLength(1);
    expect(problems[0]).toContain(`${expected} by this version`);
  });

  it('everything that is wrong is told at once, in the order of the text', () => {
    const text = `strct: true
listeners: [ { listen: a, upstream: 0, protocol: grpc } ]
rules:
  - id: a
    share: 50
    faults: [ { dealy: 2s }, {} ]
  - id: a
    ttl: soon
    faults: [ { abort: 999 } ]
`;
    expect(problemsOf(text).map((problem) => problem.split(' ')[0])).toEqual([
      'f.yaml:1:1',
      'f.yaml:2:24',
      'f.yaml:2:37',
      'f.yaml:2:50',
      'f.yaml:5:12',
      'f.yaml:6:17',
      'f.yaml:6:30',
      'f.yaml:7:9',
      'f.yaml:8:10',
      'f.yaml:9:24',
    ]);
  });

  it('an anchor bomb is refused before it goes off', () => {
    const row = (name: string, of: string): string => `${name}: &${name} [${Array(10).fill(of).join(',')}]`;
    const names = ['b', 'c', 'd', 'e', 'f', 'g', 'h'];
    const text = [row('a', '1'), ...names.map((name, i) => row(name, `*${['a', ...names][i]}`))].join('\n');
    const started = performance.now();
    expect(problemsOf(text)).toEqual([
      expect.stringContaining('aliases add more than 10000 values to this document: write them out'),
    ]);
    expect(performance.now() - started).toBeLessThan(1000);
  });

  it.each([
    ['brackets', '['.repeat(20_000)],
    ['closed brackets', `${'['.repeat(200)}${']'.repeat(200)}`],
    ['keys', Array.from({ length: 300 }, (_, i) => `${' '.repeat(i)}a:`).join('\n')],
  ])('endless %s do not end the proxy', (_what, text) => {
    expect(problemsOf(text).join()).toContain('nested');
  });

  // Two minutes by a look-up of each key among all; a second on a quiet machine by one walk.
  it('many unknown keys do not stop the proxy', () => {
    const text = Array.from({ length: 20_000 }, (_, i) => `k${i}: 1`).join('\n');
    const started = performance.now();
    expect(problemsOf(text)).toHaveLength(100);
    expect(performance.now() - started).toBeLessThan(15_000);
  });
});
