/**
 * Figures as people read them. Two promises: a figure that is not 100 % (or 0 %) never reads as 100 % (or 0 %), and a
 * figure beside a bound always reads as lying on the side of it where it lies. Both cost digits, never truth.
 *
 * Own code rather than `Intl`: the same journal has to give the same bytes on every machine, whatever ICU it has.
 */

export type Unit = 'ratio' | 'seconds' | 'none' | 'per-second';

/** NARROW NO-BREAK SPACE between figure and unit. */
const GAP = '\u202F';
const MINUS = '\u2212';
const MOST_DECIMALS = 12;

/** How a unit is written at a magnitude: the factor to the figure shown, and its sign. */
interface Scale {
  readonly factor: number;
  readonly sign: string;
}

/** `magnitude` is the largest figure that is to be written with this scale, in the unit itself. */
export function scaleFor(unit: Unit, magnitude: number): Scale {
  if (unit === 'ratio') return { factor: 100, sign: `${GAP}%` };
  if (unit === 'per-second') return { factor: 1, sign: '/s' };
  if (unit === 'none') return { factor: 1, sign: '' };
  const size = Math.abs(magnitude);
  if (size === 0 || size >= 1) return { factor: 1, sign: `${GAP}s` };
  return size >= 0.001 ? { factor: 1e3, sign: `${GAP}ms` } : { factor: 1e6, sign: `${GAP}µs` };
}

/** One figure with its unit. `against` is the bound it is read beside, in the same unit. */
export function formatFigure(value: number, unit: Unit, against?: number | null): string {
  const scale = scaleFor(unit, value);
  return figureText(value, unit, scale, against) + scale.sign;
}

/**
 * A bracket: `99.94 – 99.97 %`. A side that is not known leaves `at least` or `at most`; none known gives `no figure`;
 * equal sides give one figure.
 */
export function formatBracket(low: number | null, high: number | null, unit: Unit, against?: number | null): string {
  if (low === null && high === null) return 'no figure';
  if (low === null) return `at most ${formatFigure(high ?? 0, unit, against)}`;
  if (high === null) return `at least ${formatFigure(low, unit, against)}`;
  const scale = scaleFor(unit, high);
  const from = figureText(low, unit, scale, against);
  const to = figureText(high, unit, scale, against);
  return from === to ? to + scale.sign : `${from} – ${to}${scale.sign}`;
}

/** Whole numbers in groups of three: `12,345`. */
export function formatCount(count: number): string {
  return group(String(Math.round(count)).replace('-', MINUS));
}

/** A bound as the journal has it, with the signs of print: `>= 99.5 %` becomes `≥ 99.5 %`. */
export function formatBound(bound: string): string {
  return bound
    .replaceAll('>=', '≥')
    .replaceAll('<=', '≤')
    .replaceAll(/(\d) %/g, `$1${GAP}%`);
}

/** A sentence of a journal for print: a figure and its unit stay on one line, comparisons get their signs. */
export function prose(text: string): string {
  return formatBound(text).replaceAll(/(\d) (?=(?:%|µs|ms|s|min|h)(?![\p{L}\d]))/gu, `$1${GAP}`);
}

/** The figure of a scale without its sign. */
function figureText(value: number, unit: Unit, scale: Scale, against?: number | null): string {
  const shown = value * scale.factor;
  const bound = against === null || against === undefined || against === value ? null : against * scale.factor;
  if (unit === 'none' && shown !== 0 && (Math.abs(shown) < 1e-6 || Math.abs(shown) >= 1e15))
    return shown.toPrecision(4);
  let decimals = unit === 'ratio' ? percentDecimals(shown) : significantDecimals(shown, 3);
  if (bound !== null) while (decimals < MOST_DECIMALS && changesSide(shown, bound, decimals)) decimals++;
  const text = Math.abs(shown).toFixed(decimals);
  const trimmed = text.includes('.') ? text.replace(/\.?0+$/, '') : text;
  return (shown < 0 && Number(trimmed) !== 0 ? MINUS : '') + group(trimmed);
}

/** Two digits of the distance to the nearer of 0 and 100, so that 99.996 keeps its last digit; one decimal at least. */
function percentDecimals(percent: number): number {
  const distance = Math.min(Math.abs(percent), Math.abs(100 - percent));
  return distance === 0 ? 0 : Math.max(1, significantDecimals(distance, 2));
}

function significantDecimals(value: number, digits: number): number {
  if (value === 0) return 0;
  const decimals = digits - 1 - Math.floor(Math.log10(Math.abs(value)));
  return Math.min(MOST_DECIMALS, Math.max(0, decimals));
}

function changesSide(value: number, bound: number, decimals: number): boolean {
  const rounded = Number(value.toFixed(decimals));
  return Math.sign(rounded - bound) !== Math.sign(value - bound);
}

function group(digits: string): string {
  const [whole = '', fraction] = digits.split('.');
  const grouped = whole.replaceAll(/\B(?=(\d{3})+$)/g, ',');
  return fraction === undefined ? grouped : `${grouped}.${fraction}`;
}
