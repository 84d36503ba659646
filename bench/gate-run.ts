/** The gate of a run: what looks worse is measured once more before it fails. */
import type { ScenarioResult } from './model.ts';
import { type Baseline, compare, findingAsText } from './report/gate.ts';
import { pooled, withRatios } from './report/ratios.ts';
import { type Session, runSession } from './session.ts';

/** Compares with the baseline; a scenario that fails is measured again and judged on all of its rounds. */
export async function passGate(
  baseline: Baseline,
  first: readonly ScenarioResult[],
  session: Session,
): Promise<{ results: readonly ScenarioResult[]; passed: boolean }> {
  const engines = [...new Set(session.engines.map(({ name }) => name))];
  const failed = new Set(
    compare(baseline, first, engines)
      .filter(({ passed }) => !passed)
      .map(({ scenario }) => scenario),
  );
  let results = first;
  if (failed.size > 0) {
    console.log(`Worse than the baseline, measured again: ${[...failed].join(', ')}`);
    const scenarios = session.scenarios.filter(({ name }) => failed.has(name));
    const second = await runSession({ ...session, scenarios });
    results = first.map((scenario) => merged(scenario, second));
  }
  const findings = compare(baseline, results, engines);
  console.log(['Gate', ...findings.map((finding) => findingAsText(finding))].join('\n'));
  if (findings.length === 0) console.log('FAILED  nothing of the baseline was measured');
  return { results, passed: findings.length > 0 && findings.every(({ passed }) => passed) };
}

function merged(scenario: ScenarioResult, again: readonly ScenarioResult[]): ScenarioResult {
  const second = again.find(({ name }) => name === scenario.name);
  if (second === undefined) return scenario;
  const cost = scenario.rows.some(({ samples }) => 'cpuMs' in samples) ? 'cpuMs' : 'cpuUs';
  return { ...scenario, rows: withRatios(pooled(scenario.rows, second.rows), cost) };
}
