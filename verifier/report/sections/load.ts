/** The load that was sent beside the experiment, by phase; latency counts from when a request was due. */
import { formatCount, formatFigure } from '../format.ts';
import type { Journal } from '../journal.ts';
import type { Markup } from '../markup.ts';
import { html } from '../markup.ts';

export function loadSection(load: Journal['load']): Markup | null {
  if (load === null) return null;
  const statuses = Object.entries(load.byStatus).map(([status, count]) => `${status}: ${formatCount(count)}`);
  return html`<section>
    <h2>Load</h2>
    <p class="lead">
      <span class="mono">${load.url}</span> at ${formatFigure(load.ratePerSecond, 'per-second')}, open loop: requests
      left on schedule whether or not answers came, and latency counts from when each was due. ${formatCount(load.sent)}
      sent, ${formatCount(load.failed)} without an answer${statuses.length > 0 && `; by status ${statuses.join(', ')}`}.
    </p>
    <div class="scroll" tabindex="0" role="region" aria-label="Load by phase">
      <table class="stack">
        <thead>
          <tr>
            <th scope="col">Phase</th>
            <th scope="col" class="num">Sent</th>
            <th scope="col" class="num">No answer</th>
            <th scope="col" class="num">p50</th>
            <th scope="col" class="num">p99</th>
            <th scope="col" class="num">Left late, p99</th>
          </tr>
        </thead>
        <tbody>
          ${load.phases.map(
            (phase) =>
              html`<tr>
                <th scope="row">${phase.name}</th>
                <td class="num" data-label="Sent">${formatCount(phase.sent)}</td>
                <td class="num" data-label="No answer">${formatCount(phase.failed)}</td>
                <td class="num" data-label="p50">${milliseconds(phase.p50Ms)}</td>
                <td class="num" data-label="p99">${milliseconds(phase.p99Ms)}</td>
                <td class="num" data-label="Left late, p99">${milliseconds(phase.lateP99Ms)}</td>
              </tr>`,
          )}
        </tbody>
      </table>
    </div>
  </section>`;
}

/** Milliseconds as people read them; a dash for none. */
export function milliseconds(ms: number | null): string {
  return ms === null ? '–' : formatFigure(ms / 1000, 'seconds');
}
