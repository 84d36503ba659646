/** Percentages as people write them (`50%`) and the schema field that turns them into a ratio. */
import * as z from 'zod';
import { parsed, quoted, refused, type Parsed } from './parsed.ts';

/** Steps in 100 %: shares are counted in 0.001 %, the finest that selection can tell apart. */
const STEPS = 100_000;

/** `50%`, `0.125%` to a ratio of 0..1 in steps of 0.00001 (0.001 %). */
export function parsePercent(text: string): Parsed<number> {
  const written = text.trim();
  if (/^-?(\d+(\.\d*)?|\.\d+)$/.test(written)) {
    return refused(`${quoted(text)} has no percent sign: write ${written}% (0% to 100%)`);
  }
  const match = /^(-?)(\d+(?:\.\d*)?|\.\d+) ?%$/.exec(written);
  if (match === null) return refused(`${quoted(text)} is not a percentage: write it like 50% or 0.125%`);
  const percent = Number(match[2]);
  if (match[1] === '-' || percent > 100) return refused(`${quoted(text)} is outside 0% to 100%`);
  const steps = Math.round(percent * 1000);
  if (Math.abs(steps - percent * 1000) > 1e-6) return refused(`${quoted(text)} is finer than steps of 0.001%`);
  return parsed(steps / STEPS);
}

/** A ratio of 0..1 as a percentage; `parsePercent` gives the same number back for multiples of 0.00001. */
export function formatPercent(ratio: number): string {
  return `${(ratio * 100).toFixed(3).replace(/\.?0+$/, '')}%`;
}

/** A written percentage that becomes a ratio of 0..1. */
export function percentRatio(): z.ZodType<number, string> {
  const written = z
    .string({ error: ({ input }) => notText(input) })
    .meta({ pattern: '^(\\d+(\\.\\d*)?|\\.\\d+) ?%$', examples: ['50%', '0.125%'] });
  return z.codec(written, z.number(), {
    decode: (text, context) => {
      const percent = parsePercent(text);
      if (percent.ok) return percent.value;
      context.issues.push({ code: 'custom', message: percent.message, input: text });
      return z.NEVER;
    },
    encode: formatPercent,
  });
}

function notText(input: unknown): string {
  if (typeof input === 'number') return `${input} has no percent sign: write ${input}% (0% to 100%)`;
  return input === undefined ? 'is required: a percentage like 50%' : 'must be a percentage like 50%';
}
