/** The results as text that fits 100 columns. */
import { type Column, type Conditions, type Row, type ScenarioResult, type TargetResult, figure } from '../model.ts';

/** What a terminal, a log and a mail all have. */
export const WIDTH = 100;

/** The share of other work above which figures are no longer comparable between runs. */
const NOISY_FROM = 0.05;

const NAME_WIDTH = 31;

/** One scenario as a table. */
export function scenarioAsText({ title, columns, rows, notes }: ScenarioResult): string {
  const widths = columns.map((column) => Math.max(column.title.length, 5) + 2);
  const header = line(
    '',
    columns.map((column) => column.title),
    widths,
  );
  return [
    title,
    header,
    '-'.repeat(header.length),
    ...rows.flatMap((row) => rowAsText(row, columns, widths)),
    ...notes.flatMap((note) => wrapped(note)),
  ].join('\n');
}

/** A figure as people read it; a dash where there is none. */
export function shown(value: number | null, digits: number): string {
  return value === null
    ? '-'
    : value.toLocaleString('en-US', { minimumFractionDigits: digits, maximumFractionDigits: digits });
}

/** Text in lines of at most 100 columns. */
export function wrapped(text: string, indent = '  '): string[] {
  const lines: string[] = [];
  let current = indent;
  for (const word of text.split(' ')) {
    if (current.length + word.length > WIDTH && current.trim() !== '') {
      lines.push(current.trimEnd());
      current = indent;
    }
    current += `${word} `;
  }
  return [...lines, current.trimEnd()];
}

/** How the run stands to the targets. */
export function targetsAsText(targets: readonly TargetResult[]): string {
  if (targets.length === 0) return 'Targets: none of them is about the scenarios of this run.';
  const rows = targets.map(({ says, limit, unit, value, met }) => {
    const figures = `${shown(value, 2).padStart(8)} ${`(<= ${limit} ${unit})`.padEnd(14)}`;
    return `${says.padEnd(66)}${figures} ${verdict(met)}`;
  });
  return ['Targets', '-'.repeat(WIDTH), ...rows].join('\n');
}

/** A warning where the machine was busy with something else; null where it was quiet. */
export function noiseWarning(otherLoad: number | null): string | null {
  if (otherLoad === null || otherLoad < NOISY_FROM) return null;
  const share = `${Math.round(otherLoad * 100)} %`;
  return `Other work took ${share} of this machine's CPU time: read the ratios, not latency or requests per second.`;
}

/** `met`, `NOT MET`, or that there is no sound figure. */
export function verdict(met: boolean | null): string {
  if (met === null) return 'no figure';
  return met ? 'met' : 'NOT MET';
}

/** Where and when the run was made. */
export function conditionsAsText(conditions: Omit<Conditions, 'seconds' | 'otherLoad'>): string {
  const { startedAt, machine, versions, load, cores, rounds, secondsPerRound, missing } = conditions;
  const listed = Object.entries(versions).map(([name, version]) => `${name} ${version}`);
  return [
    ...wrapped(`Sidequake bench, ${startedAt}`, ''),
    ...machine.flatMap((each) => wrapped(each)),
    ...wrapped(listed.join(', ')),
    ...wrapped(`${cores}; load by ${load}; median of ${rounds} rounds of ${secondsPerRound} s`),
    ...missing.flatMap((each) => wrapped(`Missing: ${each}`)),
  ].join('\n');
}

function rowAsText(row: Row, columns: readonly Column[], widths: readonly number[]): string[] {
  if (row.problems.length > 0) {
    return [line(row.title, ['INVALID'], [12]), ...row.problems.flatMap((each) => wrapped(each, '    '))];
  }
  return [
    line(
      row.title,
      columns.map(({ key, digits }) => shown(figure(row, key), digits)),
      widths,
    ),
  ];
}

function line(name: string, cells: readonly string[], widths: readonly number[]): string {
  return name.padEnd(NAME_WIDTH) + cells.map((cell, at) => cell.padStart(widths[at] ?? 0)).join('');
}
