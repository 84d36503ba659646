/** The timelines: how each figure went over the run, the fault's window shaded. */
import { axisFor } from '../charts.ts';
import type { Markup } from '../markup.ts';
import { html } from '../markup.ts';
import type { Span } from '../svg/course.ts';
import type { Axis } from '../svg/scale.ts';
import { clockAxis } from '../svg/scale.ts';
import type { Chart } from '../svg/timeline.ts';
import { timelineSvg } from '../svg/timeline.ts';

export function timelinesSection(charts: readonly Chart[], span: Span): Markup | null {
  if (charts.length === 0) return null;
  const time = clockAxis(span.from, span.to);
  const grid = charts.length > 3 ? 'charts two' : 'charts';
  return html`<section>
    <h2>Timelines</h2>
    <p class="lead">
      The course between scrapes, clock in UTC. It shows when things happened; the verdict rests on the figures in the
      table above.
    </p>
    <div class="${grid}">${charts.map((chart) => figure(chart, time, axisFor([chart])))}</div>
  </section>`;
}

/** One chart under its name, with its course in a sentence. */
export function figure(chart: Chart, time: Axis, value: Axis, name: string = chart.name): Markup {
  return html`<figure>
    <h3>${name}</h3>
    <div class="plot">${timelineSvg(chart, time, value)}</div>
    <figcaption>${chart.summary}</figcaption>
  </figure>`;
}

/** The hatching of gaps, once for a page. Not `display: none`: a pattern in there would not paint. */
export function patterns(): Markup {
  return html`<svg width="0" height="0" class="patterns" aria-hidden="true">
    <defs>
      <pattern id="hatch" width="6" height="6" patternUnits="userSpaceOnUse" patternTransform="rotate(45)">
        <path class="hatch" d="M0 0v6" />
      </pattern>
    </defs>
  </svg>`;
}
