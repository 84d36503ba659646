import { suggestion } from '../../proxy/config/hint.ts';
import { quoted } from '../../proxy/config/parsed.ts';
import { PHASES } from './experiment.ts';
import type { PhaseName } from './experiment.ts';
import { unitOf } from './live-text.ts';
import type { Parts } from './parts.ts';

/**
 * What no part of an experiment can see alone. Pure; every problem carries the path of its place. Parts that are wrong in
 * themselves are left out, so nothing is said here that follows from an error told elsewhere.
 */

export interface CrossProblem {
  readonly path: readonly (string | number)[];
  readonly message: string;
}

export function crossChecks(parts: Parts): readonly CrossProblem[] {
  return [...checkFaults(parts), ...checkExpectations(parts), ...checkGuards(parts)];
}

/** The id under which a rule is put: its own, or one made of the experiment's name. `index` from 0. */
export function ruleIdOf(experiment: string, rule: { readonly id: string }, index: number): string {
  return rule.id === '' ? `${experiment}-${index + 1}` : rule.id;
}

/** The phases an expectation asks for: those written, or those of the default that take place. */
export function phasesOf(params: object): readonly PhaseName[] {
  const given = 'in' in params && Array.isArray(params.in) ? (params.in as readonly unknown[]) : ['fault', 'recovery'];
  return PHASES.filter((phase) => given.includes(phase));
}

function checkFaults({ experiment, targets, phases, faults }: Parts): CrossProblem[] {
  const problems: CrossProblem[] = [];
  const seen = new Map<string, number>();
  for (const [index, fault] of faults.entries()) {
    if (fault === null) continue;
    const { target, rule } = fault;
    const at = ['faults', index] as const;
    const place = targets?.get(target);
    if (targets !== null && place === undefined) {
      const hint = suggestion(target, [...targets.keys()]);
      problems.push({ path: [...at, 'target'], message: `unknown target ${quoted(target)}: ${hint}` });
    }
    for (const key of ['until', 'ttl'] as const) {
      if (rule[`${key}Ms`] === undefined) continue;
      const message = `leave ${key} out: the runner holds a lease and ends the rule with the phase`;
      problems.push({ path: [...at, 'rule', key], message });
    }
    if (phases !== null && rule.rampMs >= phases.fault) {
      const message = 'the ramp must be shorter than the phase fault, or the share is never reached';
      problems.push({ path: [...at, 'rule', 'ramp'], message });
    }
    const id = ruleIdOf(experiment, rule, index);
    const key = `${place?.admin ?? target} ${id}`;
    const first = seen.get(key);
    if (first !== undefined) {
      const message = `faults[${first}] already puts a rule ${quoted(id)} on this sidecar: give it another id`;
      problems.push({ path: rule.id === '' ? at : [...at, 'rule', 'id'], message });
    }
    seen.set(key, first ?? index);
  }
  return problems;
}

function checkExpectations({ phases, expect }: Parts): CrossProblem[] {
  const problems: CrossProblem[] = [];
  const seen = new Map<string, number>();
  for (const [index, { read }] of expect.entries()) {
    if (read === null) continue;
    const { kind, params } = read;
    const at = ['expect', index, kind.kind] as const;
    const first = seen.get(params.name);
    if (first !== undefined) {
      const message = `expect[${first}] already has the name ${quoted(params.name)}`;
      problems.push({ path: [...at, 'name'], message });
    }
    seen.set(params.name, first ?? index);
    if (phases !== null && phasesOf(params).every((phase) => phases[phase] === 0)) {
      problems.push({ path: at, message: 'is asked for in no phase that takes place' });
    }
  }
  return problems;
}

/** Phases that are written in an expectation although they have no length. On the data as written: a default may. */
export function checkWrittenPhases(data: unknown, { phases }: Parts): readonly CrossProblem[] {
  const problems: CrossProblem[] = [];
  const list: unknown = (data as { readonly expect?: unknown } | null)?.expect;
  if (phases === null || !Array.isArray(list)) return problems;
  for (const [index, expectation] of (list as unknown[]).entries()) {
    if (typeof expectation !== 'object' || expectation === null) continue;
    for (const [kind, params] of Object.entries(expectation) as [string, unknown][]) {
      const given = (params as { readonly in?: unknown } | null)?.in;
      if (!Array.isArray(given)) continue;
      for (const [place, phase] of (given as unknown[]).entries()) {
        if (!PHASES.some((name) => name === phase) || phases[phase as PhaseName] > 0) continue;
        const path = ['expect', index, kind, 'in', place];
        problems.push({ path, message: `the phase ${String(phase)} does not take place: give it a length in phases` });
      }
    }
  }
  return problems;
}

function checkGuards({ expect, guards }: Parts): CrossProblem[] {
  const problems: CrossProblem[] = [];
  const known = expect.flatMap(({ name }) => name ?? []);
  const allKnown = known.length === expect.length;
  for (const [index, guard] of guards.entries()) {
    if (guard === null) continue;
    const { of, trips } = guard;
    const at = ['guards', index] as const;
    if (!known.includes(of)) {
      const message = `unknown expectation ${quoted(of)}: ${suggestion(of, known)}`;
      if (allKnown) problems.push({ path: [...at, 'of'], message });
      continue;
    }
    const watched = expect.find(({ name }) => name === of)?.read ?? null;
    if (watched === null) continue;
    const wrong = wrongUnit(unitOf(watched.kind.kind), trips.written, trips.threshold);
    if (wrong !== null) problems.push({ path: [...at, trips.side], message: wrong });
  }
  return problems;
}

function wrongUnit(unit: 'ratio' | 'seconds' | 'none', written: string, threshold: number): string | null {
  const isPercent = written.trim().endsWith('%');
  const isNumber = !isPercent && Number.isFinite(Number(written));
  if (unit === 'ratio') {
    if (!isPercent) return `${written} is no bound of a ratio: write a percentage like 90%`;
    return threshold > 1 ? `${written} is more than 100%` : null;
  }
  if (unit === 'seconds') {
    return isPercent || isNumber ? `${written} is no bound of a latency: write a duration like 300ms` : null;
  }
  return isNumber ? null : `${written} is no bound of a query: write a plain number`;
}
