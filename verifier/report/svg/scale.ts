/**
 * Axes: where the ticks lie and what they say. Steps are 1, 2 or 5 times a power of ten (for time: steps of a clock), so
 * that a reader can interpolate in the head.
 */
import type { Unit } from '../format.ts';
import { scaleFor } from '../format.ts';
import { formatClock, formatDuration } from '../format-time.ts';

interface Tick {
  /** In the unit of the axis; Unix seconds on a time axis. */
  readonly at: number;
  readonly label: string;
  /** Left out where the picture is narrow. */
  readonly minor: boolean;
}

export interface Axis {
  readonly from: number;
  readonly to: number;
  readonly ticks: readonly Tick[];
}

/** Beyond this the arithmetic of an axis would overflow, below its inverse it would underflow. */
const BIGGEST = 1e150;

/** The smallest step of the form 1, 2, 5 x 10^n that cuts `span` into at most `most` parts. */
export function niceStep(span: number, most: number): number {
  const raw = span / most;
  const power = 10 ** Math.floor(Math.log10(raw));
  // The tolerance keeps a step that is exact on paper but a hair too small in binary.
  const factor = [1, 2, 5].find((candidate) => candidate * power >= raw * (1 - 1e-9)) ?? 10;
  return factor * power;
}

/**
 * The value axis for figures of one unit: holds all of them and the threshold. A ratio is shown close up (an axis from 0
 * would hide the fifth of a percent that an objective is about) but never beyond 0 and 100 %; other figures that are
 * never negative start at 0.
 */
export function valueAxis(values: readonly number[], threshold: number | null, unit: Unit): Axis {
  let least = threshold ?? Infinity;
  let most = threshold ?? -Infinity;
  for (const given of values) {
    const value = Math.min(BIGGEST, Math.max(-BIGGEST, given));
    least = Math.min(least, value);
    most = Math.max(most, value);
  }
  if (least > most) [least, most] = [0, 1];
  // A little beyond the greatest figure, where the axis will end: 0.95 s is shown on an axis of seconds.
  const { factor, sign } = scaleFor(unit, Math.max(Math.abs(least), Math.abs(most)) * 1.15);
  let [low, high] = padded(least * factor, most * factor, unit);
  if (high - low < 1 / BIGGEST) high = low + 1;
  const step = niceStep(high - low, 4);
  low = Math.floor(low / step + 1e-9) * step;
  high = Math.ceil(high / step - 1e-9) * step;
  const decimals = Math.max(0, -Math.floor(Math.log10(step) + 1e-9));
  const ticks: Tick[] = [];
  for (let index = 0; low + index * step <= high + step / 2; index++) {
    const shown = low + index * step;
    ticks.push({ at: shown / factor, label: `${tickText(shown, decimals)}${sign}`, minor: index % 2 === 1 });
  }
  return { from: low / factor, to: high / factor, ticks };
}

function padded(least: number, most: number, unit: Unit): [number, number] {
  // A flat course still needs a height; relative to the figure so that 1e-9 and 1e9 both get one.
  const span = most - least || Math.abs(most) * 0.1 || 1;
  const pad = span * 0.06;
  if (unit === 'ratio') {
    const low = least >= 0 ? Math.max(0, least - pad) : least - pad;
    return [low, most <= 100 ? Math.min(100, most + pad) : most + pad];
  }
  return least >= 0 ? [0, most + pad || 1] : [least - pad, most + pad];
}

function tickText(value: number, decimals: number): string {
  if (decimals > 9 || Math.abs(value) >= 1e15) return String(Number(value.toPrecision(8)));
  const text = Math.abs(value)
    .toFixed(decimals)
    .replaceAll(/\B(?=(\d{3})+(?!\d))(?<!\.\d*)/g, ',');
  return value < 0 && Number(text.replaceAll(',', '')) !== 0 ? `\u2212${text}` : text;
}

const CLOCK_STEPS = [1, 2, 5, 10, 15, 20, 30, 60, 120, 300, 600, 900, 1800, 3600, 7200, 14_400, 21_600, 43_200, 86_400];

/** A time axis from one Unix second to another, labelled with the clock in UTC. */
export function clockAxis(from: number, to: number): Axis {
  const step = clockStep(to - from);
  return timeAxis(from, to, 0, step, (at) => formatClock(at, step >= 60 ? 'minutes' : 'seconds'));
}

/** A time axis labelled by the distance to `origin`: `−30 s`, `0`, `+1 min`. */
export function distanceAxis(from: number, to: number, origin: number): Axis {
  return timeAxis(from, to, origin, clockStep(to - from), (at) => {
    const distance = Math.round((at - origin) * 1000) / 1000;
    return distance === 0 ? '0' : `${distance > 0 ? '+' : ''}${formatDuration(distance)}`;
  });
}

function clockStep(span: number): number {
  return CLOCK_STEPS.find((step) => span / step <= 8) ?? Math.ceil(span / 8 / 86_400) * 86_400;
}

function timeAxis(from: number, to: number, origin: number, step: number, label: (at: number) => string): Axis {
  const ticks: Tick[] = [];
  const first = Math.ceil((from - origin) / step - 1e-9);
  const last = Math.floor((to - origin) / step + 1e-9);
  for (let index = first; index <= last; index++) {
    const at = origin + index * step;
    ticks.push({ at, label: label(at), minor: index % 2 !== 0 });
  }
  return { from, to, ticks };
}
