/**
 * A bracket and its bound as a picture the size of a word: how far a figure is from where it must not go, at a glance.
 */
import type { Markup } from '../markup.ts';
import { html } from '../markup.ts';

export interface Range {
  readonly low: number | null;
  readonly high: number | null;
  readonly bound: number;
  /** The side of the bound where the figure must lie: its track is solid, the other side's dotted. */
  readonly goodSide: 'above' | 'below' | 'both';
  /** The ends of the picture: the same in every cell of a row, so that the phases can be compared. */
  readonly from: number;
  readonly to: number;
  readonly tone: string;
}

const WIDTH = 132;
const HEIGHT = 14;
const EDGE = 5;
const MIDDLE = HEIGHT / 2;

/** A bar from low to high (a dot when they meet, an arrow where a side is open) over a track with the bound as a post. */
export function rangeSvg(range: Range): Markup {
  const span = range.to - range.from || 1;
  const x = (value: number): number =>
    Math.min(WIDTH - EDGE, Math.max(EDGE, EDGE + ((WIDTH - 2 * EDGE) * (value - range.from)) / span));
  const low = x(range.low ?? range.from);
  const high = x(range.high ?? range.to);
  const post = x(range.bound);
  const thin = high - low < 6;
  const at = (low + high) / 2;
  const known = range.low !== null || range.high !== null;
  const body = thin
    ? html`<circle cx="${n(at)}" cy="${MIDDLE}" r="4" />`
    : html`<rect x="${n(low)}" y="${MIDDLE - 3}" width="${n(high - low)}" height="6" rx="3" />`;
  return html`<svg
    class="range ${range.tone}"
    width="${WIDTH}"
    height="${HEIGHT}"
    viewBox="0 0 ${WIDTH} ${HEIGHT}"
    aria-hidden="true"
  >
    ${track(0, post, range.goodSide !== 'above')}${track(post, WIDTH, range.goodSide !== 'below')} ${known && body}
    <line class="post" x1="${n(post)}" x2="${n(post)}" y1="0" y2="${HEIGHT}" />
  </svg>`;
}

function track(from: number, to: number, good: boolean): Markup {
  return html`<line
    class="track${good ? '' : ' wrong'}"
    x1="${n(from)}"
    x2="${n(to)}"
    y1="${MIDDLE}"
    y2="${MIDDLE}"
  />`;
}

/** The ends that hold all the figures of a row and its bound, with some air. */
export function rangeEnds(values: readonly (number | null)[]): { from: number; to: number } {
  const known = values.filter((value) => value !== null);
  const from = known.reduce((a, b) => Math.min(a, b), Infinity);
  const to = known.reduce((a, b) => Math.max(a, b), -Infinity);
  if (from > to) return { from: 0, to: 1 };
  const air = (to - from || Math.abs(to) || 1) * 0.08;
  return { from: from - air, to: to + air };
}

function n(value: number): string {
  return String(Number(value.toFixed(1)));
}
