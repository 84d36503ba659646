/**
 * The chart of the README: four small bar charts as one SVG. It brings its own background, so it reads the same on a
 * light and on a dark page.
 */
import { type Row, type RunResult, type ScenarioResult, figure } from '../model.ts';
import { shown } from './table.ts';

/** One of the small charts. */
interface Panel {
  readonly scenario: string;
  readonly figure: string;
  readonly title: string;
  readonly unit: string;
  readonly digits: number;
}

const PANELS: readonly Panel[] = [
  { scenario: '1k', figure: 'cpuUs', title: 'CPU per request, kept connections, 1 KB', unit: 'us', digits: 1 },
  { scenario: '1m', figure: 'cpuUs', title: 'CPU per request, 1 MB bodies', unit: 'us', digits: 0 },
  { scenario: 'close', figure: 'cpuUs', title: 'CPU per request, a connection each', unit: 'us', digits: 0 },
  { scenario: 'load-1000', figure: 'rssMib', title: 'Memory, 1,000 connections under load', unit: 'MiB', digits: 0 },
];

const WIDTH = 880;
const PANEL_WIDTH = 410;
const MARGIN = 20;
const HEAD = 62;
const TITLE_HEIGHT = 26;
const BAR_STEP = 24;
const BAR_HEIGHT = 15;
const LABEL_WIDTH = 112;
const VALUE_WIDTH = 74;
const COLOURS = {
  ground: '#fbfaf7',
  edge: '#d9d5ca',
  text: '#26231d',
  faint: '#6b665a',
  ours: '#c2410c',
  other: '#9aa5b1',
};

/** The chart of a run; panels without figures are left out. */
export function runAsSvg(run: RunResult): string {
  const panels = PANELS.flatMap((panel) => {
    const bars = barsOf(panel, run.scenarios);
    return bars.length > 0 ? [{ panel, bars }] : [];
  });
  let top = HEAD;
  const parts: string[] = [];
  for (let at = 0; at < panels.length; at += 2) {
    const pair = panels.slice(at, at + 2);
    parts.push(
      ...pair.map(({ panel, bars }, side) => panelAsSvg(panel, bars, MARGIN + side * (PANEL_WIDTH + 20), top)),
    );
    top += TITLE_HEIGHT + Math.max(...pair.map(({ bars }) => bars.length)) * BAR_STEP + 24;
  }
  const height = top + 18;
  const { startedAt, machine } = run.conditions;
  return `<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 ${WIDTH} ${height}" width="${WIDTH}" height="${height}" role="img" aria-label="${escaped(spoken(panels))}" font-family="system-ui, -apple-system, 'Segoe UI', sans-serif" font-size="13">
<rect x="0.5" y="0.5" width="${WIDTH - 1}" height="${height - 1}" rx="8" fill="${COLOURS.ground}" stroke="${COLOURS.edge}"/>
${text(MARGIN, 28, 'What the sidecar costs, side by side in one run', { size: 17, weight: 600 })}
${text(MARGIN, 47, 'Lower is better. Sidequake with metrics on and one armed rule that no request matches.', { fill: COLOURS.faint })}
${parts.join('\n')}
${text(MARGIN, height - 14, `${startedAt.slice(0, 10)}, ${machine[0] ?? ''}`, { fill: COLOURS.faint, size: 11 })}
</svg>
`;
}

interface Bar {
  readonly label: string;
  readonly value: number;
  readonly ours: boolean;
}

function barsOf(panel: Panel, scenarios: readonly ScenarioResult[]): Bar[] {
  const rows = scenarios.find(({ name }) => name === panel.scenario)?.rows ?? [];
  return rows
    .filter(({ engine }) => engine === 'sidequake' || !engine.startsWith('sidequake-'))
    .flatMap((row) => barOf(row, panel.figure))
    .sort((a, b) => a.value - b.value);
}

function barOf(row: Row, key: string): Bar[] {
  const value = figure(row, key);
  const ours = row.engine === 'sidequake';
  return value === null ? [] : [{ label: ours ? 'Sidequake' : row.engine, value, ours }];
}

function panelAsSvg(panel: Panel, bars: readonly Bar[], left: number, top: number): string {
  const longest = Math.max(...bars.map(({ value }) => value));
  const room = PANEL_WIDTH - LABEL_WIDTH - VALUE_WIDTH;
  const drawn = bars.map(({ label, value, ours }, at) => {
    const y = top + TITLE_HEIGHT + at * BAR_STEP;
    const width = Math.max(2, (value / longest) * room);
    const weight = ours ? 600 : 400;
    return [
      text(left + LABEL_WIDTH - 8, y + 12, label, { anchor: 'end', weight }),
      `<rect x="${left + LABEL_WIDTH}" y="${y}" width="${width.toFixed(1)}" height="${BAR_HEIGHT}" rx="2" fill="${ours ? COLOURS.ours : COLOURS.other}"/>`,
      text(left + LABEL_WIDTH + width + 6, y + 12, `${shown(value, panel.digits)} ${panel.unit}`, { weight }),
    ].join('\n');
  });
  return [text(left, top + 10, panel.title, { weight: 600 }), ...drawn].join('\n');
}

function text(
  x: number,
  y: number,
  content: string,
  style: { anchor?: string; fill?: string; size?: number; weight?: number },
): string {
  const { anchor = 'start', fill = COLOURS.text, size = 13, weight = 400 } = style;
  const place = `x="${x.toFixed(1)}" y="${y}" text-anchor="${anchor}"`;
  return `<text ${place} fill="${fill}" font-size="${size}" font-weight="${weight}">${escaped(content)}</text>`;
}

/** The same for those who do not see it. */
function spoken(panels: readonly { panel: Panel; bars: readonly Bar[] }[]): string {
  return panels
    .map(({ panel, bars }) => {
      const figures = bars.map(({ label, value }) => `${label} ${shown(value, panel.digits)}`).join(', ');
      return `${panel.title} (${panel.unit}): ${figures}`;
    })
    .join('. ');
}

function escaped(content: string): string {
  return content.replaceAll('&', '&amp;').replaceAll('<', '&lt;').replaceAll('>', '&gt;').replaceAll('"', '&quot;');
}
