/** The schema of what a rule matches, and of a route, which matches the same way. */
import * as z from 'zod';
import { checkCidr } from '../route/cidr.ts';
import { checkHostPattern } from '../route/host-pattern.ts';
import { checkHeaderPattern } from '../route/match.ts';
import { checkPathPattern } from '../route/path-pattern.ts';
import { checkedText } from './field.ts';
import { quoted } from './parsed.ts';
import type { HeaderPattern, Match, PathPattern, Route } from './rule.ts';
import { choice, keyNotes } from './wording.ts';

/** A token of RFC 9110 section 5.6.2: method and header names. */
const TOKEN = /^[!#$%&'*+.^_`|~0-9A-Za-z-]+$/;

const methodName = checkedText((text) => (TOKEN.test(text) ? null : `${quoted(text)} is not a method name`));

/** One or several, any case. */
const method: z.ZodType<readonly string[], string | readonly string[]> = z
  .union([methodName, z.array(methodName).min(1)])
  .transform((written) => [written].flat().map((name) => name.toUpperCase()))
  .describe('request methods, any of them: GET or [GET, HEAD]');

const host = checkedText(checkHostPattern).describe(
  'authority of the request without case and port; *.shop.svc for any name below',
);

const path: z.ZodType<PathPattern, PathPattern> = z
  .union([
    checkedText(checkPathPattern),
    z.strictObject({ regex: checkedText((regex) => checkPathPattern({ regex })).describe('ECMAScript, not anchored') }),
  ])
  .describe('exact, {name} for one segment, trailing * for any rest; or { regex: ... }');

const headerForm = z
  .strictObject({
    prefix: z.string().describe('the value begins with it').exactOptional(),
    regex: z.string().describe('ECMAScript, not anchored').exactOptional(),
    present: z.boolean().describe('true: there, with any value; false: not there').exactOptional(),
  })
  .transform((form, context): HeaderPattern => {
    const { prefix, regex, present } = form;
    let pattern: HeaderPattern | undefined;
    if (Object.keys(form).length === 1) {
      if (prefix !== undefined) pattern = { prefix };
      else if (regex !== undefined) pattern = { regex };
      else if (present !== undefined) pattern = { present };
    }
    const wrong =
      pattern === undefined ? 'takes exactly one of "prefix", "regex" and "present"' : checkHeaderPattern(pattern);
    if (pattern !== undefined && wrong === null) return pattern;
    context.issues.push({ code: 'custom', message: wrong ?? '', input: form });
    return z.NEVER;
  });

const headers: z.ZodType<Readonly<Record<string, HeaderPattern>>, Record<string, unknown>> = z
  .record(
    checkedText((name) => (TOKEN.test(name) ? null : `${quoted(name)} is not a header name`)),
    z.union([z.string(), headerForm]),
  )
  .transform((written, context) => {
    const patterns = new Map<string, HeaderPattern>();
    for (const [name, pattern] of Object.entries(written)) {
      const lower = name.toLowerCase();
      if (patterns.has(lower)) {
        const message = `${quoted(name)} is written twice: header names have no case`;
        context.issues.push({ code: 'custom', path: [name], message, input: written });
      }
      patterns.set(lower, pattern);
    }
    return Object.fromEntries(patterns);
  })
  .describe('all must hold; exact, or { prefix: }, { regex: }, { present: }');

const source = z
  .strictObject({ ip: checkedText(checkCidr).describe('address or CIDR block of the caller').exactOptional() })
  .register(keyNotes, {
    unsupported: {
      workload: 'source.workload is not supported by this version: match source.ip',
      namespace: 'source.namespace is not supported by this version: match source.ip',
    },
  });

const matchFields = z
  .strictObject({
    port: z.int().min(1).max(65_535).describe("the app's port").exactOptional(),
    protocol: choice(['http', 'tcp', 'tls'], {
      grpc: 'protocol "grpc" is not supported by this version: HTTP/2 passes as a tunnel',
    })
      .describe('what the connection speaks')
      .exactOptional(),
    method: method.exactOptional(),
    host: host.exactOptional(),
    path: path.exactOptional(),
    headers: headers.exactOptional(),
    query: z.record(z.string(), z.string()).describe('query parameters, decoded, exact; all must hold').exactOptional(),
    source: source.describe('who calls').exactOptional(),
  })
  .check((context) => {
    const match = context.value;
    if (match.protocol !== 'tcp') return;
    for (const field of ['method', 'host', 'path', 'headers', 'query'] as const) {
      if (match[field] === undefined) continue;
      const message = `cannot hold with protocol "tcp": there is no ${field} in it`;
      context.issues.push({ code: 'custom', path: [field], message, input: match });
    }
  })
  .register(keyNotes, {
    noun: 'field',
    unsupported: { attempt: 'match.attempt is not supported by this version' },
  });

/** All given fields must hold; none given means everything. */
export const matchSchema: z.ZodType<Match, z.input<typeof matchFields>> = matchFields;

/** A match in `except`: an empty one would keep the rule from ever acting. */
export const exceptionSchema: z.ZodType<Match, z.input<typeof matchFields>> = matchFields.refine(
  (match) => Object.keys(match).length > 0,
  { error: 'an empty exception excepts everything: name at least one field' },
);

export const routeSchema: z.ZodType<Route> = z.strictObject({
  name: checkedText((name) => {
    if (/^[\w.:/{}*-]([\w .:/{}*-]{0,98}[\w.:/{}*-])?$/.test(name)) return null;
    return `${quoted(name)} is not a route name: 1 to 100 letters, digits, blanks and _ . : / { } * -`;
  }).describe('the value of the label route; several routes may have the same'),
  method: method.exactOptional(),
  host: host.exactOptional(),
  path: path.exactOptional(),
});
