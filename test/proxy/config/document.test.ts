import { describe, expect, it } from 'vitest';
import * as z from 'zod';
import { readYaml } from '../../../proxy/config/document.ts';
import { durationMs } from '../../../proxy/config/duration.ts';
import { describeProblem, formatPath } from '../../../proxy/config/problem.ts';

const load = z.strictObject({
  load: z.union([
    durationMs(),
    z.strictObject({ rate: z.number().min(1), url: z.string() }),
    z.strictObject({ users: z.int().max(10), url: z.string() }),
  ]),
});

function problemsOf(text: string, schema: z.ZodType = load): readonly string[] {
  const result = readYaml(text, { file: 'e.yaml', schema });
  return result.ok ? [] : result.problems.map(describeProblem);
}

describe('a document read against any schema', () => {
  it('gives the value and the data it was made of', () => {
    expect(readYaml('load: 1.5s', { file: '', schema: load })).toEqual({
      ok: true,
      value: { load: 1500 },
      data: { load: '1.5s' },
    });
  });

  it.each([
    ['load: 5', 'e.yaml:1:7 load: 5 has no unit: write 5ms, 5s or 5m'],
    ['load: soon', 'e.yaml:1:7 load: "soon" is not a duration'],
    ['load: [ 5s ]', 'e.yaml:1:7 load: must be a map of keys and values, not a list'],
    ['load: { users: 11, url: x }', 'e.yaml:1:16 load.users: 11 is too large: at most 10'],
    ['load: { rate: "2", url: x }', 'e.yaml:1:15 load.rate: must be a number: write 2 without quotes'],
    ['load: { rate: 2, url: 5 }', 'e.yaml:1:23 load.url: must be text: write it in quotes, "5"'],
    ['load: { rate: 2, url: }', 'e.yaml:1:18 load.url: has no value: it must be text'],
  ])('tells of a union what was meant: %s', (text, expected) => {
    const problems = problemsOf(text);
    expect(problems).toHaveLength(1);
    expect(problems[0]).toContain(expected);
  });

  it('shows the place of an alias where the value itself is wrong, and of the anchor where something in it is', () => {
    const schema = z.strictObject({ a: z.unknown(), b: z.strictObject({ n: z.int() }), c: z.string() });
    expect(problemsOf('a: &x { n: y }\nb: *x\nc: *x', schema)).toEqual([
      'e.yaml:1:12 b.n: must be a number, not the text "y"',
      'e.yaml:3:4 c: must be text, not a map',
    ]);
  });

  it('puts a missing key at the map that lacks it', () => {
    const schema = z.strictObject({
      list: z.array(z.strictObject({ name: z.string(), in: z.strictObject({ n: z.int() }) })),
    });
    expect(problemsOf('list:\n  - in:\n      m: 1\n', schema)).toEqual([
      'e.yaml:2:5 list[0].name: is required',
      'e.yaml:2:5 list[0].in.n: is required',
      'e.yaml:3:7 list[0].in.m: unknown key "m": did you mean "n"?',
    ]);
  });

  it('keeps the sentence that a schema has of its own', () => {
    const schema = z.strictObject({ n: z.int({ error: 'must be a number of pods' }) });
    expect(problemsOf('n: x', schema)).toEqual(['e.yaml:1:4 n: must be a number of pods']);
  });

  it('reports every unknown key at its own place', () => {
    expect(problemsOf('load: 1s\nlaod: 2s\nzzz: 3', load)).toEqual([
      'e.yaml:2:1 laod: unknown key "laod": did you mean "load"?',
      'e.yaml:3:1 zzz: unknown key "zzz": known is "load"',
    ]);
  });
});

describe('a path', () => {
  it.each([
    [['rules', 0, 'match', 'headers', 'x.y'], 'rules[0].match.headers["x.y"]'],
    [['a-b', 'c'], 'a-b.c'],
    [[0, 'a'], '[0].a'],
    [[], ''],
  ])('%j is written %s', (path, text) => {
    expect(formatPath(path)).toBe(text);
  });
});
