/** The schema of a rule as it is written; reading it gives the rule as the data plane uses it. */
import * as z from 'zod';
import type { Fault } from '../faults/fault.ts';
import { durationMs } from './duration.ts';
import { faultUseSchema } from './fault-schema.ts';
import { checkedText } from './field.ts';
import { exceptionSchema, matchSchema } from './match-schema.ts';
import { quoted } from './parsed.ts';
import { percentRatio } from './percent.ts';
import type { Rule } from './rule.ts';
import { choice, keyNotes } from './wording.ts';

const MOST_LEASE_MS = 365 * 24 * 3600e3;

/** The id of a rule: a DNS label, so that it can be part of an annotation's key. */
export const ruleId: z.ZodType<string, string> = checkedText((id) => {
  if (/^[a-z0-9]([a-z0-9-]{0,61}[a-z0-9])?$/.test(id)) return null;
  return `${quoted(id)} is not a rule id: 1 to 63 lower-case letters, digits and hyphens, no hyphen at the ends`;
});

/** The time of a lease: from 1 ms to a year. */
export const leaseMs: z.ZodType<number, string> = durationMs({ atLeastMs: 1, atMostMs: MOST_LEASE_MS });

/** RFC 3339 with a zone, to Unix milliseconds. */
const instantMs: z.ZodType<number, string> = z.string().transform((text, context) => {
  const hasForm = /^\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d(\.\d+)?(Z|[+-]\d\d:\d\d)$/i.test(text);
  const ms = hasForm ? Date.parse(text) : NaN;
  if (Number.isFinite(ms)) return ms;
  const message = `${quoted(text)} is not a time with zone: write it like 2026-11-21T10:00:00Z`;
  context.issues.push({ code: 'custom', message, input: text });
  return z.NEVER;
});

const UNSUPPORTED = {
  existing: 'existing is not supported by this version: connections that bypass the proxy are left alone',
  mode: 'mode is not supported by this version: a rule acts in the proxy that holds it',
  value: 'value is not supported by this version: a rule acts in the proxy that holds it',
  confirm: 'confirm is not supported by this version: a rule acts in the proxy that holds it',
};

/** Schemas of a rule for a set of faults. */
export interface RuleSchemas {
  /** A rule in a file: with its id. */
  readonly rule: z.ZodType<Rule>;
  /** A rule whose id may come from elsewhere (the path of a request, an experiment); then `id` is `''`. */
  readonly anonymousRule: z.ZodType<Rule>;
}

export function ruleSchemas(faults: readonly Fault[]): RuleSchemas {
  const fields = {
    direction: choice(['inbound'], {
      outbound: 'direction "outbound" is not supported by this version: put the fault at the callee',
    })
      .prefault('inbound')
      .describe('inbound: to the app'),
    match: matchSchema.prefault({}).describe('all given fields must hold; none given means everything'),
    except: z.array(exceptionSchema).prefault([]).describe('any of them holds = not matched'),
    share: percentRatio().prefault('100%').describe('of what matched, in steps of 0.001%'),
    scope: choice(['attempt', 'connection'], {
      call: 'scope "call" is not supported by this version: attempts draw one by one',
    })
      .prefault('attempt')
      .describe('attempt: each exchange draws; connection: all of one connection share a draw'),
    faults: z.array(faultUseSchema(faults)).min(1).describe('applied in the written order'),
    until: instantMs.describe('absolute end, RFC 3339').exactOptional(),
    ttl: leaseMs.describe('lease counted from first sight').exactOptional(),
    ramp: durationMs().prefault('0s').describe('the share grows from 0 over this time'),
    maxActive: z.int().min(1).max(1_000_000).describe('cap on exchanges held or broken at once').exactOptional(),
    seed: z.int().min(0).max(0xffff_ffff).prefault(0).describe('another seed chooses other exchanges'),
  };
  const noId = { error: ({ input }: { input?: unknown }) => (input === undefined ? ID_NEEDED : undefined) };
  return {
    rule: z
      .strictObject({ id: z.string(noId).pipe(ruleId), ...fields })
      .register(keyNotes, { unsupported: UNSUPPORTED })
      .transform(toRule),
    anonymousRule: z
      .strictObject({ id: ruleId.exactOptional(), ...fields })
      .register(keyNotes, { unsupported: UNSUPPORTED })
      .transform((written) => toRule({ id: '', ...written })),
  };
}

const ID_NEEDED = 'is required in a file: a name for the rule like slow-reviews';

interface ReadRule extends Omit<Rule, 'untilMs' | 'ttlMs' | 'rampMs'> {
  readonly until?: number;
  readonly ttl?: number;
  readonly ramp: number;
}

function toRule({ until, ttl, ramp, ...rest }: ReadRule): Rule {
  return {
    ...rest,
    rampMs: ramp,
    ...(until === undefined ? {} : { untilMs: until }),
    ...(ttl === undefined ? {} : { ttlMs: ttl }),
  };
}
