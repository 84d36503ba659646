import * as z from 'zod';
import { readYaml } from '../../proxy/config/document.ts';
import type { Problem } from '../../proxy/config/problem.ts';
import { wording } from '../../proxy/config/wording.ts';
import { faultByName } from '../../proxy/faults/registry.ts';
import { checkWrittenPhases, crossChecks, phasesOf, ruleIdOf } from './cross-checks.ts';
import type { CrossProblem } from './cross-checks.ts';
import type { Experiment } from './experiment.ts';
import { experimentSchema } from './schema.ts';
import type { WrittenExperiment } from './schema.ts';
import { partsOf } from './parts.ts';
import { substitute } from './substitute.ts';
import type { MissingVariable, Substituted, Variables } from './substitute.ts';

/** What the command line says about a file beside its text. */
export interface ReadOptions {
  /** For the messages. */
  readonly file: string;
  readonly variables: Variables;
  /** Goes before the file's. */
  readonly prometheusUrl?: string;
}

export type ReadExperiment =
  | { readonly ok: true; readonly experiment: Experiment }
  | { readonly ok: false; readonly problems: readonly Problem[] };

/** Reads an experiment: variables, schema, cross checks. Never throws for what stands in the text. */
export function readExperiment(text: string, options: ReadOptions): ReadExperiment {
  const result = readYaml(text, { file: options.file, schema: schemaFor(options) });
  return result.ok ? { ok: true, experiment: result.value } : { ok: false, problems: result.problems };
}

/**
 * All checks in one go, as a schema: each tells what it finds whatever the others found, only what follows from a
 * variable that is not set is left out.
 */
function schemaFor(options: ReadOptions): z.ZodType<Experiment> {
  return z.unknown().transform((data, context) => {
    const substituted = substitute(data, options.variables);
    const { missing } = substituted;
    const { filled, read } = parse(substituted);
    const issues = read.success ? [] : read.error.issues.filter((issue) => !followsFrom(issue, missing));
    const parts = partsOf(filled);
    const problems = [
      ...missing,
      ...[...crossChecks(parts), ...checkWrittenPhases(filled, parts), ...checkUrl(filled, options)].filter(
        ({ path }) => path.length === 0 || !missing.some((one) => startsWith(one.path, path)),
      ),
    ];
    for (const issue of issues) context.issues.push({ ...issue, input: data } as z.core.$ZodRawIssue);
    for (const { path, message } of problems) {
      context.issues.push({ code: 'custom', path: [...path], message, input: data });
    }
    const url = urlOf(filled, options);
    return !read.success || problems.length > 0 || url === undefined ? z.NEVER : plan(read.data, url, filled);
  });
}

type Parsed = ReturnType<typeof experimentSchema.safeParse>;

/**
 * What is filled in is text. Where text is refused and the whole value was one reference, it is read as YAML would read
 * it: `minEvents: ${N}` takes a number.
 */
function parse(substituted: Substituted): { readonly filled: unknown; readonly read: Parsed } {
  let filled = substituted.value;
  let read = parseWhole(filled);
  for (const { path, text } of substituted.whole) {
    if (read.success) break;
    const value = scalarOf(text);
    if (typeof value === 'string' || !read.error.issues.some((issue) => startsWith(path, issue.path))) continue;
    const other = setIn(filled, path, value);
    const otherRead = parseWhole(other);
    if (!otherRead.success && weight(otherRead) > weight(read)) continue;
    filled = other;
    read = otherRead;
  }
  return { filled, read };
}

function parseWhole(data: unknown): Parsed {
  return experimentSchema.safeParse(data, { error: wording });
}

/** How much is wrong: a union that was refused as a whole counts each of its branches. */
function weight(read: Parsed): number {
  const count = (issues: readonly z.core.$ZodIssue[]): number =>
    issues.reduce((sum, issue) => sum + (issue.code === 'invalid_union' ? 1 + count(issue.errors.flat()) : 1), 0);
  return read.success ? 0 : count(read.error.issues);
}

function scalarOf(text: string): unknown {
  const read = readYaml(text, { file: '', schema: z.unknown() });
  return read.ok ? read.value : text;
}

/** A copy with one value replaced. */
function setIn(data: unknown, [step, ...rest]: readonly (string | number)[], value: unknown): unknown {
  if (step === undefined) return value;
  if (Array.isArray(data)) return data.with(Number(step), setIn(data[Number(step)], rest, value));
  const object = data as Record<string, unknown>;
  return { ...object, [step]: setIn(object[step], rest, value) };
}

/** The text in which a variable is missing is no value yet, so what a schema says of it says nothing. */
function followsFrom(issue: z.core.$ZodIssue, missing: readonly MissingVariable[]): boolean {
  const isAbove = issue.code === 'invalid_union' || issue.code === 'custom';
  return missing.some(({ path }) => {
    const same = path.length === issue.path.length;
    return startsWith(path, issue.path) && (same || isAbove);
  });
}

/** Whether `path` leads through `to`, or ends there. */
function startsWith(path: readonly PropertyKey[], to: readonly PropertyKey[]): boolean {
  return to.every((step, index) => path[index] === step);
}

function urlOf(filled: unknown, options: ReadOptions): string | undefined {
  const written = (filled as { readonly prometheus?: { readonly url?: unknown } | null } | null)?.prometheus?.url;
  return options.prometheusUrl ?? (typeof written === 'string' ? written : undefined);
}

function checkUrl(filled: unknown, options: ReadOptions): readonly CrossProblem[] {
  const url = urlOf(filled, options);
  const isWritten = typeof filled === 'object' && filled !== null && 'prometheus' in filled;
  if (url === undefined) {
    const message = 'prometheus is missing: write it, or give --prometheus-url URL';
    return isWritten ? [] : [{ path: [], message }];
  }
  if (URL.canParse(url) && /^https?:$/.test(new URL(url).protocol)) return [];
  const isFlag = options.prometheusUrl !== undefined;
  const message = `${isFlag ? '--prometheus-url' : ''} must be an http or https URL`.trim();
  return [{ path: isFlag ? [] : ['prometheus', 'url'], message }];
}

function plan(written: WrittenExperiment, url: string, filled: unknown): Experiment {
  const rules = (filled as { readonly faults: readonly { readonly rule: Record<string, unknown> }[] }).faults;
  const { load } = written;
  return {
    name: written.experiment,
    question: written.question,
    prometheus: { url, headers: written.prometheus?.headers ?? {} },
    load:
      load === null
        ? null
        : {
            url: load.url,
            ratePerSecond: load.rate,
            method: load.method.toUpperCase(),
            headers: load.headers,
            body: load.body,
            timeoutMs: load.timeout,
          },
    phasesMs: written.phases,
    settleMs: written.settle,
    intervalMs: written.interval,
    faults: written.faults.map(({ target, rule }, index) => {
      const { id: _, ...asWritten } = rules[index]?.rule ?? {};
      return {
        target,
        admin: written.targets[target]?.admin ?? '',
        id: ruleIdOf(written.experiment, rule, index),
        written: asWritten,
        rule,
        predictions: rule.faults.map(({ name, params }) => {
          const fault = faultByName(name);
          if (fault === undefined) throw new Error(`the schema let the unknown fault ${name} pass`);
          return fault.predict(params);
        }),
      };
    }),
    expectations: written.expect.map(({ kind, params }) => ({
      name: params.name,
      kind,
      params,
      in: phasesOf(params).filter((phase) => written.phases[phase] > 0),
    })),
    guards: written.guards,
  };
}
