/** Objectives as people write them: percentages finer than the shares of rules, up to 99.9999999%. */
import * as z from 'zod';

const WRITTEN = /^(\d+(?:\.\d+)?|\.\d+) ?%$/;
/** 12 digits: dividing 99.95 by 100 must give the double nearest to 0.9995. */
const DIGITS = 12;

/** A written percentage above 0% that becomes a ratio of 0..1. */
export function objectiveField(describe: string): z.ZodType<number, string> {
  const written = z
    .string({
      error: ({ input }) =>
        `${JSON.stringify(input) ?? 'nothing'} is not an objective: write it with its unit, like 99.5%`,
    })
    .meta({ pattern: WRITTEN.source, examples: ['99.5%', '99.95%'] });
  return z
    .codec(written, z.number(), {
      decode: (text, context) => {
        const percent = Number(WRITTEN.exec(text.trim())?.[1] ?? Number.NaN);
        if (percent > 0 && percent <= 100) return ratioOf(percent);
        // 0.999 may mean 99.9 % or 0.999 %: nobody can tell, so neither is taken.
        context.issues.push({
          code: 'custom',
          message: 'must be a percentage above 0% and up to 100%, like 99.5%',
          input: text,
        });
        return z.NEVER;
      },
      encode: formatObjective,
    })
    .describe(describe);
}

/** A ratio as the percentage it was written as: `99.5%`. */
export function formatObjective(ratio: number): string {
  return `${Number((ratio * 100).toPrecision(DIGITS))}%`;
}

function ratioOf(percent: number): number {
  return Number((percent / 100).toPrecision(DIGITS));
}
