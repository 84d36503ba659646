import type { Verdict } from './report/journal.ts';

/**
 * The one table of exit codes. A command without a verdict ends 0 (done), 1 (findings), 2 (bad input) or 70 (our own
 * mistake); `run` ends with the code of its verdict.
 */
export const EXIT = {
  pass: 0,
  deviated: 1,
  invalid: 2,
  inconclusive: 3,
  aborted: 4,
  'undo-failed': 5,
  unsteady: 6,
} as const satisfies Record<Verdict, number>;

export const EXIT_DONE = 0;
export const EXIT_FINDINGS = 1;
export const EXIT_BAD_INPUT = 2;
/** An error of Sidequake itself (EX_SOFTWARE of sysexits.h). */
export const EXIT_INTERNAL = 70;

/** From the worst to the best: what several findings or several runs come to. */
const WORST_FIRST: readonly number[] = [
  EXIT['undo-failed'],
  EXIT_INTERNAL,
  EXIT.aborted,
  EXIT.deviated,
  EXIT.unsteady,
  EXIT.inconclusive,
  EXIT.invalid,
  EXIT.pass,
];

/** The code of several runs. A code that is not in the table counts as an internal error. */
export function worstExitCode(codes: readonly number[]): number {
  let worst = WORST_FIRST.length - 1;
  for (const code of codes) {
    const rank = WORST_FIRST.indexOf(code);
    worst = Math.min(worst, rank === -1 ? WORST_FIRST.indexOf(EXIT_INTERNAL) : rank);
  }
  return WORST_FIRST[worst] ?? EXIT_INTERNAL;
}
