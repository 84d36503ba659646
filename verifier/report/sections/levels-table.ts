/** The table of service levels: a line for each figure, a column for each phase, a sentence for all that did not hold. */
import { formatCount, prose } from '../format.ts';
import type { ExpectationResult } from '../journal.ts';
import type { Level, LevelCell } from '../levels.ts';
import type { Markup } from '../markup.ts';
import { html } from '../markup.ts';
import { rangeSvg } from '../svg/range.ts';
import { verdictShape } from '../svg/verdict-shape.ts';
import { verdictWords } from '../verdict-words.ts';

export function levelsSection(levels: readonly Level[], phases: readonly string[]): Markup {
  if (levels.length === 0) {
    return html`<section>
      <h2>Service levels</h2>
      <p class="none">Nothing was judged in this run.</p>
    </section>`;
  }
  return html`<section>
    <h2>Service levels</h2>
    <p class="lead">
      A figure is a bracket: the least and the most it can have been, by the samples around the edges of the phase. A
      bracket that crosses its bound is inconclusive, never a pass.
    </p>
    <div class="scroll" tabindex="0" role="region" aria-label="Service levels by phase">
      <table class="levels">
        <thead>
          <tr>
            <th scope="col">Level</th>
            ${phases.map((phase) => html`<th scope="col" class="${phase === 'fault' && 'fault'}">${phase}</th>`)}
          </tr>
        </thead>
        ${levels.map((level) => levelRows(level, phases))}
      </table>
    </div>
  </section>`;
}

/** A figure with its range picture, its verdict and what it rests on. */
export function levelCell(cell: LevelCell, ends: Level['ends']): Markup {
  const { result } = cell;
  const { tone } = verdictWords(cell.verdict);
  return html`<p class="figure">${cell.figure}</p>
    ${rangeSvg({ low: result.low, high: result.high, bound: result.threshold, goodSide: result.direction, ...ends, tone })}
    <p class="small">
      <span class="mark-word ${tone}">${verdictShape(cell.verdict, 13)} ${cell.verdict}</span>${eventsText(result)}
    </p>`;
}

/** `, 2,950 events`; nothing where the figure counts none. */
function eventsText(result: ExpectationResult): string {
  return result.events === null ? '' : ` · ${formatCount(result.events)} event${result.events === 1 ? '' : 's'}`;
}

function levelRows(level: Level, phases: readonly string[]): Markup {
  const troubles = level.cells.filter((cell) => cell.verdict !== 'pass');
  return html`<tbody>
    <tr>
      <th scope="row"><span class="name">${level.name}</span><span class="bound-text">${level.bound}</span></th>
      ${phases.map((phase) => html`<td data-label="${phase}">${phaseCells(level, phase)}</td>`)}
    </tr>
    ${
      troubles.length > 0 &&
      html`<tr class="why">
        <td colspan="${phases.length + 1}">
          ${troubles.map((cell) => html`<p><b>${cell.phase}</b> ${prose(cell.result.reason)}</p>`)}
        </td>
      </tr>`
    }
  </tbody>`;
}

function phaseCells(level: Level, phase: string): Part {
  const cells = level.cells.filter((cell) => cell.phase === phase);
  if (cells.length === 0) return html`<p class="none">not judged</p>`;
  return cells.map((cell) => levelCell(cell, level.ends));
}

type Part = Markup | readonly Markup[];
