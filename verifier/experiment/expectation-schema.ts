import * as z from 'zod';
import { listed } from '../../proxy/config/hint.ts';
import { expectationKinds } from '../expect/registry.ts';
import type { ExpectationKind } from '../expect/expectation.ts';
import { keyNotes } from '../../proxy/config/wording.ts';

/** One expectation: an object with one key, the kind. */
export interface ReadExpectation {
  readonly kind: ExpectationKind;
  readonly params: { readonly name: string };
}

/** Kinds that are planned. */
const LATER = ['alert', 'recovery', 'retries', 'budget', 'unchanged'] as const;

/** Derived from the registry: a kind that is added there can be written here. */
export function expectationSchema(): z.ZodType<ReadExpectation> {
  const kinds = new Map(expectationKinds.map((kind) => [kind.kind, kind]));
  const shape: Record<string, z.ZodType> = {};
  for (const [name, kind] of kinds) shape[name] = kind.params.exactOptional();
  const unsupported = Object.fromEntries(
    LATER.filter((name) => !kinds.has(name)).map((name) => [
      name,
      `the expectation ${name} is not supported by this version: leave it out`,
    ]),
  );
  const object = z.strictObject(shape).register(keyNotes, { noun: 'expectation', unsupported });
  return object.transform((read, context) => {
    const given = Object.entries(read).filter(([, params]) => params !== undefined);
    const [first] = given;
    const kind = first === undefined ? undefined : kinds.get(first[0]);
    if (first === undefined || kind === undefined || given.length > 1) {
      const hint = listed([...kinds.keys()]);
      context.issues.push({ code: 'custom', message: `must be exactly one expectation of ${hint}`, input: read });
      return z.NEVER;
    }
    return { kind, params: first[1] as { readonly name: string } };
  });
}
