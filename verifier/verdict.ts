import { EXIT, worstExitCode } from './exit.ts';
import type { ExpectationResult, Journal, Verdict } from './report/journal.ts';

/**
 * The algebra of verdicts: many findings in, one verdict with its reason out. Pure. It fails closed: a run in which
 * nothing was judged, or nothing was injected, is never a pass.
 */

/** One thing a run has found out, with the verdict it alone would come to. */
export interface Finding {
  readonly verdict: Verdict;
  /** One sentence for people. */
  readonly reason: string;
}

/** What a finished run knows about itself. */
export interface RunFindings {
  /** What stopped the run before or while it ran: bad input, a guard, the operator, a lost Prometheus, ... */
  readonly stops: readonly Finding[];
  /** Judged phases after the baseline. */
  readonly expectations: readonly ExpectationResult[];
  readonly injection: Journal['injection'];
  readonly undo: Journal['undo'];
  /** Whether faults have been armed at all. */
  readonly injected: boolean;
}

/** The worst finding, and how many more speak against a pass. */
export function conclude(run: RunFindings): Finding {
  const findings: Finding[] = [...run.stops];
  if (!run.undo.confirmed) {
    findings.push({ verdict: 'undo-failed', reason: undoFailed(run.undo.left) });
  }
  for (const result of run.expectations) {
    findings.push({ verdict: result.verdict, reason: `${result.name} in ${result.phase}: ${result.reason}` });
  }
  for (const proof of run.injection) {
    if (!proof.agrees) findings.push({ verdict: 'inconclusive', reason: proof.reason });
  }
  // Without these two an empty list would be a pass.
  if (run.stops.length === 0 && run.expectations.length === 0) {
    findings.push({ verdict: 'inconclusive', reason: 'No expectation was judged.' });
  }
  if (run.stops.length === 0 && (!run.injected || run.injection.length === 0)) {
    findings.push({ verdict: 'inconclusive', reason: 'No fault was injected.' });
  }
  return worst(findings) ?? { verdict: 'inconclusive', reason: 'Nothing was found out.' };
}

/** The worst of several findings, the first of equals; undefined where there are none. */
function worst(findings: readonly Finding[]): Finding | undefined {
  const code = worstExitCode(findings.map((finding) => EXIT[finding.verdict]));
  const chosen = findings.find((finding) => EXIT[finding.verdict] === code);
  if (chosen === undefined || chosen.verdict !== 'pass') return chosen;
  return { verdict: 'pass', reason: 'Every expectation held in every phase, and the faults were really there.' };
}

/**
 * Steady state: all expectations, judged on the baseline. Anything but a clear yes stops the run before a fault is
 * armed.
 */
export function unsteadiness(baseline: readonly ExpectationResult[]): Finding | null {
  const deviated = baseline.find((result) => result.verdict === 'deviated');
  if (deviated !== undefined) {
    return {
      verdict: 'unsteady',
      reason: `The baseline does not hold, so nothing was injected. ${deviated.name}: ${deviated.reason}`,
    };
  }
  const unsure = baseline.find((result) => result.verdict === 'inconclusive');
  if (unsure === undefined) return null;
  return {
    verdict: 'inconclusive',
    reason: `The baseline cannot be judged, so nothing was injected. ${unsure.name}: ${unsure.reason}`,
  };
}

function undoFailed(left: readonly string[]): string {
  return `It could not be confirmed that the fault is gone: ${left.join('; ')}`;
}
