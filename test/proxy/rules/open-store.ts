// Stores as main.ts opens them, but for the clock.
import { readConfig, readRule } from '../../../proxy/config/load.ts';
import { describeProblem } from '../../../proxy/config/problem.ts';
import type { Config, WrittenRule } from '../../../proxy/config/rule.ts';
import { compileFaults } from '../../../proxy/rules/compile.ts';
import { RuleStore, type RuleStoreOptions } from '../../../proxy/rules/store.ts';
import { FakeClock } from './fake-clock.ts';

export interface Opened {
  readonly store: RuleStore;
  readonly clock: FakeClock;
  readonly warnings: string[];
}

export async function openStore(options: Partial<RuleStoreOptions> & { clock?: FakeClock } = {}): Promise<Opened> {
  const { clock = new FakeClock() } = options;
  const warnings: string[] = [];
  const store = await RuleStore.open({
    instance: 'instance-1',
    bootId: 'boot-1',
    compile: compileFaults,
    readKept: (written, id) => {
      const result = readRule(written, { id });
      return Promise.resolve(result.ok ? result.value : result.problems.map(describeProblem).join());
    },
    warn: (message) => warnings.push(message),
    ...options,
    clock,
  });
  return { store, clock, warnings };
}

/** A rule for the admin API: `rule('a', 'ttl: 10s')`. */
export function rule(id: string, ...lines: string[]): WrittenRule {
  const faults = lines.some((line) => line.startsWith('faults:')) ? [] : ['faults: [ abort: 503 ]'];
  const result = readRule([...faults, ...lines].join('\n'), { id });
  if (!result.ok) throw new Error(result.problems.map(describeProblem).join('\n'));
  return result.value;
}

/** A file of rules: `file(['a', 'ttl: 10s'], ['b'])`. */
export function file(...rules: readonly (readonly [id: string, ...lines: string[]])[]): Config {
  const text = rules.map(([id, ...lines]) => {
    const faults = lines.some((line) => line.startsWith('faults:')) ? [] : ['faults: [ abort: 503 ]'];
    return [`- id: ${id}`, ...faults, ...lines].join('\n  ');
  });
  const result = readConfig(`rules:\n${text.join('\n')}\n`, 'f.yaml');
  if (!result.ok) throw new Error(result.problems.map(describeProblem).join('\n'));
  return result.value;
}

/** Ids that the data path sees, in order. */
export function armedIds(store: RuleStore): readonly string[] {
  return store.current.rules.map((armed) => armed.rule.id);
}

/** `id state source endsInMs` of each listed rule. */
export function listedRules(store: RuleStore): readonly string[] {
  return store
    .list()
    .rules.map(({ rule, state, source, endsInMs }) => `${String(rule['id'])} ${state} ${source} ${endsInMs}`);
}
