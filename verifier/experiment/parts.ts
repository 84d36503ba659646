import type * as z from 'zod';
import type { ReadExpectation } from './expectation-schema.ts';
import { experimentParts } from './schema.ts';
import type { WrittenExperiment } from './schema.ts';

/**
 * An experiment in parts, so that what lies between them can be checked although some of them are wrong: a part that
 * its schema refuses is null. Pure.
 */
export interface Parts {
  readonly experiment: string;
  /** By name; null: there is one of this name, but it is wrong. Null as a whole: nothing can be said of names. */
  readonly targets: ReadonlyMap<string, { readonly admin: string } | null> | null;
  readonly phases: WrittenExperiment['phases'] | null;
  readonly faults: readonly (WrittenExperiment['faults'][number] | null)[];
  readonly expect: readonly ExpectationPart[];
  readonly guards: readonly (WrittenExperiment['guards'][number] | null)[];
}

export interface ExpectationPart {
  /** Null: it is wrong. */
  readonly read: ReadExpectation | null;
  /** As far as it can be told. */
  readonly name: string | null;
}

/** Takes plain data apart, whatever it is. */
export function partsOf(data: unknown): Parts {
  const whole = objectOf(data);
  const targets = objectOf(whole?.['targets']);
  return {
    experiment: typeof whole?.['experiment'] === 'string' ? whole['experiment'] : '',
    targets:
      targets === null
        ? null
        : new Map(Object.entries(targets).map(([name, target]) => [name, read(experimentParts.target, target)])),
    phases: read(experimentParts.phases, whole?.['phases']),
    faults: listOf(whole?.['faults']).map((fault) => read(experimentParts.fault, fault)),
    expect: listOf(whole?.['expect']).map((written) => {
      const expectation = read(experimentParts.expectation, written);
      const name = expectation?.params.name ?? nameIn(written);
      // A variable that is not set stands where the name will be.
      return { read: expectation, name: name?.includes('${') === true ? null : name };
    }),
    guards: listOf(whole?.['guards']).map((guard) => read(experimentParts.guard, guard)),
  };
}

function read<T>(schema: z.ZodType<T>, data: unknown): T | null {
  const result = schema.safeParse(data);
  return result.success ? result.data : null;
}

function objectOf(data: unknown): Record<string, unknown> | null {
  return typeof data === 'object' && data !== null && !Array.isArray(data) ? (data as Record<string, unknown>) : null;
}

function listOf(data: unknown): readonly unknown[] {
  return Array.isArray(data) ? data : [];
}

/** `{ ratio: { name: availability, ... } }` */
function nameIn(written: unknown): string | null {
  const [params] = Object.values(objectOf(written) ?? {});
  const name = objectOf(params)?.['name'];
  return typeof name === 'string' ? name : null;
}
