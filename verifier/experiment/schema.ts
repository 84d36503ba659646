import * as z from 'zod';
import { durationMs } from '../../proxy/config/duration.ts';
import type { Parsed } from '../../proxy/config/parsed.ts';
import { checkAdminAddress } from '../undo/admin-client.ts';
import { expectationSchema } from './expectation-schema.ts';
import { parseBreaches, parseRate, parseThreshold } from './figures.ts';
import { anonymousRuleSchema } from '../../proxy/config/schema.ts';
import { keyNotes } from '../../proxy/config/wording.ts';

/** The written experiment. What lies between its parts is checked in `cross-checks.ts`. */

const NAME = /^[a-z0-9]([a-z0-9-]{0,57}[a-z0-9])?$/;
const METHOD = /^[A-Za-z]+$/;

const NO_KUBERNETES = 'targets in Kubernetes are not supported by this version: give the admin address of a sidecar';

const target = z
  .strictObject({
    admin: z
      .string()
      .superRefine((address, context) => {
        const problem = checkAdminAddress(address);
        if (problem !== null) context.addIssue({ code: 'custom', message: `${JSON.stringify(address)}: ${problem}` });
      })
      .describe('admin address of its sidecar: http://127.0.0.1:15020 or unix:PATH'),
  })
  .register(keyNotes, {
    unsupported: {
      namespace: NO_KUBERNETES,
      service: NO_KUBERNETES,
      selector: NO_KUBERNETES,
      mode: NO_KUBERNETES,
      value: NO_KUBERNETES,
    },
  });

const load = z.strictObject({
  url: z.url({ protocol: /^https?$/, error: 'must be an http or https URL' }).describe('where every request goes'),
  rate: written(parseRate, 'a rate like 50/s').describe(
    'requests that leave per time, whatever comes back: 50/s, 600/m',
  ),
  method: z.string().regex(METHOD, 'must be a method like GET').default('GET').describe('of every request'),
  headers: z.record(z.string(), z.string()).default({}).describe('of every request'),
  body: z.string().nullable().default(null).describe('of every request'),
  timeout: durationMs({ atLeastMs: 1 }).default(30_000).describe('without an answer by then a request has failed'),
});

const phase = durationMs();

const LEAST_PHASE_MS = 1000;

const phases = z.strictObject({
  baseline: phase.default(0).describe('0s: none; before the fault: the steady state that has to hold'),
  fault: durationMs({ atLeastMs: LEAST_PHASE_MS }).describe('how long the faults act'),
  recovery: phase.default(0).describe('0s: none; after the undo'),
});

const fault = z.strictObject({
  target: z.string().describe('name of a target'),
  rule: anonymousRuleSchema.describe('as in the file of the proxy; its id may be left out'),
});

const threshold = z.union([z.string(), z.number()]).transform((text, context) => {
  const read = parseThreshold(text);
  if (read.ok) return { threshold: read.value, written: typeof text === 'number' ? String(text) : text };
  context.issues.push({ code: 'custom', message: read.message, input: text });
  return z.NEVER;
});

const guard = z
  .strictObject({
    of: z.string().describe('name of the expectation whose figure is watched'),
    below: threshold.optional().describe('trips below it: 90%, 300ms, 5'),
    above: threshold.optional().describe('trips above it'),
    breaches: written(parseBreaches, 'text like 2 of 3')
      .default({ count: 1, of: 1 })
      .describe('2 of 3: trips when 2 of the last 3 figures are on the wrong side'),
  })
  .transform(({ of, below, above, breaches }, context) => {
    const bound = below ?? above;
    if (bound === undefined || (below !== undefined && above !== undefined)) {
      context.issues.push({ code: 'custom', message: 'needs exactly one of below and above', input: of });
      return z.NEVER;
    }
    return { of, trips: { side: below === undefined ? ('above' as const) : ('below' as const), ...bound }, breaches };
  });

/** The parts that can be right or wrong apart from the rest. */
export const experimentParts = { target, phases, fault, expectation: expectationSchema(), guard } as const;

/** What stands in the file, after its variables have been filled in. */
export const experimentSchema = z
  .strictObject({
    experiment: z
      .string()
      .regex(NAME, 'must be small letters, digits and dashes, at most 59 of them')
      .describe('its name: folder of its results, beginning of its rule ids'),
    question: z.string().nullable().default(null).describe('what the run answers, in one sentence'),
    prometheus: z
      .strictObject({
        url: z.string().describe('may have a path prefix and credentials'),
        headers: z.record(z.string(), z.string()).default({}).describe('of every request to it, e.g. a tenant'),
      })
      .optional()
      .describe('where the figures come from; --prometheus-url goes before it'),
    targets: z.record(z.string(), target).describe('sidecars by name'),
    load: load.nullable().default(null).describe('constant traffic while the run goes on, open loop'),
    phases,
    settle: durationMs().nullable().default(null).describe('between undo and recovery; default two scrapes'),
    interval: durationMs({ atLeastMs: 100 }).default(5000).describe('how often guards are evaluated'),
    faults: z.array(fault).min(1, 'needs at least one fault').describe('what is broken, all at once'),
    expect: z.array(experimentParts.expectation).min(1, 'needs at least one expectation').describe('what must hold'),
    guards: z.array(guard).default([]).describe('what ends the fault early'),
  })
  .register(keyNotes, {
    unsupported: {
      control: 'a control arm is not supported by this version: leave it out',
      slos: 'imported SLOs are not supported by this version: write them as expectations',
      until: 'until is not supported by this version: the length of the fault stands in phases',
    },
  });

export type WrittenExperiment = z.infer<typeof experimentSchema>;

/** A text that one of our parsers reads. */
function written<T>(parse: (text: string) => Parsed<T>, what: string): z.ZodType<T, string> {
  return z.string({ error: `must be ${what}` }).transform((text, context) => {
    const read = parse(text);
    if (read.ok) return read.value;
    context.issues.push({ code: 'custom', message: read.message, input: text });
    return z.NEVER;
  });
}
