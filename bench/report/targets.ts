/** What our own proxy has to reach, and whether a run shows that it does. */
import { type ScenarioResult, type TargetResult, figure } from '../model.ts';

/** One target: a figure of a row, and the most it may be. */
export interface Target {
  readonly scenario: string;
  readonly engine: string;
  readonly figure: string;
  readonly atMost: number;
  readonly unit: string;
  readonly says: string;
}

export const TARGETS: readonly Target[] = [
  ratio('1k', 'xHaproxy', 1.1, 'Kept connections, 1 KB: CPU per request, times haproxy'),
  ratio('1k', 'xHttpProxy', 0.35, 'Kept connections, 1 KB: CPU per request, times http-proxy'),
  ratio('1m', 'xHaproxy', 1.15, '1 MB bodies: CPU per request, times haproxy'),
  ratio('close', 'xHaproxy', 3.5, 'A connection per request: CPU per request, times haproxy'),
  {
    scenario: 'load-1000',
    engine: 'sidequake',
    figure: 'rssMib',
    atMost: 75,
    unit: 'MiB',
    says: 'RSS under load with 1,000 connections',
  },
  {
    scenario: 'delay',
    engine: 'delay-fixed-100',
    figure: 'errorP99Ms',
    atMost: 2,
    unit: 'ms',
    says: 'Injected delay of 100 ms at 1,000 requests/s: p99 of the error',
  },
];

/** How a run stands to the targets of the scenarios it has. */
export function judgeTargets(scenarios: readonly ScenarioResult[], targets = TARGETS): TargetResult[] {
  return targets.flatMap((target) => {
    const scenario = scenarios.find(({ name }) => name === target.scenario);
    if (scenario === undefined) return [];
    const value = figure(
      scenario.rows.find(({ engine }) => engine === target.engine),
      target.figure,
    );
    const met = value === null ? null : value <= target.atMost;
    return [{ says: target.says, limit: target.atMost, unit: target.unit, value, met }];
  });
}

function ratio(scenario: string, figureKey: string, atMost: number, says: string): Target {
  return { scenario, engine: 'sidequake', figure: figureKey, atMost, unit: 'x', says };
}
