import { suggestion } from '../../proxy/config/hint.ts';
import { quoted } from '../../proxy/config/parsed.ts';
import { PHASES } from './experiment.ts';
import type { PhaseName } from './experiment.ts';
import { unitOf } from './live-text.ts';
import type { WrittenExperiment } from './schema.ts';

/** What no part of an experiment can see alone. Pure; every problem carries the path of its place. */

export interface CrossProblem {
  readonly path: readonly (string | number)[];
  readonly message: string;
}

export function crossChecks(written: WrittenExperiment): readonly CrossProblem[] {
  return [...checkFaults(written), ...checkExpectations(written), ...checkGuards(written)];
}

/** The id under which a rule is put: its own, or one made of the experiment's name. `index` from 0. */
export function ruleIdOf(written: WrittenExperiment, index: number): string {
  const own = written.faults[index]?.rule.id ?? '';
  return own === '' ? `${written.experiment}-${index + 1}` : own;
}

/** The phases an expectation asks for: those written, or those of the default that take place. */
export function phasesOf(params: object): readonly PhaseName[] {
  const given = 'in' in params && Array.isArray(params.in) ? (params.in as readonly unknown[]) : ['fault', 'recovery'];
  return PHASES.filter((phase) => given.includes(phase));
}

function checkFaults(written: WrittenExperiment): CrossProblem[] {
  const problems: CrossProblem[] = [];
  const seen = new Map<string, number>();
  for (const [index, { target, rule }] of written.faults.entries()) {
    const at = ['faults', index] as const;
    const place = written.targets[target];
    if (place === undefined) {
      const hint = suggestion(target, Object.keys(written.targets));
      problems.push({ path: [...at, 'target'], message: `unknown target ${quoted(target)}: ${hint}` });
    }
    for (const key of ['until', 'ttl'] as const) {
      if (rule[`${key}Ms`] === undefined) continue;
      const message = `leave ${key} out: the runner holds a lease and ends the rule with the phase`;
      problems.push({ path: [...at, 'rule', key], message });
    }
    if (rule.rampMs >= written.phases.fault) {
      const message = 'the ramp must be shorter than the phase fault, or the share is never reached';
      problems.push({ path: [...at, 'rule', 'ramp'], message });
    }
    const id = ruleIdOf(written, index);
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

function checkExpectations(written: WrittenExperiment): CrossProblem[] {
  const problems: CrossProblem[] = [];
  const seen = new Map<string, number>();
  for (const [index, { kind, params }] of written.expect.entries()) {
    const at = ['expect', index, kind.kind] as const;
    const first = seen.get(params.name);
    if (first !== undefined) {
      const message = `expect[${first}] already has the name ${quoted(params.name)}`;
      problems.push({ path: [...at, 'name'], message });
    }
    seen.set(params.name, first ?? index);
    if (phasesOf(params).every((phase) => written.phases[phase] === 0)) {
      problems.push({ path: at, message: 'is asked for in no phase that takes place' });
    }
  }
  return problems;
}

/** Phases that are written in an expectation although they have no length. On the data as written: a default may. */
export function checkWrittenPhases(data: unknown, phases: Readonly<Record<PhaseName, number>>): CrossProblem[] {
  const problems: CrossProblem[] = [];
  const list = (data as { readonly expect?: readonly Record<string, unknown>[] }).expect ?? [];
  for (const [index, expectation] of list.entries()) {
    for (const [kind, params] of Object.entries(expectation)) {
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

function checkGuards(written: WrittenExperiment): CrossProblem[] {
  const problems: CrossProblem[] = [];
  const kinds = new Map(written.expect.map(({ kind, params }) => [params.name, kind.kind]));
  for (const [index, { of, trips }] of written.guards.entries()) {
    const at = ['guards', index] as const;
    const kind = kinds.get(of);
    if (kind === undefined) {
      const message = `unknown expectation ${quoted(of)}: ${suggestion(of, [...kinds.keys()])}`;
      problems.push({ path: [...at, 'of'], message });
      continue;
    }
    const wrong = wrongUnit(unitOf(kind), trips.written, trips.threshold);
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
