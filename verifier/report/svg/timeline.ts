/**
 * One timeline as inline SVG. Across, everything is placed in percent of the width, so that the picture fills whatever
 * box it stands in while type and strokes keep their size; only the lines themselves are stretched, in an inner SVG.
 *
 *   baseline     |    fault      |  recovery      <- names of the phases
 *   ─────────────┬▒▒▒▒▒▒▒▒▒▒▒▒▒▒▒┬───────────     <- the figure
 *   - - - - - - -│▒▒╲▒▒▒▒▒▒▒▒▒╱▒▒│- - - - >= 99 % <- the bound; beyond it the course is thick and its area filled
 *                │▒▒▒╲◆____◆▒▒▒▒▒│
 *      12:31          12:32          12:33        <- the clock
 */
import type { Unit } from '../format.ts';
import { formatFigure } from '../format.ts';
import { formatClock } from '../format-time.ts';
import type { Markup } from '../markup.ts';
import { html } from '../markup.ts';
import type { Course, Sound, Span, Threshold } from './course.ts';
import { beyond, isBeyond } from './course.ts';
import type { Axis } from './scale.ts';

/** What one timeline shows. */
export interface Chart {
  readonly name: string;
  readonly unit: Unit;
  readonly threshold: Threshold | null;
  /** The bound in words, beside its line. */
  readonly bound: string | null;
  readonly course: Course;
  readonly phases: readonly { readonly name: string; readonly from: number; readonly to: number }[];
  /** Moments worth a line of their own: a guard that tripped. */
  readonly moments: readonly { readonly at: number; readonly label: string }[];
  /** The whole course in one sentence, for those who cannot see it. */
  readonly summary: string;
}

const TOP = 26;
const PLOT = 168;
const BOTTOM = 24;
/** Width of the inner drawing; it is stretched to the real width. */
const INNER = 1000;
/** Above this many values beyond the bound single marks become a smear: the thick line says it alone. */
const MOST_MARKS = 48;

/** Draws a chart between two axes; several charts with the same axes can be compared at a glance. */
export function timelineSvg(chart: Chart, time: Axis, value: Axis): Markup {
  const x = (at: number): number => (100 * (at - time.from)) / (time.to - time.from);
  const y = (figure: number): number => PLOT * (1 - (figure - value.from) / (value.to - value.from));
  const runs = chart.course.runs;
  const height = TOP + PLOT + BOTTOM;
  return html`<svg class="timeline" width="100%" height="${height}" role="img" aria-label="${chart.summary}">
    ${bands(chart, x)} ${grid(value, y)}
    ${mergeNarrow(chart.course.gaps, time).map((gap) => gapMark(x(gap.from), x(gap.to)))}
    ${line(runs, chart.threshold, x, y)} ${bound(chart, y)} ${marks(runs, chart, x, y)}
    ${chart.moments.map((moment) => momentMark(moment, chart.threshold?.direction === 'above', x))}
    ${time.ticks.map((tick) => timeTick(tick, x(tick.at)))}
  </svg>`;
}

function bands(chart: Chart, x: (at: number) => number): readonly Markup[] {
  return chart.phases.map((phase) => {
    const from = Math.max(0, x(phase.from));
    const width = Math.min(100, x(phase.to)) - from;
    if (width <= 0) return html``;
    const kind = phase.name === 'fault' ? 'band fault' : 'band';
    // Four pixels for each percent is the least width on a desk, three on a phone; a letter takes about seven.
    const name = clip(phase.name, Math.max(4, Math.floor((width * 4) / 7)));
    const narrow = name.length * 7 > width * 2.9 ? ' minor' : '';
    const label = html`<text
      class="phase${phase.name === 'fault' ? ' fault' : ''}${narrow}"
      x="${pc(from + width / 2)}"
      y="15"
      >${name}</text
    >`;
    return html`<rect class="${kind}" x="${pc(from)}" y="${TOP - 4}" width="${pc(width)}" height="${PLOT + 4}" /><line
        class="edge${phase.name === 'fault' ? ' fault' : ''}"
        x1="${pc(from)}"
        x2="${pc(from + width)}"
        y1="${TOP - 4}"
        y2="${TOP - 4}"
      />${width >= 8 && label}`;
  });
}

/** Labels near an edge lean inwards, where nothing cuts them off; a narrow picture has no room for that. */
function timeTick(tick: Axis['ticks'][number], at: number): Markup {
  const lean = at > 94 ? ' end minor' : at < 4 ? ' start minor' : '';
  return html`<text class="tick x${lean}${tick.minor ? ' minor' : ''}" x="${pc(at)}" y="${TOP + PLOT + 18}"
    >${tick.label}</text
  >`;
}

function grid(value: Axis, y: (figure: number) => number): readonly Markup[] {
  return value.ticks.map((tick) => {
    const at = fixed(TOP + y(tick.at));
    return html`<line class="grid" x1="0" x2="100%" y1="${at}" y2="${at}" /><text
        class="tick y"
        x="-8"
        y="${at}"
        dy=".35em"
        >${tick.label}</text
      >`;
  });
}

/** Gaps that lie so close that no eye could part them become one: a figure that comes and goes is one hatched field. */
function mergeNarrow(gaps: readonly Span[], time: Axis): readonly Span[] {
  const closest = (time.to - time.from) * 0.006;
  const merged: Span[] = [];
  for (const gap of gaps) {
    const last = merged.at(-1);
    if (last !== undefined && gap.from - last.to < closest) merged[merged.length - 1] = { from: last.from, to: gap.to };
    else merged.push(gap);
  }
  return merged;
}

function gapMark(from: number, to: number): Markup {
  const label = html`<text class="gap-label" x="${pc((from + to) / 2)}" y="${TOP + PLOT - 8}">no data</text>`;
  return html`<rect
      class="gap"
      x="${pc(from)}"
      y="${TOP}"
      width="${pc(to - from)}"
      height="${PLOT}"
    />${to - from >= 9 && label}`;
}

function line(
  runs: Course['runs'],
  threshold: Threshold | null,
  x: (at: number) => number,
  y: (figure: number) => number,
): Markup {
  const path = (points: readonly Sound[]): string =>
    points.map(([at, figure], index) => `${index === 0 ? 'M' : 'L'}${inner(x(at))} ${tenth(y(figure))}`).join('');
  const lines = runs.filter((run) => run.length > 1).map(path);
  // A value between two gaps has no line: a dot keeps it on the page.
  const dots = runs.flatMap((run) => (run.length === 1 ? run : []));
  const out = threshold === null ? [] : runs.flatMap((run) => beyond(run, threshold)).filter((part) => part.length > 1);
  const level = threshold === null ? 0 : y(threshold.value);
  const area = (part: readonly Sound[]): string =>
    `${path(part)}L${inner(x(part.at(-1)?.[0] ?? 0))} ${tenth(level)}L${inner(x(part[0]?.[0] ?? 0))} ${tenth(level)}Z`;
  return html`<svg
    y="${TOP}"
    width="100%"
    height="${PLOT}"
    viewBox="0 0 ${INNER} ${PLOT}"
    preserveAspectRatio="none"
    overflow="visible"
  >
    ${
      out.length > 0 && html`<path class="breach-area" d="${out.map(area).join('')}" />`
    }${lines.length > 0 && html`<path class="course" d="${lines.join('')}" />`}${
      out.length > 0 && html`<path class="course breach" d="${out.map(path).join('')}" />`
    }${dots.length > 0 && html`<path class="dot" d="${dots.map((dot) => `${path([dot])}h0`).join('')}" />`}
  </svg>`;
}

function bound(chart: Chart, y: (figure: number) => number): Markup | null {
  if (chart.threshold === null) return null;
  const at = TOP + y(chart.threshold.value);
  // The words stand on the wrong side, where a healthy course is not, unless they would fall out of the picture.
  const below = chart.threshold.direction === 'above' ? at + 18 < TOP + PLOT : at - 16 < TOP;
  return html`<line class="bound" x1="0" x2="100%" y1="${fixed(at)}" y2="${fixed(at)}" /><text
      class="bound-label"
      x="100%"
      dx="-6"
      y="${fixed(below ? at + 15 : at - 7)}"
      >${clip(chart.bound ?? '', 40)}</text
    >`;
}

function marks(
  runs: Course['runs'],
  chart: Chart,
  x: (at: number) => number,
  y: (figure: number) => number,
): readonly Markup[] {
  const threshold = chart.threshold;
  if (threshold === null) return [];
  const out = runs.flat().filter(([, figure]) => isBeyond(figure, threshold));
  const worst = out.reduce<Sound | null>(
    (far, point) => (far === null || further(point, far, threshold) ? point : far),
    null,
  );
  return [
    ...(out.length > MOST_MARKS ? [] : out.map((point) => mark(point, chart, x, y))),
    ...(worst === null ? [] : [worstLabel(worst, chart, x, y)]),
  ];
}

const further = ([, a]: Sound, [, b]: Sound, threshold: Threshold): boolean =>
  threshold.direction === 'above' ? a < b : a > b;

function mark([at, figure]: Sound, chart: Chart, x: (at: number) => number, y: (figure: number) => number): Markup {
  return html`<svg x="${pc(x(at))}" y="${fixed(TOP + y(figure))}" overflow="visible">
    <path class="mark" d="M0-4.5 4.5 0 0 4.5-4.5 0z">
      <title>${formatFigure(figure, chart.unit, chart.threshold?.value)} at ${formatClock(at)}</title>
    </path>
  </svg>`;
}

/** The worst value in figures, beyond its point, or on the near side where the picture ends. */
function worstLabel(
  [at, figure]: Sound,
  chart: Chart,
  x: (at: number) => number,
  y: (figure: number) => number,
): Markup {
  const height = y(figure);
  const under = chart.threshold?.direction === 'above' ? height + 20 < PLOT : height < 18;
  const anchor = x(at) > 90 ? ' end' : x(at) < 10 ? ' start' : '';
  return html`<text class="worst${anchor}" x="${pc(x(at))}" y="${fixed(TOP + height + (under ? 19 : -10))}"
    >${formatFigure(figure, chart.unit, chart.threshold?.value)}</text
  >`;
}

/** A line with its label at the end where a course that recovers is not: at the foot where good is up. */
function momentMark(moment: Chart['moments'][number], foot: boolean, x: (at: number) => number): Markup {
  const at = x(moment.at);
  const anchor = at > 60 ? 'end' : 'start';
  return html`<line class="moment" x1="${pc(at)}" x2="${pc(at)}" y1="${TOP - 4}" y2="${TOP + PLOT}" /><text
      class="moment-label ${anchor}"
      x="${pc(at)}"
      dx="${anchor === 'end' ? -6 : 6}"
      y="${foot ? TOP + PLOT - 10 : TOP + 14}"
      >${moment.label}</text
    >`;
}

/** SVG text cannot wrap or end in dots by itself. */
function clip(text: string, most: number): string {
  return text.length > most ? `${text.slice(0, most - 1)}…` : text;
}

function pc(percent: number): string {
  return `${fixed(percent)}%`;
}

function inner(percent: number): string {
  return tenth((percent * INNER) / 100);
}

/** Coordinates of lines: a tenth of a pixel is finer than any eye, and lines are most of a page. */
function tenth(value: number): string {
  return String(Number(value.toFixed(1)));
}

function fixed(value: number): string {
  return String(Number(value.toFixed(2)));
}
