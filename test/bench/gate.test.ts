import { describe, expect, test } from 'vitest';
import { type Row, type ScenarioResult, figure, median } from '../../bench/model.ts';
import { baselineOf, compare, findingAsText } from '../../bench/report/gate.ts';
import { pooled, withRatios } from '../../bench/report/ratios.ts';
import { judgeTargets } from '../../bench/report/targets.ts';

const ENGINES = ['sidequake', 'haproxy', 'http-proxy'];

function row(engine: string, cpuUs: (number | null)[], problems: string[] = []): Row {
  return { engine, title: engine, samples: { cpuUs }, problems };
}

function scenario(rows: Row[], name = '1k'): ScenarioResult {
  return { name, title: name, columns: [], rows: withRatios(rows, 'cpuUs'), notes: [] };
}

/** A run in which ours costs so many times haproxy. */
function run(ratio: number): ScenarioResult {
  return scenario([row('sidequake', [10 * ratio]), row('haproxy', [10]), row('http-proxy', [40])]);
}

describe('median and ratios', () => {
  test('rounds without a figure do not count', () => {
    expect(median([3, null, 1, 2])).toBe(2);
    expect(median([4, 1])).toBe(2.5);
    expect(median([null])).toBeNull();
  });

  test('a ratio is taken within a round: a slow while hits both sides', () => {
    const { rows } = scenario([row('sidequake', [10, 30, 11]), row('haproxy', [10, 30, 10])]);
    expect(rows[0]?.samples['xHaproxy']).toEqual([1, 1, 1.1]);
    expect(figure(rows[0], 'xHaproxy')).toBe(1);
    expect(rows[0]?.samples['xHttpProxy']).toBeUndefined();
  });

  test('an invalid row has no figure, and nobody is compared to it', () => {
    const { rows } = scenario([row('sidequake', [10]), row('haproxy', [10], ['wrk counted 1 read error(s)'])]);
    expect(rows[0]?.samples['xHaproxy']).toBeUndefined();
    expect(figure(rows[1], 'cpuUs')).toBeNull();
  });

  test('rounds measured again are pooled, problems too', () => {
    const [again] = pooled([row('sidequake', [1, 2])], [row('sidequake', [3], ['broken'])]);
    expect(again?.samples['cpuUs']).toEqual([1, 2, 3]);
    expect(again?.problems).toEqual(['broken']);
  });
});

describe('the gate', () => {
  const baseline = baselineOf([run(1)], '2026-11-21T12:00:00Z');

  test('the baseline holds the ratios of ours alone', () => {
    expect(baseline.ratios).toEqual({ '1k': { sidequake: { xHaproxy: 1, xHttpProxy: 0.25 } } });
  });

  test.each([
    [0.8, true],
    [1.09, true],
    [1.11, false],
  ])('a ratio of %d to a baseline of 1: passed is %s', (ratio, passed) => {
    const findings = compare(baseline, [run(ratio)], ENGINES);
    expect(findings).toHaveLength(2);
    expect(findings.every((finding) => finding.passed)).toBe(passed);
  });

  test('a peer that is missing, or an invalid row, does not pass', () => {
    const without = scenario([row('sidequake', [10]), row('haproxy', [10])]);
    expect(compare(baseline, [without], ENGINES).map(({ passed }) => passed)).toEqual([true, false]);
    const invalid = scenario([row('sidequake', [10], ['no request was answered']), row('haproxy', [10])]);
    expect(compare(baseline, [invalid], ENGINES).some(({ passed }) => passed)).toBe(false);
  });

  test('only what was asked for is compared', () => {
    expect(compare(baseline, [run(9)], ['sidequake', 'http-proxy'])).toHaveLength(1);
    expect(compare(baseline, [scenario([], '1m')], ENGINES)).toEqual([]);
  });

  test('a finding says by how much', () => {
    const [finding] = compare(baseline, [run(1.25)], ENGINES);
    expect(finding && findingAsText(finding)).toBe('FAILED  1k: sidequake to haproxy: 1.250, baseline 1.000 (+25.0 %)');
  });
});

test('a target without a sound figure is neither met nor missed', () => {
  const said = (scenarios: ScenarioResult[]) => judgeTargets(scenarios).map(({ met }) => met);
  expect(said([run(1.05)])).toEqual([true, true]);
  expect(said([run(1.5)])).toEqual([false, false]);
  expect(said([scenario([row('sidequake', [10])])])).toEqual([null, null]);
  expect(said([])).toEqual([]);
});
