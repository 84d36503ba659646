/**
 * Writes `docs/faults.md` from the registry: `node deploy/document-faults.ts`. A test fails while the page is stale, so a
 * new fault is documented by its own schema, examples and predictions or not at all.
 */
import { writeFile } from 'node:fs/promises';
import { format, resolveConfig } from 'prettier';
import { stringify } from 'yaml';
import * as z from 'zod';
import { formatDuration, DURATION_PATTERN } from '../proxy/config/duration-text.ts';
import type { Fault, Prediction } from '../proxy/faults/fault.ts';
import { faults } from '../proxy/faults/registry.ts';

const PAGE = new URL('../docs/faults.md', import.meta.url);

const INTRODUCTION = `# Faults

<!-- Made from proxy/faults by deploy/document-faults.ts: edit there. -->

A rule names what it does to the exchanges it selects as a list, in the order in which it acts:

\`\`\`yaml
faults:
  - delay: 200ms..2s
  - abort: 503
\`\`\`

Delays add up, over all rules that select an exchange. Then the first fault that ends the exchange acts, in the order of the rules; behind it nothing acts. Durations are written as \`200ms\`, \`1.5s\` or \`1h30m\`. What a fault says here that a caller sees is also what the verifier demands to see before it believes that the fault was injected.
`;

/** The part of JSON Schema that parameters are made of. */
interface Schema {
  readonly type?: string;
  readonly description?: string;
  readonly default?: unknown;
  readonly const?: string | number | boolean;
  readonly enum?: readonly (string | number)[];
  readonly minimum?: number;
  readonly maximum?: number;
  readonly pattern?: string;
  readonly anyOf?: readonly Schema[];
  readonly properties?: Readonly<Record<string, Schema>>;
  readonly required?: readonly string[];
}

/** The whole page, as it has to stand in `docs/faults.md`. */
export async function faultsPage(): Promise<string> {
  const contents = faults.map(({ name }) => `- [\`${name}\`](#${name})`).join('\n');
  const text = [INTRODUCTION, contents, ...faults.map(section)].join('\n\n');
  return format(text, { ...(await resolveConfig(PAGE)), parser: 'markdown' });
}

function section(fault: Fault): string {
  const schema = z.toJSONSchema(fault.params, { io: 'input' }) as Schema;
  const forms = schema.anyOf ?? [schema];
  const short = forms.filter(({ properties }) => properties === undefined);
  const on = [fault.applies.exchange ? 'exchanges' : '', fault.applies.bytes ? 'tunnels' : ''].filter(Boolean);
  return [
    `## ${fault.name}`,
    `${schema.description ?? ''} Acts on ${on.join(' and ')}.`,
    ...forms.flatMap(({ properties, required }) => (properties ? [parameterTable(properties, required ?? [])] : [])),
    ...short.map((form) => `Short form: a bare ${unitOf(form)} is ${form.description ?? ''}.`),
    ...examplesOf(fault).map((example, i) => exampleOf(fault, example, i === 0)),
  ].join('\n\n');
}

function parameterTable(properties: Readonly<Record<string, Schema>>, required: readonly string[]): string {
  const rows = Object.entries(properties).map(([name, property]) => {
    const fallback = property.default === undefined ? '' : `\`${JSON.stringify(property.default)}\``;
    const standard = required.includes(name) ? 'required' : fallback;
    return `| \`${name}\` | ${unitOf(property)} | ${standard} | ${property.description ?? ''} |`;
  });
  return ['| parameter | type | default | meaning |', '| --- | --- | --- | --- |', ...rows].join('\n');
}

function unitOf({ type, pattern, minimum, maximum, const: only, enum: words }: Schema): string {
  if (pattern === DURATION_PATTERN) return 'duration';
  if (only !== undefined) return `\`${String(only)}\``;
  if (words !== undefined) return words.map((word) => `\`${String(word)}\``).join(', ');
  if (type === 'string') return 'text';
  if (type === 'object') return 'name: text';
  if (minimum !== undefined && maximum !== undefined) return `${type} ${minimum} to ${maximum}`;
  return type ?? '';
}

function examplesOf(fault: Fault): readonly unknown[] {
  return fault.params.meta()?.['examples'] as readonly unknown[];
}

/** The first example stands in a whole rule, the others alone. */
function exampleOf(fault: Fault, example: unknown, whole: boolean): string {
  const list = [{ [fault.name]: example }];
  const rule = { id: `some-${fault.name}`, match: { path: '/reviews/{id}' }, share: '5%', faults: list };
  const seen = fault.predict(fault.params.parse(example));
  const yaml = stringify(whole ? [rule] : list).trim();
  return ['```yaml', yaml, '```', '', `The caller sees: ${seen.seen}. ${figuresOf(seen)}`].join('\n');
}

function figuresOf({ status, responseFlags, addedMs }: Prediction): string {
  const parts = [
    status === undefined ? '' : `status ${status}`,
    `\`response_flags="${responseFlags}"\``,
    addedMs ? `added at least ${formatDuration(addedMs.least)}` : '',
    addedMs ? `p50 ${formatDuration(addedMs.p50)}, p99 ${formatDuration(addedMs.p99)}` : '',
  ];
  return `In metrics: ${parts.filter(Boolean).join(', ')}.`;
}

if (import.meta.main) await writeFile(PAGE, await faultsPage());
