import { describeNumber } from '../experiment/live-text.ts';
import type { ExpectationResult, Journal } from '../report/journal.ts';
import { columnsOf, hanging, printable } from './wrap.ts';

/** A run that is over, for a terminal. Pure. */

const COLOURS: Record<Journal['verdict'], number> = {
  pass: 32,
  deviated: 31,
  inconclusive: 33,
  aborted: 35,
  'undo-failed': 31,
  unsteady: 33,
  invalid: 31,
};

export interface SummaryOptions {
  readonly colour: boolean;
  readonly columns: number;
}

export function summaryOf(journal: Journal, { colour, columns }: SummaryOptions): string {
  const { verdict, reason } = journal;
  const word = verdict.toUpperCase();
  const painted = colour ? `\u001B[1;${COLOURS[verdict]}m${word}\u001B[0m` : word;
  const indented = (text: string): string[] => hanging('  ', printable(text), columns);
  const lines = [`${painted}  ${journal.experiment}`, ...indented(reason)];
  if (journal.expectations.length > 0) lines.push('', ...tableOf(journal, columns));
  if (journal.injection.length > 0) lines.push('', ...journal.injection.flatMap((one) => injectionLines(one, columns)));
  for (const left of journal.undo.left) lines.push('', ...indented(`STILL THERE? ${left}`));
  return `${lines.join('\n')}\n`;
}

/** Where the files are: a path is never broken, so that it can be copied. */
export function placeLines(what: string, file: string, columns: number): string {
  const line = `  ${what.padEnd(8)}  ${file}`;
  return columnsOf(line) <= columns ? `${line}\n` : `  ${what}\n    ${file}\n`;
}

/** One row for each SLI, one column for each phase; where that is too wide, one line for each of both. */
function tableOf(journal: Journal, columns: number): string[] {
  const phases = ['baseline', 'fault', 'recovery'].filter((name) =>
    journal.expectations.some(({ phase }) => phase === name),
  );
  const names = [...new Set(journal.expectations.map(({ name }) => name))];
  const rows = names.map((name) => {
    const own = journal.expectations.filter((result) => result.name === name);
    const cells = phases.map((phase) => cellOf(own.find((result) => result.phase === phase)));
    return [printable(name), printable(own[0]?.bound ?? ''), ...cells];
  });
  const table = [['SLI', 'must be', ...phases], ...rows];
  const widths = (table[0] ?? []).map((_, column) => Math.max(...table.map((row) => columnsOf(row[column] ?? ''))));
  const lines = table.map((row) =>
    `  ${row.map((cell, column) => padded(cell, widths[column] ?? 0)).join('  ')}`.trimEnd(),
  );
  if (lines.every((line) => columnsOf(line) <= columns)) return lines;
  return rows.flatMap(([name = '', bound = '', ...cells]) => [
    ...hanging('  ', `${name} must be ${bound}`, columns),
    ...cells.flatMap((cell, at) => hanging(`    ${(phases[at] ?? '').padEnd(8)}  `, cell, columns)),
  ]);
}

function padded(text: string, columns: number): string {
  return text + ' '.repeat(Math.max(0, columns - columnsOf(text)));
}

const MARKS = { pass: 'ok', deviated: 'NO', inconclusive: '?' } as const;

function cellOf(result: ExpectationResult | undefined): string {
  if (result === undefined) return '-';
  const { low, high, unit, verdict } = result;
  const mark = MARKS[verdict];
  if (low === null && high === null) return `${mark} no figure`;
  if (low === null) return `${mark} up to ${describeNumber(high ?? 0, unit)}`;
  if (high === null) return `${mark} over ${describeNumber(low, unit)}`;
  const [least, most] = [describeNumber(low, unit), describeNumber(high, unit)];
  return `${mark} ${least === most ? least : `${least} to ${most}`}`;
}

function injectionLines(proof: Journal['injection'][number], columns: number): string[] {
  const { target, rule, ledger, agrees, expected } = proof;
  const { matched, injected } = ledger;
  const words = agrees ? 'as expected' : `NOT PROVEN, expected ${expected.low} to ${expected.high}`;
  const text = `${rule} on ${target}: ${injected} of ${matched} matched (${words})`;
  return hanging('  injected  ', printable(text), columns);
}
