import { describe, expect, test } from 'vitest';
import { ENGINES } from '../../bench/engines/registry.ts';
import { parseOptions } from '../../bench/options.ts';
import { chooseCores, pinned } from '../../bench/process/pinning.ts';
import { SCENARIOS } from '../../bench/scenarios/registry.ts';
import { select } from '../../bench/selection.ts';

const known = { engines: ['direct', 'haproxy'], scenarios: ['1k', '1m'] };

describe('the command line', () => {
  test('has defaults, and more rounds for the gate', () => {
    expect(parseOptions([], known)).toMatchObject({ only: null, scenarios: null, seconds: 1, rounds: null });
    expect(parseOptions(['--gate'], known).rounds).toBeGreaterThan(5);
    expect(parseOptions(['--gate', '--rounds', '2'], known).rounds).toBe(2);
  });

  test.each([
    [['--only', 'direct,haprxy'], 'there is no haprxy; there are direct, haproxy'],
    [['--scenarios', ''], 'needs at least one of 1k, 1m'],
    [['--seconds', '0.5'], 'a whole number from 1 to 60 would be right'],
    [['--rounds', 'many'], '"many"'],
    [['--fast'], '--fast'],
  ])('%j is refused and says what would be right', (args, message) => {
    expect(() => parseOptions(args, known)).toThrow(message);
  });
});

describe('the selection', () => {
  const nameOf = ({ name }: { name: string }): string => name;

  test('a whole run has every scenario', () => {
    const { scenarios } = select(parseOptions([], known), ENGINES, SCENARIOS, null);
    expect(scenarios.map(nameOf)).toEqual(SCENARIOS.map(nameOf));
  });

  test('a quick run has what the targets need', () => {
    const { scenarios } = select(parseOptions(['--quick'], known), ENGINES, SCENARIOS, null);
    expect(scenarios.map(nameOf)).toEqual(['1k', '1m', 'close', 'load-1000', 'delay']);
  });

  test('the gate runs what its baseline has', () => {
    const baseline = { schema: 'sidequake/bench-baseline/v1', measuredAt: '', ratios: { '1m': {} } } as const;
    const { scenarios } = select(parseOptions(['--gate'], known), ENGINES, SCENARIOS, baseline);
    expect(scenarios.map(nameOf)).toEqual(['1m']);
  });

  test('an engine that is not installed is named with what to install', () => {
    const absent = ENGINES.map((engine) => ({ ...engine, missing: () => `${engine.name}: apt-get install it` }));
    const { engines, missing } = select(parseOptions(['--only', 'haproxy'], known), absent, SCENARIOS, null);
    expect(engines).toEqual([]);
    expect(missing).toEqual(['haproxy: apt-get install it']);
  });
});

describe('pinning', () => {
  test('needs two cores and taskset, and says so', () => {
    expect(chooseCores(2, '/usr/bin/taskset')).toMatchObject({ proxy: 1, load: 0 });
    expect(chooseCores(1, '/usr/bin/taskset')).toMatchObject({ proxy: null, load: null });
    expect(chooseCores(8, null).said).toContain('apt-get install util-linux');
  });

  test('a command without a core is left alone', () => {
    expect(pinned({ file: 'wrk', args: ['-v'], core: null })).toEqual({ file: 'wrk', args: ['-v'] });
    expect(pinned({ file: 'wrk', args: ['-v'], core: 1 }).args).toEqual(['--cpu-list', '1', 'wrk', '-v']);
  });
});
