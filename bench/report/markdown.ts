/** The results as Markdown, for `bench/results/latest.md`. */
import { type Row, type RunResult, type ScenarioResult, figure } from '../model.ts';
import { noiseWarning, shown, verdict } from './table.ts';

/** The whole run. */
export function runAsMarkdown({ conditions, scenarios, targets }: RunResult): string {
  const { startedAt, seconds, otherLoad, machine, versions, load, cores, rounds, secondsPerRound, missing } =
    conditions;
  return `${[
    '# What Sidequake costs',
    'Written by `npm run bench`; how to read it: [docs/bench.md](../../docs/bench.md).',
    [
      `- Run of ${startedAt}, ${Math.round(seconds)} s in all`,
      ...machine.map((each) => `- ${each}`),
      `- ${Object.entries(versions)
        .map(([name, version]) => `${name} ${version}`)
        .join(', ')}`,
      `- ${cores}; load by ${load}; median of ${rounds} rounds of ${secondsPerRound} s, engines in turn`,
      ...[noiseWarning(otherLoad)].filter((each) => each !== null).map((each) => `- ${each}`),
      ...missing.map((each) => `- Not measured: ${each}`),
    ].join('\n'),
    '## Targets',
    table(
      ['target', 'limit', 'measured', ''],
      targets.map(({ says, limit, unit, value, met }) => [says, `${limit} ${unit}`, shown(value, 2), verdict(met)]),
    ),
    ...scenarios.map((scenario) => scenarioAsMarkdown(scenario)),
  ].join('\n\n')}\n`;
}

function scenarioAsMarkdown({ title, columns, rows, notes }: ScenarioResult): string {
  const invalid = rows.filter(({ problems }) => problems.length > 0);
  return [
    `## ${title}`,
    table(
      ['engine', ...columns.map((column) => column.title)],
      rows.map((row) => [row.title, ...columns.map(({ key, digits }) => cell(row, key, digits))]),
    ),
    ...invalid.map(({ title: engine, problems }) => `${engine} is **invalid**: ${problems.join('; ')}.`),
    ...notes,
  ].join('\n\n');
}

function cell(row: Row, key: string, digits: number): string {
  return row.problems.length > 0 ? 'invalid' : shown(figure(row, key), digits);
}

function table(header: readonly string[], rows: readonly (readonly string[])[]): string {
  const line = (cells: readonly string[]): string => `| ${cells.join(' | ')} |`;
  return [line(header), line(header.map((_, at) => (at === 0 ? '---' : '---:'))), ...rows.map(line)].join('\n');
}
