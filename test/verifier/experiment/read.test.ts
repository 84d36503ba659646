import { describe, expect, it } from 'vitest';
import { describeProblem } from '../../../proxy/config/problem.ts';
import { tooShortPhase } from '../../../verifier/experiment/preflight.ts';
import { readExperiment } from '../../../verifier/experiment/read.ts';

const GOOD = `experiment: slow-ratings
prometheus: { url: "\${PROMETHEUS_URL:-http://127.0.0.1:9090}" }
targets:
  ratings: { admin: http://127.0.0.1:15020 }
load: { url: http://127.0.0.1:8080/, rate: 50/s }
phases: { baseline: 60s, fault: 60s, recovery: 1m }
faults:
  - { target: ratings, rule: { share: 50%, faults: [ { delay: { fixed: 2s } } ] } }
expect:
  - ratio: { name: availability, good: 'ok_total', total: 'all_total', objective: 99.5% }
guards:
  - { of: availability, below: 90%, breaches: 2 of 3 }
`;

const read = (text: string, variables: Record<string, string> = {}) =>
  readExperiment(text, { file: 'e.yaml', variables: (name) => variables[name] });

const problemsOf = (text: string): string[] => {
  const result = read(text);
  return result.ok ? [] : result.problems.map(describeProblem);
};

describe('reading an experiment', () => {
  it('turns units into numbers and fills defaults in', () => {
    const result = read(GOOD);
    expect(result.ok && result.experiment).toMatchObject({
      name: 'slow-ratings',
      question: null,
      prometheus: { url: 'http://127.0.0.1:9090', headers: {} },
      load: { ratePerSecond: 50, method: 'GET', timeoutMs: 30_000, body: null },
      phasesMs: { baseline: 60_000, fault: 60_000, recovery: 60_000 },
      settleMs: null,
      intervalMs: 5000,
      faults: [
        {
          target: 'ratings',
          admin: 'http://127.0.0.1:15020',
          id: 'slow-ratings-1',
          written: { share: '50%', faults: [{ delay: { fixed: '2s' } }] },
          rule: { share: 0.5 },
        },
      ],
      expectations: [{ name: 'availability', in: ['fault', 'recovery'] }],
      guards: [{ of: 'availability', trips: { side: 'below', threshold: 0.9 }, breaches: { count: 2, of: 3 } }],
    });
    expect(result.ok && result.experiment.faults[0]?.predictions[0]?.seen).toMatch(/\d/);
  });

  it('fills variables in, and takes the flag before the file', () => {
    const result = readExperiment(GOOD, {
      file: 'e.yaml',
      variables: (name) => ({ PROMETHEUS_URL: 'http://p:1' })[name],
    });
    expect(result.ok && result.experiment.prometheus.url).toBe('http://p:1');
    const flag = readExperiment(GOOD, { file: 'e.yaml', variables: () => 'http://p:1', prometheusUrl: 'http://q:2' });
    expect(flag.ok && flag.experiment.prometheus.url).toBe('http://q:2');
  });

  it('keeps the own id of a rule and does not send it twice', () => {
    const result = read(GOOD.replace('rule: { share', 'rule: { id: mine, share'));
    expect(result.ok && result.experiment.faults[0]).toMatchObject({ id: 'mine' });
    expect(result.ok && Object.keys(result.experiment.faults[0]?.written ?? {})).toEqual(['share', 'faults']);
  });

  it.for<readonly [what: string, from: string, to: string, problem: RegExp]>([
    [
      'a variable that is not set',
      'rate: 50/s',
      'rate: "${RATE}/s"',
      /^e\.yaml:5:\d+ load\.rate: RATE is not set: give it by --var RATE=VALUE/,
    ],
    ['an unknown key', 'phases:', 'phazes:', /^e\.yaml:6:1 phazes: unknown key "phazes": did you mean "phases"\?/m],
    [
      'an unknown target',
      'target: ratings',
      'target: rating',
      /^e\.yaml:8:15 faults\[0\]\.target: unknown target "rating": did you mean "ratings"\?/,
    ],
    [
      'a rule that is not valid',
      'fixed: 2s',
      'fixed: 2',
      /^e\.yaml:8:72 faults\[0\]\.rule\.faults\[0\]\.delay\.fixed: 2 has no unit/,
    ],
    ['an unknown fault', 'delay: {', 'dely: {', /^e\.yaml:8:5\d .*did you mean "delay"\?/],
    ['a lease of its own', 'share: 50%', 'share: 50%, ttl: 5m', /^e\.yaml:8:\d+ faults\[0\]\.rule\.ttl: leave ttl out/],
    ['a ramp as long as the fault', 'share: 50%', 'share: 50%, ramp: 60s', /rule\.ramp: the ramp must be shorter/],
    [
      'a guard of nothing',
      'of: availability',
      'of: availabilty',
      /^e\.yaml:12:11 guards\[0\]\.of: unknown expectation .*did you mean "availability"/,
    ],
    [
      'a guard in the wrong unit',
      'below: 90%',
      'below: 90',
      /^e\.yaml:12:\d+ guards\[0\]\.below: 90 is no bound of a ratio/,
    ],
    ['a guard with both bounds', 'below: 90%', 'below: 90%, above: 10%', /needs exactly one of below and above/],
    ['impossible breaches', '2 of 3', '4 of 3', /4 of 3 can never be/],
    [
      'a phase that does not exist',
      'objective: 99.5%',
      'objective: 99.5%, in: [fualt]',
      /^e\.yaml:10:\d+ expect\[0\]\.ratio\.in\[0\]: .*did you mean "fault"/,
    ],
    ['a phase without length', 'recovery: 1m', 'recovery: 0s', /^$/],
    [
      'a fault phase that is too short',
      'fault: 60s',
      'fault: 500ms',
      /^e\.yaml:6:\d+ phases\.fault: 500ms is too short/,
    ],
    ['a rate that is none', 'rate: 50/s', 'rate: 50', /^e\.yaml:5:\d+ load\.rate: must be a rate like 50\/s/],
    [
      'a target in Kubernetes',
      'admin: http://127.0.0.1:15020',
      'namespace: shop, admin: http://a:1',
      /targets in Kubernetes are not supported by this version/,
    ],
    [
      'an admin address that is none',
      'http://127.0.0.1:15020',
      '127.0.0.1:15020',
      /targets\.ratings\.admin: .*must look like http/,
    ],
    ['an expectation of later', '- ratio:', '- alert:', /the expectation alert is not supported by this version/],
    ['a control arm', 'guards:', 'control: 50%\nguards:', /a control arm is not supported by this version/],
    ['slos', 'guards:', 'slos: []\nguards:', /imported SLOs are not supported/],
    [
      'no faults',
      '  - { target: ratings, rule: { share: 50%, faults: [ { delay: { fixed: 2s } } ] } }',
      '  []',
      /needs at least one fault/,
    ],
    ['a name that is none', 'slow-ratings', 'Slow Ratings', /must be small letters, digits and dashes/],
    ['no Prometheus', 'prometheus: { url: "${PROMETHEUS_URL:-http://127.0.0.1:9090}" }', '', /prometheus is missing/],
    [
      'a Prometheus that is none',
      '"${PROMETHEUS_URL:-http://127.0.0.1:9090}"',
      'ftp://x',
      /must be an http or https URL/,
    ],
  ])('says where %s is', ([, from, to, problem]) => {
    expect(GOOD).toContain(from);
    expect(problemsOf(GOOD.replace(from, to)).join('\n')).toMatch(problem);
  });

  it('refuses a phase by name that does not take place', () => {
    const text = GOOD.replace('recovery: 1m', 'recovery: 0s').replace('99.5% }', '99.5%, in: [fault, recovery] }');
    expect(problemsOf(text)).toEqual([
      expect.stringMatching(/^e\.yaml:10:\d+ expect\[0\]\.ratio\.in\[1\]: the phase recovery does not take place/),
    ]);
  });

  it('refuses the same rule twice on one sidecar, and the same name twice', () => {
    const fault = GOOD.split('\n')[7] ?? '';
    const twice = GOOD.replace(
      fault,
      `${fault.replace('{ share', '{ id: a, share')}\n${fault.replace('{ share', '{ id: a, share')}`,
    );
    expect(problemsOf(twice)[0]).toMatch(/^e\.yaml:9:\d+ faults\[1\]\.rule\.id: faults\[0\] already puts a rule "a"/);
    const line = GOOD.split('\n')[9] ?? '';
    expect(problemsOf(GOOD.replace(line, `${line}\n${line}`))[0]).toMatch(
      /^e\.yaml:11:\d+ expect\[1\]\.ratio\.name: expect\[0\] already/,
    );
  });

  it('says everything at once', () => {
    const text = GOOD.replace('rate: 50/s', 'rate: 50').replace('share: 50%', 'share: 50').replace('2 of 3', 'x');
    expect(problemsOf(text)).toHaveLength(3);
  });

  it('knows which phases are too short for a scrape interval', () => {
    const result = read(GOOD);
    if (!result.ok) throw new Error('not valid');
    expect(tooShortPhase(result.experiment, 15_000)).toBeNull();
    expect(tooShortPhase(result.experiment, 31_000)).toContain(
      'baseline of 60 s is too short: Prometheus scrapes every 31 s, so it needs at least 62 s',
    );
  });
});
