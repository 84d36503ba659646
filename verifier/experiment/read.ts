import * as z from 'zod';
import { readYaml } from '../../proxy/config/document.ts';
import type { Problem } from '../../proxy/config/problem.ts';
import { faultByName } from '../../proxy/faults/registry.ts';
import { checkWrittenPhases, crossChecks, phasesOf, ruleIdOf } from './cross-checks.ts';
import type { CrossProblem } from './cross-checks.ts';
import type { Experiment } from './experiment.ts';
import { experimentSchema } from './schema.ts';
import type { WrittenExperiment } from './schema.ts';
import { substitute } from './substitute.ts';
import type { Variables } from './substitute.ts';

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

function schemaFor(options: ReadOptions): z.ZodType<Experiment> {
  let filled: unknown;
  return z
    .unknown()
    .transform((data, context) => {
      const { value, missing } = substitute(data, options.variables);
      for (const { path, message } of missing) {
        context.issues.push({ code: 'custom', path: [...path], message, input: data });
      }
      filled = value;
      return value;
    })
    .pipe(experimentSchema)
    .transform((written, context) => {
      const url = options.prometheusUrl ?? written.prometheus?.url;
      const problems: CrossProblem[] = [...crossChecks(written), ...checkWrittenPhases(filled, written.phases)];
      if (url === undefined) {
        problems.push({ path: [], message: 'prometheus is missing: write it, or give --prometheus-url URL' });
      } else if (!URL.canParse(url) || !/^https?:$/.test(new URL(url).protocol)) {
        problems.push({ path: ['prometheus', 'url'], message: 'must be an http or https URL' });
      }
      for (const { path, message } of problems) {
        context.issues.push({ code: 'custom', path: [...path], message, input: written });
      }
      return problems.length > 0 || url === undefined ? z.NEVER : plan(written, url, filled);
    });
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
        id: ruleIdOf(written, index),
        written: asWritten,
        rule,
        predicted: rule.faults.map(({ name, params }) => {
          const fault = faultByName(name);
          return fault === undefined ? `${name}: no prediction` : fault.predict(params).seen;
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
