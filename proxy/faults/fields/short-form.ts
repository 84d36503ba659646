/** Faults whose most used parameter can be written alone: `abort: 503` for `abort: { status: 503 }`. */
import * as z from 'zod';

/** See {@link withShortForm}. */
export interface ShortForm {
  /** Documents what may stand alone. */
  readonly schema: z.ZodType;
  /** What stands alone -> the long form; undefined for what never does. */
  readonly expand: (alone: string | number) => unknown;
}

/**
 * The long form, or one of the short forms of it. What is written is judged in its long form alone, so that a refusal
 * names a place and not a list of alternatives; the JSON Schema names them all.
 */
export function withShortForm<Params>(long: z.ZodType<Params>, short: ShortForm): z.ZodType<Params> {
  const written = z.unknown();
  written._zod.toJSONSchema = () => ({ anyOf: [jsonSchema(short.schema), jsonSchema(long)] });
  const expanded = written.transform((input) =>
    typeof input === 'string' || typeof input === 'number' ? (short.expand(input) ?? input) : input,
  );
  return expanded.pipe(long);
}

function jsonSchema(schema: z.ZodType): Record<string, unknown> {
  const { $schema: _dialect, ...rest } = z.toJSONSchema(schema, { io: 'input' });
  return rest;
}
