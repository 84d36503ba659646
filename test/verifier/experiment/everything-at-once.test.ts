import { describe, expect, it } from 'vitest';
import { describeProblem } from '../../../proxy/config/problem.ts';
import { readExperiment } from '../../../verifier/experiment/read.ts';

const GOOD = `experiment: slow
prometheus: { url: http://p:9090 }
targets: { app: { admin: http://127.0.0.1:15020 } }
phases: { baseline: 60s, fault: 60s, recovery: 60s }
faults:
  - target: app
    rule: { share: 50%, faults: [ abort: 503 ] }
expect:
  - ratio:
      name: availability
      good: ok_total
      total: all_total
      objective: 99%
      minEvents: 10
guards:
  - { of: availability, below: 90% }
`;

const read = (text: string, variables: Record<string, string> = {}) =>
  readExperiment(text, { file: 'e.yaml', variables: (name) => variables[name] });

function problemsOf(text: string, variables: Record<string, string> = {}): string[] {
  const result = read(text, variables);
  return result.ok ? [] : result.problems.map(describeProblem);
}

const change = (text: string, ...changes: readonly (readonly [from: string, to: string])[]): string =>
  changes.reduce((all, [from, to]) => {
    expect(all).toContain(from);
    return all.replace(from, to);
  }, text);

describe('all that is wrong, in one go', () => {
  it('variables, schema and what lies between the parts', () => {
    const text = change(
      GOOD,
      ['http://p:9090', '"${PROMETHEUS}"'],
      ['share: 50%', 'share: 50'],
      ['target: app', 'target: apq'],
      ['objective: 99%', 'objektive: 99%'],
      ['of: availability', 'of: availabilty'],
    );
    expect(problemsOf(text).map((line) => line.replace(/: .*/, ''))).toEqual([
      'e.yaml:2:20 prometheus.url',
      'e.yaml:7:20 faults[0].rule.share',
      'e.yaml:9:5 expect[0].ratio.objective',
      'e.yaml:13:7 expect[0].ratio.objektive',
      'e.yaml:16:11 guards[0].of',
    ]);
  });

  it('a wrong part does not hide what the others are to each other', () => {
    const second = '\n  - { target: apq, rule: { faults: [ abort: 503 ] } }';
    const text = change(GOOD, ['share: 50%', 'share: 50'], ['abort: 503 ] }', `abort: 503 ] }${second}`]);
    expect(problemsOf(text)).toEqual([
      expect.stringMatching(/^e\.yaml:7:20 faults\[0\]\.rule\.share: 50 has no percent sign/),
      expect.stringMatching(/^e\.yaml:8:15 faults\[1\]\.target: unknown target "apq": did you mean "app"\?/),
    ]);
  });

  it.for<readonly [what: string, from: string, to: string]>([
    ['a share', 'share: 50%', 'share: "${X}"'],
    ['a target', 'target: app', 'target: "${X}"'],
    ['the name', 'experiment: slow', 'experiment: "slow-${X}"'],
    ['the name of an expectation', 'name: availability', 'name: "${X}"'],
    ['a fault', 'abort: 503', 'abort: { status: "${X}" }'],
    ['a number', 'minEvents: 10', 'minEvents: ${X}'],
    ['a phase', 'fault: 60s', 'fault: "${X}"'],
    ['a guard', 'below: 90%', 'below: "${X}"'],
  ])('%s that waits for a variable is one problem, not two', ([, from, to]) => {
    expect(problemsOf(change(GOOD, [from, to]))).toEqual([expect.stringContaining('X is not set: give it by')]);
  });
});

describe('a value that is one variable', () => {
  const expectation = (text: string, variables: Record<string, string>) => {
    const result = read(text, variables);
    if (!result.ok) throw new Error(result.problems.map(describeProblem).join('\n'));
    return result.experiment;
  };

  it('may be a number, a list or nothing, as YAML would read it', () => {
    const text = change(
      GOOD,
      ['minEvents: 10', 'minEvents: ${N}\n      in: "${PHASES:-[fault]}"'],
      ['abort: 503', 'abort: { status: "${STATUS}", mark: "${MARK}" }'],
      ['phases:', 'load: ${LOAD}\nphases:'],
    );
    const read = expectation(text, { N: '7', STATUS: '418', MARK: 'false', LOAD: 'null' });
    expect(read.expectations[0]).toMatchObject({ params: { minEvents: 7 }, in: ['fault'] });
    expect(read.faults[0]?.rule.faults[0]?.params).toMatchObject({ status: 418, mark: false });
    expect(read.load).toBeNull();
  });

  it('stays text where text is wanted', () => {
    const text = change(
      GOOD,
      ['url: http://p:9090', 'url: http://p:9090, headers: { x-tenant: "${TENANT}" }'],
      ['minEvents: 10', 'minEvents: ${N}'],
    );
    expect(expectation(text, { TENANT: '0123', N: '1' }).prometheus.headers).toEqual({ 'x-tenant': '0123' });
  });

  it('is refused for what it is', () => {
    expect(problemsOf(change(GOOD, ['minEvents: 10', 'minEvents: ${N}']), { N: '1.5' })).toEqual([
      expect.stringMatching(/minEvents: .*(whole|int)/),
    ]);
    expect(problemsOf(change(GOOD, ['minEvents: 10', 'minEvents: ${N}']), { N: 'many' })).toEqual([
      expect.stringMatching(/minEvents: /),
    ]);
  });
});
