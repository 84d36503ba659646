import * as z from 'zod';

/**
 * The journal of a run, `sidequake/journal/v1`: everything a reader needs to check the verdict without us. The schema
 * is the only source of the type; `sidequake schema journal` prints it as JSON Schema. Times are RFC 3339 in UTC with
 * milliseconds. The report is made from a journal and from nothing else.
 */
const time = z.iso.datetime({ precision: 3 }).describe('RFC 3339, UTC, milliseconds');

/** The answer of a run, and of each finding in it. */
export const VERDICTS = ['pass', 'deviated', 'inconclusive', 'aborted', 'undo-failed', 'unsteady', 'invalid'] as const;
export const verdictSchema = z.enum(VERDICTS);

const queryRecord = z.strictObject({
  promql: z.string().describe('exactly as sent'),
  at: time.describe('evaluation time'),
  series: z.int().optional().describe('how many series came back'),
});

const expectation = z.strictObject({
  name: z.string(),
  kind: z.string().describe('ratio, latency, query, ...'),
  phase: z.string(),
  verdict: z.enum(['pass', 'deviated', 'inconclusive']),
  low: z.number().nullable().describe('the least the figure can be, by the samples around the phase edges'),
  high: z.number().nullable().describe('the most it can be'),
  bound: z.string().describe('what was asked, for people: ">= 99.5 %"'),
  threshold: z.number().describe('the bound as a number in the unit of low and high'),
  direction: z.enum(['above', 'below']).describe('on which side of the threshold it must lie'),
  unit: z.enum(['ratio', 'seconds', 'none']),
  events: z.number().nullable().describe('how many events the figure rests on, at least'),
  reason: z.string().describe('one sentence a person understands'),
  queries: z.array(queryRecord),
  increase: z.number().nullable().optional().describe("Prometheus's own figure by increase(), for comparison"),
});

const timeline = z.strictObject({
  name: z.string().describe('of the expectation it shows'),
  kind: z.string(),
  unit: z.enum(['ratio', 'seconds', 'none', 'per-second']),
  threshold: z.number().nullable(),
  direction: z.enum(['above', 'below']).nullable(),
  points: z.array(
    z.tuple([z.number().describe('Unix seconds'), z.number().nullable().describe('null: no sound value')]),
  ),
});

const ledger = z.strictObject({
  matched: z.int(),
  injected: z.int(),
  skipped: z.record(z.string(), z.int()),
});

export const journalSchema = z.strictObject({
  schema: z.literal('sidequake/journal/v1'),
  id: z.string().describe('of this run'),
  sidequake: z.string().describe('version that wrote it'),
  experiment: z.string(),
  question: z.string().nullable(),
  verdict: verdictSchema,
  exitCode: z.int(),
  reason: z.string().describe('the verdict in one sentence'),
  startedAt: time,
  endedAt: time,
  prometheus: z.strictObject({
    url: z.string().describe('without credentials'),
    version: z.string().nullable(),
    scrapeIntervalMs: z.number().nullable(),
    clockSkewMs: z.number().nullable().describe("its clock minus the runner's"),
  }),
  phases: z.array(
    z.strictObject({ name: z.string(), from: time, to: time }).describe('as they were, in the time of Prometheus'),
  ),
  faults: z.array(
    z.strictObject({
      target: z.string(),
      rule: z.record(z.string(), z.unknown()).describe('as written'),
      predicted: z.array(z.string()).describe('what a caller must see, by each fault'),
    }),
  ),
  expectations: z.array(expectation),
  guards: z.array(
    z.strictObject({
      of: z.string(),
      trips: z.string().describe('for people: "below 90 % in 2 of 3"'),
      evaluations: z.int(),
      breaches: z.int(),
      lost: z.int().describe('evaluations without a sound answer'),
      tripped: z.boolean(),
      at: time.nullable(),
    }),
  ),
  injection: z.array(
    z.strictObject({
      target: z.string(),
      pod: z.string().describe('pod name or admin address of the sidecar'),
      rule: z.string(),
      from: z.enum(['ledger', 'prometheus']),
      ledger,
      expected: z.strictObject({ share: z.number(), low: z.int(), high: z.int() }).describe('99.9 % binomial interval'),
      agrees: z.boolean(),
      reason: z.string(),
      queries: z.array(queryRecord).optional().describe('by which Prometheus was asked for the same'),
    }),
  ),
  retries: z.array(z.record(z.string(), z.unknown())),
  load: z
    .strictObject({
      url: z.string(),
      ratePerSecond: z.number(),
      sent: z.int(),
      failed: z.int().describe('no HTTP answer'),
      byStatus: z.record(z.string(), z.int()),
      phases: z.array(
        z.strictObject({
          name: z.string(),
          sent: z.int(),
          failed: z.int(),
          p50Ms: z.number().nullable(),
          p99Ms: z.number().nullable().describe('counted from the due time'),
          lateP99Ms: z.number().nullable().describe('how late requests left'),
        }),
      ),
    })
    .nullable(),
  undo: z.strictObject({
    confirmed: z.boolean(),
    at: time.nullable(),
    left: z.array(z.string()).describe('where a fault may still be armed, and until when'),
  }),
  timelines: z.array(timeline),
  findings: z.array(z.string()).describe('what else a reader must know: gaps, skew, warnings'),
  rerun: z.string().optional().describe('the command that repeats this run, without secrets'),
});

export type Journal = z.infer<typeof journalSchema>;
export type Verdict = z.infer<typeof verdictSchema>;
export type ExpectationResult = Journal['expectations'][number];
export type Timeline = Journal['timelines'][number];
export type QueryRecord = z.infer<typeof queryRecord>;
