// An armed rule made by hand, as the rule store makes them.
import type { Rule } from '../../proxy/config/rule.ts';
import { faultByName } from '../../proxy/faults/registry.ts';
import { Occurrences } from '../../proxy/route/occurrences.ts';
import type { ArmedRule } from '../../proxy/rules/armed-rule.ts';
import { LedgerEntry } from '../../proxy/rules/ledger.ts';

/** @param faults - name to parameters as written */
export function arm(rule: Partial<Rule>, faults: Readonly<Record<string, unknown>>): ArmedRule {
  const uses = Object.entries(faults).map(([name, written]) => {
    const fault = faultByName(name);
    if (fault === undefined) throw new Error(`no fault is called ${name}`);
    const params = fault.params.parse(written);
    return { name, params, effects: fault.compile(params) };
  });
  const id = rule.id ?? 'rule';
  return {
    rule: {
      id,
      direction: 'inbound',
      match: {},
      except: [],
      share: 1,
      scope: 'attempt',
      rampMs: 0,
      seed: 1,
      ...rule,
      faults: uses.map(({ name, params }) => ({ name, params })),
    },
    faults: uses.map(({ name, effects }) => ({ name, effects })),
    ledger: new LedgerEntry(id, uses.map(({ name }) => name).join('+')),
    occurrences: new Occurrences(),
    armedAtMs: performance.now(),
    held: new Set(),
  };
}
