/**
 * Reads configuration files and single rules. Import it dynamically: it brings the schema and YAML libraries with it,
 * which a proxy that only passes traffic should not have in its memory.
 */
import * as z from 'zod';
import { readData, readYaml, type Contradiction, type Reading, type ReadResult } from './document.ts';
import { listed } from './hint.ts';
import { quoted } from './parsed.ts';
import type { Problem } from './problem.ts';
import { leaseMs, ruleId } from './rule-schema.ts';
import type { Config, Rule, WrittenRule } from './rule.ts';
import { anonymousRuleSchema, configSchema } from './schema.ts';
import { textHash } from './text-hash.ts';

/** What was read, or everything that is wrong with it. */
export type Loaded<T> =
  { readonly ok: true; readonly value: T } | { readonly ok: false; readonly problems: readonly Problem[] };

/**
 * A whole configuration. A text of comments alone is a configuration without anything; an empty text is refused, since
 * that is what a reader sees of a file that is just being written.
 */
export function readConfig(text: string, file: string): Loaded<Config> {
  const result = readYaml(hasOnlyComments(text) ? '{}' : text, { file, schema: configSchema, also: repetitions });
  if (!result.ok) return result;
  const { listeners, routes, rules } = result.value;
  const written = listAt(result.data, 'rules');
  return {
    ok: true,
    value: { listeners, routes, rules: rules.map((rule, index) => tied(rule, written[index])) },
  };
}

/**
 * One rule, as text (YAML or JSON) or as data. Its id is `id`, that of the place where it was put; another one written
 * inside is a problem.
 */
export function readRule(
  source: string | Readonly<Record<string, unknown>>,
  { id }: { readonly id: string },
): Loaded<WrittenRule> {
  const badId = ruleId.safeParse(id).error?.issues[0];
  if (badId) return { ok: false, problems: [{ file: '', line: 0, column: 0, path: 'id', message: badId.message }] };
  const reading: Reading<Rule> = { file: '', schema: ruleWithId(id) };
  const result: ReadResult<Rule> = typeof source === 'string' ? readYaml(source, reading) : readData(source, reading);
  return result.ok ? { ok: true, value: tied(result.value, result.data) } : result;
}

/** The body of `PUT /leases/{id}`, `{"ttl":"10s"}`, to milliseconds. */
export function readLease(text: string): Loaded<number> {
  const schema = z.strictObject({ ttl: leaseMs }).transform(({ ttl }) => ttl);
  return readYaml(text, { file: '', schema });
}

function hasOnlyComments(text: string): boolean {
  const lines = text.split('\n').map((line) => line.trim());
  return lines.some((line) => line.startsWith('#')) && lines.every((line) => line === '' || line.startsWith('#'));
}

function ruleWithId(id: string): z.ZodType<Rule> {
  return anonymousRuleSchema.transform((rule, context) => {
    if (rule.id === '' || rule.id === id) return { ...rule, id };
    const message = `${quoted(rule.id)} is another id than ${quoted(id)}, where this rule is put: leave it out`;
    context.issues.push({ code: 'custom', path: ['id'], message, input: rule.id });
    return z.NEVER;
  });
}

function tied(rule: Rule, data: unknown): WrittenRule {
  const written = { id: rule.id, ...(data as Record<string, unknown>) };
  return { rule, written, textHash: textHash(written) };
}

/** Rule ids and listen addresses stand once. */
function repetitions(data: unknown): Contradiction[] {
  return [
    ...repeated(data, 'rules', 'id', 'the id of an earlier rule'),
    ...repeated(data, 'listeners', 'listen', 'the address of an earlier listener'),
  ];
}

function repeated(data: unknown, list: string, key: string, what: string): Contradiction[] {
  const seen = new Map<unknown, number>();
  return listAt(data, list).flatMap((entry, index): Contradiction[] => {
    const value = (entry as Record<string, unknown> | null)?.[key];
    if (typeof value !== 'string' && typeof value !== 'number') return [];
    // Each port 0 is another free port.
    if (/(^|:)0$/.test(String(value))) return [];
    const first = seen.get(String(value));
    if (first === undefined) {
      seen.set(String(value), index);
      return [];
    }
    return [{ path: [list, index, key], first: [list, first, key], message: `${listed([String(value)])} is ${what}` }];
  });
}

function listAt(data: unknown, key: string): readonly unknown[] {
  const list = (data as Record<string, unknown> | null)?.[key];
  return Array.isArray(list) ? list : [];
}
