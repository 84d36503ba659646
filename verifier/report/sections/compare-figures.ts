/** What else can be held side by side: how much was broken, what the caller felt, guards and undo. */
import { formatCount, formatFigure } from '../format.ts';
import type { Markup } from '../markup.ts';
import { html } from '../markup.ts';
import { milliseconds } from './load.ts';
import type { Run } from './run.ts';

interface Line {
  readonly name: string;
  readonly values: readonly string[];
}

export function compareFigures(runs: readonly Run[]): Markup {
  const lines = [
    { name: 'Broken by the fault', values: runs.map(broken) },
    ...loadLines(runs),
    ...['Guards', 'Undo'].map((label) => ({ name: label, values: runs.map((run) => factValue(run, label)) })),
  ];
  return html`<section>
    <h2>Side by side</h2>
    <div class="scroll" tabindex="0" role="region" aria-label="Figures of all runs">
      <table class="stack">
        <thead>
          <tr>
            <th scope="col"></th>
            ${runs.map((run) => html`<th scope="col">${run.title}</th>`)}
          </tr>
        </thead>
        <tbody>
          ${lines.map(
            (line) =>
              html`<tr>
                <th scope="row">${line.name}</th>
                ${line.values.map((value, index) => html`<td data-label="${runs[index]?.title}">${value}</td>`)}
              </tr>`,
          )}
        </tbody>
      </table>
    </div>
  </section>`;
}

function broken({ report: { proof } }: Run): string {
  if (proof.lines.length === 0) return 'nothing';
  const several = proof.rules.length > 1;
  const rules = proof.rules.map(({ rule, matched, injected }) => {
    const share = matched === 0 ? '' : ` (${formatFigure(injected / matched, 'ratio')})`;
    return `${several ? `${rule} ` : ''}${formatCount(injected)} of ${formatCount(matched)} requests${share}`;
  });
  const disagree = proof.disagreeing === 0 ? [] : [`${formatCount(proof.disagreeing)} ledgers disagree`];
  return [...rules, ...disagree].join('; ');
}

function loadLines(runs: readonly Run[]): readonly Line[] {
  const phases = [...new Set(runs.flatMap((run) => run.report.journal.load?.phases.map((phase) => phase.name) ?? []))];
  return phases.map((name) => ({
    name: `Load in ${name}`,
    values: runs.map((run) => {
      const phase = run.report.journal.load?.phases.find((candidate) => candidate.name === name);
      if (phase === undefined) return '–';
      const lost = phase.failed === 0 ? '' : `, ${formatCount(phase.failed)} without an answer`;
      return `p50 ${milliseconds(phase.p50Ms)}, p99 ${milliseconds(phase.p99Ms)}; ${formatCount(phase.sent)} sent${lost}`;
    }),
  }));
}

function factValue(run: Run, label: string): string {
  return run.report.facts.find((fact) => fact.label === label)?.value ?? '–';
}
