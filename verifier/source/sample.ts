/** Samples and series as Prometheus gives them, and the strict reading of its numbers. */

export type Labels = Readonly<Record<string, string>>;

/** A value and the time of it, Unix seconds. The value may be NaN or infinite: that is for the reader to judge. */
export interface Sample {
  readonly at: number;
  readonly value: number;
}

/** One series with its samples in the order of time. */
export interface Series {
  readonly labels: Labels;
  readonly samples: readonly Sample[];
}

const NUMBER = /^[+-]?(\d+(\.\d*)?|\.\d+)(e[+-]?\d+)?$/i;
const WORDS: Readonly<Record<string, number>> = { NaN, '+Inf': Infinity, Inf: Infinity, '-Inf': -Infinity };

/**
 * A sample value as Prometheus writes it, `"2e-03"`, `"NaN"`, `"+Inf"`; null for anything else. Number() and
 * parseFloat() would read `""` as 0 and `"0,5"` as 0: a missing value must never become a healthy one.
 */
export function parseSampleValue(text: unknown): number | null {
  if (typeof text !== 'string') return null;
  if (Object.hasOwn(WORDS, text)) return WORDS[text] ?? null;
  if (!NUMBER.test(text)) return null;
  const value = Number(text);
  return Number.isFinite(value) ? value : null;
}

/** Labels as PromQL writes them, for messages: `up{instance="a:80", job="app"}`. */
export function showLabels(labels: Labels): string {
  const { __name__: name = '', ...rest } = labels;
  const pairs = Object.keys(rest)
    .sort()
    .map((key) => `${key}=${JSON.stringify(rest[key])}`);
  return `${name}{${pairs.join(', ')}}`;
}
