/** The schema of the configuration file. */
import * as z from 'zod';
import { parseAddress } from './address.ts';
import { listOf } from './field.ts';
import { routeSchema } from './match-schema.ts';
import type { Address, Listener, Route, Rule } from './rule.ts';
import { choice } from './wording.ts';

/** A configuration whose rules are read, but not yet tied to their text. */
export interface ReadConfig {
  readonly listeners: readonly Listener[];
  readonly routes: readonly Route[];
  readonly rules: readonly Rule[];
}

const MOST_LISTENERS = 100;
const MOST_ROUTES = 1000;
const MOST_RULES = 1000;

/** `host:port`, `[v6]:port`, a bare port (also as a number) or `unix:PATH`. */
const address: z.ZodType<Address, string | number> = z.union([z.string(), z.int()]).transform((written, context) => {
  const result = parseAddress(String(written));
  if (result.ok) return result.value;
  context.issues.push({ code: 'custom', message: result.message, input: written });
  return z.NEVER;
});

const upstream = address.refine((to) => to.kind !== 'tcp' || to.port !== 0, {
  error: 'port 0 cannot be connected to',
});

const listener = z.strictObject({
  listen: address.describe('where callers connect; port 0 for a free one'),
  upstream: upstream.describe('where the app listens'),
  protocol: choice(['auto', 'http', 'tcp', 'tls'], {
    grpc: 'protocol "grpc" is not supported by this version: "auto" passes HTTP/2 as a tunnel',
  })
    .prefault('auto')
    .describe('auto tells by the first bytes'),
  strict: z.boolean().describe('ambiguous framing is answered by 400').exactOptional(),
});

export function configSchema(rule: z.ZodType<Rule>): z.ZodType<ReadConfig> {
  return z
    .strictObject({
      strict: z.boolean().prefault(false).describe('strict for all listeners that do not say themselves'),
      listeners: listOf(listener, MOST_LISTENERS).prefault([]),
      routes: listOf(routeSchema, MOST_ROUTES).prefault([]).describe('the first that matches names the exchange'),
      rules: listOf(rule, MOST_RULES).prefault([]).describe('in order of precedence'),
    })
    .transform(({ strict, listeners, routes, rules }) => ({
      listeners: listeners.map((written) => ({ ...written, strict: written.strict ?? strict })),
      routes,
      rules,
    }));
}
