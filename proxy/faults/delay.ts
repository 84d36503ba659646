/** `delay`: keeps the request back for a while, then lets it go on to the app. */
import * as z from 'zod';
import { formatDuration } from '../config/duration-text.ts';
import { durationMs } from '../config/duration.ts';
import type { Fault } from './fault.ts';
import { compileLaw, type DurationLaw, quantilesOf } from './fields/duration-law.ts';
import { withShortForm } from './fields/short-form.ts';

/** Longer than a day is a mistake in the unit. */
const MOST_MS = 24 * 3600e3;
/** A lognormal has no largest value: without a limit one call in a million would take an unbounded time. */
const MAX_IN_P99 = 10;

const orNone = { atMostMs: MOST_MS } as const;
const positive = { atLeastMs: 1, atMostMs: MOST_MS } as const;

const written = z.strictObject(
  {
    fixed: durationMs(positive).optional().describe('The same for every exchange. 1ms to 24h.'),
    from: durationMs(orNone)
      .optional()
      .describe('With `to`: the least; each duration between is as likely. 0ms to 24h.'),
    to: durationMs(positive).optional().describe('With `from`: the most. Longer than `from`, up to 24h.'),
    p50: durationMs(positive)
      .optional()
      .describe('With `p99`: half of the exchanges wait less (lognormal). 1ms to 24h.'),
    p99: durationMs(positive).optional().describe('With `p50`: 99 of 100 wait less. Longer than `p50`, up to 24h.'),
    max: durationMs(positive)
      .optional()
      .describe(
        `With \`p50\` and \`p99\`: longer draws are cut to this. At least \`p99\`; ${MAX_IN_P99} x \`p99\` by default.`,
      ),
  },
  { error: ({ code }) => (code === 'invalid_type' ? 'write 200ms, a range 200ms..2s, or { p50, p99 }' : undefined) },
);

/** `200ms` is `{ fixed: 200ms }`, `200ms..2s` is `{ from: 200ms, to: 2s }`. */
function expand(alone: string | number): unknown {
  const range = typeof alone === 'string' ? alone.split('..') : [];
  return range.length === 2 ? { from: range[0]?.trim(), to: range[1]?.trim() } : { fixed: alone };
}

function lawOf(given: z.output<typeof written>, context: z.core.$RefinementCtx): DurationLaw {
  const { fixed, from, to, p50, p99, max } = given;
  const count = Object.values(given).filter((value) => value !== undefined).length;
  const refuse = (message: string, ...path: string[]): never => {
    // What is wrong with a field has been said by the field.
    if (context.issues.length === 0) context.issues.push({ code: 'custom', message, input: given, path });
    return z.NEVER;
  };
  if (fixed !== undefined && count === 1) return { law: 'fixed', ms: fixed };
  if (from !== undefined && to !== undefined && count === 2) {
    if (from >= to) return refuse(`must be longer than from (${formatDuration(from)})`, 'to');
    return { law: 'uniform', fromMs: from, toMs: to };
  }
  if (p50 !== undefined && p99 !== undefined && count === (max === undefined ? 2 : 3)) {
    if (p50 >= p99) return refuse(`must be longer than p50 (${formatDuration(p50)})`, 'p99');
    if (max !== undefined && max < p99) return refuse(`must be at least p99 (${formatDuration(p99)})`, 'max');
    return { law: 'lognormal', p50Ms: p50, p99Ms: p99, maxMs: max ?? Math.min(MAX_IN_P99 * p99, MOST_MS) };
  }
  const names = Object.keys(given).join(', ');
  return refuse(`${names === '' ? 'no duration' : `has ${names}`}: write either fixed, or from and to, or p50 and p99`);
}

const params = withShortForm(written.transform(lawOf), {
  schema: z.string().describe('`fixed` (`200ms`), or `from` and `to` (`200ms..2s`)'),
  expand,
})
  .describe('Keeps the request back before the app sees it. Delays of several rules add up.')
  .meta({ examples: [{ p50: '200ms', p99: '2s' }, '200ms..2s', '200ms'] });

export const delay: Fault<DurationLaw> = {
  name: 'delay',
  params,
  applies: { exchange: true, bytes: false, phases: ['request'] },
  compile: (law) => [{ kind: 'hold', delayMs: compileLaw(law) }],
  predict: (law) => ({
    seen: `${held(law)}, then has the answer of the app`,
    responseFlags: 'DI',
    addedMs: quantilesOf(law),
  }),
};

function held(law: DurationLaw): string {
  if (law.law === 'fixed') return `each exchange is held for ${formatDuration(law.ms)}`;
  if (law.law === 'uniform') {
    return `each exchange is held for ${formatDuration(law.fromMs)} to ${formatDuration(law.toMs)}`;
  }
  const [p50, p99, max] = [law.p50Ms, law.p99Ms, law.maxMs].map(formatDuration);
  return `each exchange is held, half of them for less than ${p50}, 99 % for less than ${p99}, none for more than ${max}`;
}
