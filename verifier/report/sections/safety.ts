/** What kept the run safe: its guards and the proof that the fault is gone. */
import { formatCount, prose } from '../format.ts';
import { formatClock, unixSeconds } from '../format-time.ts';
import type { Journal } from '../journal.ts';
import type { Markup } from '../markup.ts';
import { html } from '../markup.ts';

export function safetySection(journal: Journal): Markup {
  return html`<section>
    <h2>Guards and undo</h2>
    ${guardTable(journal.guards)}
    <p class="undo">${undoSentence(journal.undo)}</p>
    ${
      journal.undo.left.length > 0 &&
      html`<ul>
        ${journal.undo.left.map((left) => html`<li>${left}</li>`)}
      </ul>`
    }
  </section>`;
}

function guardTable(guards: Journal['guards']): Markup {
  if (guards.length === 0) return html`<p class="none">No guards were set.</p>`;
  return html`<div class="scroll" tabindex="0" role="region" aria-label="Guards">
    <table class="stack">
      <thead>
        <tr>
          <th scope="col">Guard</th>
          <th scope="col">Trips</th>
          <th scope="col" class="num">Evaluations</th>
          <th scope="col" class="num">Breaches</th>
          <th scope="col" class="num">Lost</th>
          <th scope="col">Tripped</th>
        </tr>
      </thead>
      <tbody>
        ${guards.map(
          (guard) =>
            html`<tr>
              <th scope="row">${guard.of}</th>
              <td data-label="Trips">${prose(guard.trips)}</td>
              <td class="num" data-label="Evaluations">${formatCount(guard.evaluations)}</td>
              <td class="num" data-label="Breaches">${formatCount(guard.breaches)}</td>
              <td class="num" data-label="Lost">${formatCount(guard.lost)}</td>
              <td data-label="Tripped">${tripped(guard)}</td>
            </tr>`,
        )}
      </tbody>
    </table>
  </div>`;
}

function tripped(guard: Journal['guards'][number]): Markup {
  if (!guard.tripped) return html`no`;
  return html`<b class="bad">yes</b>${guard.at !== null && html` at ${clock(guard.at)}`}`;
}

function undoSentence(undo: Journal['undo']): Markup {
  if (!undo.confirmed) {
    return html`<b class="bad">Undo not confirmed.</b> It is not proven that every sidecar is free of this run's
      rules${undo.left.length > 0 ? ':' : '.'}`;
  }
  if (undo.at === null) return html`<b>Nothing to take back:</b> no rule was armed.`;
  return html`<b class="good">Undo confirmed at ${clock(undo.at)} UTC:</b> no sidecar lists a rule of this run any more
    and their counters of injected faults stand still.`;
}

function clock(time: string): string {
  return formatClock(unixSeconds(time), 'milliseconds');
}
