/** Compiles the faults of a rule. */
import type { Rule } from '../config/rule.ts';
import type { ArmedRule } from './armed-rule.ts';

export type CompiledFaults = ArmedRule['faults'];

/**
 * The effects of a rule's faults, by the registry; it is loaded with the first rule, since it brings the schema library
 * with it.
 *
 * @throws {RangeError} for a fault that the registry does not know
 */
export async function compileFaults(rule: Rule): Promise<CompiledFaults> {
  const { faultByName } = await import('../faults/registry.ts');
  return rule.faults.map(({ name, params }) => {
    const fault = faultByName(name);
    if (fault === undefined) throw new RangeError(`rule ${rule.id}: there is no fault "${name}"`);
    return { name, effects: fault.compile(params) };
  });
}
