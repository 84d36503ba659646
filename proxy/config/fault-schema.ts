/** The schema of one entry of a rule's `faults`: an object with exactly one key, the name of a fault of the registry. */
import * as z from 'zod';
import type { Fault } from '../faults/fault.ts';
import { listed } from './hint.ts';
import type { FaultUse } from './rule.ts';
import { keyNotes } from './wording.ts';

/** `{ delay: { fixed: 2s } }` becomes `{ name: 'delay', params: ... }`: the value is read by the fault's own schema. */
export function faultUseSchema(faults: readonly Fault[]): z.ZodType<FaultUse> {
  const names = faults.map(({ name }) => name);
  const first = names[0] ?? 'delay';
  return z
    .strictObject(Object.fromEntries(faults.map(({ name, params }) => [name, params.exactOptional()])), {
      error: ({ code }) =>
        code === 'invalid_type' ? `must be a map of one fault to its parameters, like { ${first}: ... }` : undefined,
    })
    .check((context) => {
      const given = Object.keys(context.value);
      // An unknown fault is told already, and then none is left here.
      if (given.length === 1 || context.issues.length > 0) return;
      const message =
        given.length === 0
          ? `names no fault: one of ${listed(names)}`
          : `holds ${given.length} faults, ${listed(given)}: make each its own entry of the list`;
      context.issues.push({ code: 'custom', message, input: context.value });
    })
    .meta({ minProperties: 1, maxProperties: 1 })
    .register(keyNotes, { noun: 'fault' })
    .transform((use) => {
      const [[name, params] = ['', undefined]] = Object.entries(use);
      return { name, params };
    });
}
