/**
 * The gate: our ratios to the peers must not get more than 10 % worse than the committed ones. Ratios, because absolute
 * figures differ by machine; cost, because latency on a shared machine is noise.
 */
import { type ScenarioResult, figure } from '../model.ts';
import { PEERS } from './ratios.ts';

/** The committed ratios: scenario, then engine, then figure. */
export interface Baseline {
  readonly schema: 'sidequake/bench-baseline/v1';
  readonly measuredAt: string;
  readonly ratios: Readonly<Record<string, Readonly<Record<string, Readonly<Record<string, number>>>>>>;
}

/** One ratio held against the baseline. */
export interface Finding {
  readonly scenario: string;
  readonly engine: string;
  readonly figure: string;
  readonly baseline: number;
  /** Null where the run has no sound figure. */
  readonly measured: number | null;
  readonly passed: boolean;
}

/** How much worse a ratio may be. */
const ALLOWED = 1.1;

/** The ratios of our own engines in a run, to be committed. */
export function baselineOf(scenarios: readonly ScenarioResult[], measuredAt: string): Baseline {
  const ratios: Record<string, Record<string, Record<string, number>>> = {};
  for (const scenario of scenarios) {
    for (const row of scenario.rows.filter(({ engine }) => engine.startsWith('sidequake'))) {
      for (const key of Object.keys(PEERS)) {
        const value = figure(row, key);
        if (value === null) continue;
        const ofScenario = (ratios[scenario.name] ??= {});
        (ofScenario[row.engine] ??= {})[key] = Math.round(value * 1000) / 1000;
      }
    }
  }
  return { schema: 'sidequake/bench-baseline/v1', measuredAt, ratios };
}

/**
 * Compares the scenarios of a run with the baseline. A ratio of the baseline that the run should have and has not is a
 * finding that does not pass: a gate that compares nothing is open.
 *
 * @param engines - the engines that were asked for; others are not looked for
 */
export function compare(
  baseline: Baseline,
  scenarios: readonly ScenarioResult[],
  engines: readonly string[],
): Finding[] {
  const findings: Finding[] = [];
  for (const scenario of scenarios) {
    for (const [engine, figures] of Object.entries(baseline.ratios[scenario.name] ?? {})) {
      for (const [key, limit] of Object.entries(figures)) {
        if (!engines.includes(engine) || !engines.includes(peerOf(key))) continue;
        const measured = figure(
          scenario.rows.find((row) => row.engine === engine),
          key,
        );
        const passed = measured !== null && measured <= limit * ALLOWED;
        findings.push({ scenario: scenario.name, engine, figure: key, baseline: limit, measured, passed });
      }
    }
  }
  return findings;
}

/** One line for a finding. */
export function findingAsText({ scenario, engine, figure: key, baseline, measured, passed }: Finding): string {
  const name = `${scenario}: ${engine} to ${peerOf(key)}`;
  if (measured === null) return `FAILED  ${name}: no sound figure (baseline ${baseline.toFixed(3)})`;
  const change = `${measured >= baseline ? '+' : ''}${((measured / baseline - 1) * 100).toFixed(1)} %`;
  return `${passed ? 'passed' : 'FAILED'}  ${name}: ${measured.toFixed(3)}, baseline ${baseline.toFixed(3)} (${change})`;
}

function peerOf(key: string): string {
  return PEERS[key as keyof typeof PEERS] ?? key;
}
