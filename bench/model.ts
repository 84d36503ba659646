/** What a run of the bench is made of: scenarios, in each a row per engine, in each row a list of figures per round. */

/** One measured or derived figure, by round; null where a round gave none. */
type Samples = Readonly<Record<string, readonly (number | null)[]>>;

/** What one engine did in one scenario. */
export interface Row {
  readonly engine: string;
  readonly title: string;
  readonly samples: Samples;
  /** Why the figures must not be used; empty in a sound row. */
  readonly problems: readonly string[];
}

/** How a figure is shown. */
export interface Column {
  readonly key: string;
  readonly title: string;
  readonly digits: number;
}

/** One scenario of a run. */
export interface ScenarioResult {
  readonly name: string;
  readonly title: string;
  readonly columns: readonly Column[];
  readonly rows: readonly Row[];
  /** What has to be known to read the rows. */
  readonly notes: readonly string[];
}

/** Where and when a run was made. */
export interface Conditions {
  readonly startedAt: string;
  readonly seconds: number;
  /** Share (0..1) of the machine's CPU time that other work took meanwhile; null where that cannot be told. */
  readonly otherLoad: number | null;
  readonly machine: readonly string[];
  readonly versions: Readonly<Record<string, string>>;
  readonly load: string;
  readonly cores: string;
  /** How many, in words. */
  readonly rounds: string;
  readonly secondsPerRound: number;
  /** What could not be measured, and what to install. */
  readonly missing: readonly string[];
}

/** One target and how the run stands to it. */
export interface TargetResult {
  readonly says: string;
  readonly limit: number;
  readonly unit: string;
  /** Null where the run has no sound figure for it. */
  readonly value: number | null;
  readonly met: boolean | null;
}

/** A whole run, as written to `bench/results/latest.json`. */
export interface RunResult {
  readonly schema: 'sidequake/bench/v1';
  readonly conditions: Conditions;
  readonly scenarios: readonly ScenarioResult[];
  readonly targets: readonly TargetResult[];
}

/** Rounds of a scenario where the command line gives none: a median that a target hangs on takes more of them. */
export const ROUNDS = { targeted: 5, other: 3 } as const;

/** The median over rounds, or null where no round gave a figure. */
export function median(values: readonly (number | null)[]): number | null {
  const sorted = values.filter((value) => value !== null).sort((a, b) => a - b);
  const middle = sorted.length / 2;
  const upper = sorted[Math.floor(middle)];
  if (upper === undefined) return null;
  return Number.isInteger(middle) ? ((sorted[middle - 1] ?? upper) + upper) / 2 : upper;
}

/** The figure of a row, or null where there is none or the row is invalid. */
export function figure(row: Row | undefined, key: string): number | null {
  if (row === undefined || row.problems.length > 0) return null;
  return median(row.samples[key] ?? []);
}
