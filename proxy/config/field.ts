/** Small schema fields that several parts of the configuration share. */
import * as z from 'zod';

/** Text that one of the `check...` functions has nothing to say about (null = fine). */
export function checkedText(check: (text: string) => string | null): z.ZodType<string, string> {
  return z.string().check((context) => {
    const wrong = check(context.value);
    if (wrong !== null) context.issues.push({ code: 'custom', message: wrong, input: context.value });
  });
}

/** A list; also a key with nothing behind it, which is what is left when all entries are commented out. */
export function listOf<T extends z.ZodType>(
  entry: T,
  most: number,
): z.ZodType<readonly z.output<T>[], readonly z.input<T>[] | null> {
  return z
    .array(entry)
    .max(most)
    .nullable()
    .transform((list) => list ?? []);
}
