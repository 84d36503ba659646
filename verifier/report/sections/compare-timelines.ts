/** Small multiples: the same figure of each run, on one scale, laid over each other at the start of the fault. */
import { axisFor } from '../charts.ts';
import type { Markup } from '../markup.ts';
import { html } from '../markup.ts';
import { distanceAxis } from '../svg/scale.ts';
import type { Chart } from '../svg/timeline.ts';
import type { Run } from './run.ts';
import { figure } from './timelines.ts';

export function compareTimelines(runs: readonly Run[]): Markup | null {
  const keyOf = (chart: Chart): string => JSON.stringify([chart.name, chart.unit]);
  const keys = new Map(runs.flatMap((run) => run.report.charts.map((chart) => [keyOf(chart), chart.name] as const)));
  if (keys.size === 0) return null;
  // One stretch around the origin that holds every run, so that equal widths are equal times.
  const before = Math.max(...runs.map((run) => run.origin - run.report.span.from));
  const after = Math.max(...runs.map((run) => run.report.span.to - run.origin));
  return html`<section>
    <h2>Timelines</h2>
    <p class="lead">One scale for each figure, in all runs. Time counts from the start of the fault.</p>
    ${[...keys].map(([key, name]) => {
      const found = runs.flatMap((run) =>
        run.report.charts.filter((chart) => keyOf(chart) === key).map((chart) => ({ run, chart })),
      );
      const value = axisFor(found.map(({ chart }) => chart));
      return html`<h3 class="multiple">${name}</h3>
        <div class="charts two">
          ${found.map(({ run, chart }) => {
            const time = distanceAxis(run.origin - before, run.origin + after, run.origin);
            return figure(chart, time, value, run.title);
          })}
        </div>`;
    })}
  </section>`;
}
