/**
 * THE list of faults. The schema of rules, its JSON Schema, `docs/faults.md`, label values, completion and the suites
 * that every fault has to pass derive from it.
 */
import { abort } from './abort.ts';
import { delay } from './delay.ts';
import type { Fault } from './fault.ts';

/** In the order of the documentation. */
export const faults: readonly Fault[] = [listed(abort), listed(delay)];

const byName: ReadonlyMap<string, Fault> = new Map(faults.map((fault) => [fault.name, fault]));

/** Undefined for a name that no fault has. */
export function faultByName(name: string): Fault | undefined {
  return byName.get(name);
}

/** In the list the type of the parameters is gone: what goes into `compile` and `predict` must come from `params`. */
function listed<Params>(fault: Fault<Params>): Fault {
  return fault as unknown as Fault;
}
