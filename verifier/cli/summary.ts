import { describeNumber } from '../experiment/live-text.ts';
import type { ExpectationResult, Journal } from '../report/journal.ts';

/** A run that is over, for a terminal of 80 columns. Pure. */

const COLOURS: Record<Journal['verdict'], number> = {
  pass: 32,
  deviated: 31,
  inconclusive: 33,
  aborted: 35,
  'undo-failed': 31,
  unsteady: 33,
  invalid: 31,
};

export function summaryOf(journal: Journal, options: { readonly colour: boolean }): string {
  const { verdict, reason } = journal;
  const word = verdict.toUpperCase();
  const painted = options.colour ? `\u001B[1;${COLOURS[verdict]}m${word}\u001B[0m` : word;
  const lines = [`${painted}  ${journal.experiment}`, ...wrap(reason, 78).map((line) => `  ${line}`)];
  if (journal.expectations.length > 0) lines.push('', ...tableOf(journal));
  if (journal.injection.length > 0) lines.push('', ...journal.injection.map(injectionLine));
  for (const left of journal.undo.left) lines.push('', ...wrap(`STILL THERE? ${left}`, 78).map((line) => `  ${line}`));
  return `${lines.join('\n')}\n`;
}

/** One row for each SLI, one column for each phase. */
function tableOf(journal: Journal): string[] {
  const phases = ['baseline', 'fault', 'recovery'].filter((name) =>
    journal.expectations.some(({ phase }) => phase === name),
  );
  const names = [...new Set(journal.expectations.map(({ name }) => name))];
  const rows = names.map((name) => {
    const own = journal.expectations.filter((result) => result.name === name);
    const cells = phases.map((phase) => cellOf(own.find((result) => result.phase === phase)));
    return [name, own[0]?.bound ?? '', ...cells];
  });
  const table = [['SLI', 'must be', ...phases], ...rows];
  const widths = table[0]?.map((_, column) => Math.max(...table.map((row) => row[column]?.length ?? 0))) ?? [];
  return table.map((row) => `  ${row.map((cell, column) => cell.padEnd(widths[column] ?? 0)).join('  ')}`.trimEnd());
}

const MARKS = { pass: 'ok', deviated: 'NO', inconclusive: '?' } as const;

function cellOf(result: ExpectationResult | undefined): string {
  if (result === undefined) return '-';
  const { low, high, unit, verdict } = result;
  const mark = MARKS[verdict];
  if (low === null || high === null) return `${mark} no figure`;
  const [least, most] = [describeNumber(low, unit), describeNumber(high, unit)];
  return `${mark} ${least === most ? least : `${least} to ${most}`}`;
}

function injectionLine({ target, rule, ledger, agrees, expected }: Journal['injection'][number]): string {
  const { matched, injected } = ledger;
  const proof = agrees ? 'as expected' : `expected ${expected.low} to ${expected.high}`;
  return `  injected  ${rule} on ${target}: ${injected} of ${matched} matched (${proof})`;
}

/** Whole words; one that is longer than the width keeps a line of its own. */
export function wrap(text: string, width: number): string[] {
  const lines: string[] = [];
  let line = '';
  for (const word of text.split(/\s+/)) {
    if (line !== '' && line.length + 1 + word.length > width) {
      lines.push(line);
      line = '';
    }
    line = line === '' ? word : `${line} ${word}`;
  }
  return line === '' ? lines : [...lines, line];
}
