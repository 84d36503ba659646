/** Fields that hold PromQL: checked when the file is read, with the place of what is wrong. */
import * as z from 'zod';
import { parseCounter, parsePlainSelector, syntaxError, substitutePhase, type Refusal } from '../source/selector.ts';

/** A counter: selectors, `sum(...)`, sums and differences. */
export function counterField(describe: string): z.ZodType<string, string> {
  return checked(describe, (text) => {
    const counter = parseCounter(text);
    return counter.ok ? null : counter;
  });
}

/** A selector on a histogram's base name. */
export function histogramField(describe: string): z.ZodType<string, string> {
  return checked(describe, (text) => {
    const selector = parsePlainSelector(text);
    if (!selector.ok) return selector;
    const { metric, matchers } = selector.term;
    const suffix = /_(bucket|count|sum)$/.exec(metric)?.[0];
    if (suffix !== undefined) {
      const message = `leave ${suffix} out: the base name ${metric.slice(0, -suffix.length)} is needed`;
      return { ok: false, message, offset: 0, length: metric.length };
    }
    const le = matchers.find((matcher) => matcher.label === 'le');
    if (le === undefined) return null;
    return {
      ok: false,
      message: `leave ${le.text} out: all buckets are needed`,
      offset: text.indexOf(le.text),
      length: le.text.length,
    };
  });
}

/** Any PromQL, with `$phase` in it for the length of the phase. */
export function promqlField(describe: string): z.ZodType<string, string> {
  return checked(describe, (text) => syntaxError(substitutePhase(text, 60)));
}

function checked(describe: string, check: (text: string) => Refusal | null): z.ZodType<string, string> {
  return z
    .string()
    .max(10_000)
    .superRefine((text, context) => {
      const refusal = check(text);
      if (refusal === null) return;
      context.addIssue({
        code: 'custom',
        message: `${refusal.message} (at character ${refusal.offset + 1})`,
        input: text,
      });
    })
    .describe(describe);
}
