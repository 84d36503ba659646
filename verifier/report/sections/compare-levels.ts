/** The same service levels in one table: a line for each level and phase, a column for each run, one scale per level. */
import type { Level } from '../levels.ts';
import { phaseNames } from '../levels.ts';
import type { Markup, Part } from '../markup.ts';
import { html } from '../markup.ts';
import { rangeEnds } from '../svg/range.ts';
import { levelCell } from './levels-table.ts';
import type { Run } from './run.ts';

/** A level of one name and kind, as each run has it. */
interface Shared {
  readonly name: string;
  /** In the order of the runs; none where a run did not judge it. */
  readonly levels: readonly (readonly Level[])[];
}

export function compareLevels(runs: readonly Run[]): Markup | null {
  const shared = sharedLevels(runs);
  if (shared.length === 0) return null;
  const phases = [...new Set(runs.flatMap((run) => phaseNames(run.report.journal)))];
  return html`<section>
    <h2>Service levels</h2>
    <p class="lead">
      Brackets: the least and the most each figure can have been. The small pictures of one level share one scale.
    </p>
    <div class="scroll" tabindex="0" role="region" aria-label="Service levels of all runs">
      <table class="levels">
        <thead>
          <tr>
            <th scope="col">Level</th>
            <th scope="col">Phase</th>
            ${runs.map((run) => html`<th scope="col">${run.title}</th>`)}
          </tr>
        </thead>
        ${shared.map((level) => levelBody(level, phases, runs))}
      </table>
    </div>
  </section>`;
}

function sharedLevels(runs: readonly Run[]): readonly Shared[] {
  const keys = new Map<string, string>();
  const keyOf = (level: Level): string => JSON.stringify([level.name, level.kind]);
  for (const run of runs) for (const level of run.report.levels) keys.set(keyOf(level), level.name);
  return [...keys].map(([key, name]) => ({
    name,
    levels: runs.map((run) => run.report.levels.filter((level) => keyOf(level) === key)),
  }));
}

function levelBody(shared: Shared, phases: readonly string[], runs: readonly Run[]): Markup {
  const all = shared.levels.flat();
  const ends = rangeEnds(all.flatMap((level) => [level.ends.from, level.ends.to]));
  const judged = phases.filter((phase) => all.some((level) => level.cells.some((cell) => cell.phase === phase)));
  const bounds = [...new Set(all.map((level) => level.bound))];
  const cells = (levels: readonly Level[], phase: string): Part => {
    const found = levels.flatMap((level) => level.cells.filter((cell) => cell.phase === phase));
    if (found.length === 0) return html`<p class="none">not judged</p>`;
    return found.map(
      (cell) => html`${levelCell(cell, ends)}${bounds.length > 1 && html`<p class="small">${cell.bound}</p>`}`,
    );
  };
  return html`<tbody class="group">
    ${judged.map(
      (phase, index) =>
        html`<tr>
          ${index === 0 && levelHead(shared.name, bounds, judged.length)}
          <th scope="row" class="phase-name${phase === 'fault' ? ' fault' : ''}">${phase}</th>
          ${shared.levels.map((levels, run) => html`<td data-label="${runs[run]?.title}">${cells(levels, phase)}</td>`)}
        </tr>`,
    )}
  </tbody>`;
}

function levelHead(name: string, bounds: readonly string[], rows: number): Markup {
  return html`<th scope="rowgroup" rowspan="${rows}">
    <span class="name">${name}</span>${bounds.length === 1 && html`<span class="bound-text">${bounds[0]}</span>`}
  </th>`;
}
