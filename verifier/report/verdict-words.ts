import type { ExpectationResult, Verdict } from './journal.ts';

/**
 * How each verdict is said and shown. A tone has its colour, but never the colour alone: each verdict has a word and a
 * shape of its own, so that the page reads the same in black and white.
 */
export type Tone = 'good' | 'bad' | 'unsure';

export interface VerdictWords {
  readonly word: string;
  readonly tone: Tone;
  /** One sentence: what this verdict means in general. */
  readonly meaning: string;
}

const WORDS: Readonly<Record<Verdict, VerdictWords>> = {
  pass: { word: 'Pass', tone: 'good', meaning: 'Every expectation held, on sound evidence.' },
  deviated: { word: 'Deviated', tone: 'bad', meaning: 'At least one expectation was broken.' },
  inconclusive: { word: 'Inconclusive', tone: 'unsure', meaning: 'The evidence does not carry a verdict either way.' },
  aborted: {
    word: 'Aborted',
    tone: 'bad',
    meaning: 'A guard or a person stopped the run; the fault was taken back.',
  },
  'undo-failed': { word: 'Undo failed', tone: 'bad', meaning: 'A fault may still be armed.' },
  unsteady: { word: 'Unsteady', tone: 'unsure', meaning: 'The baseline did not hold; nothing was injected.' },
  invalid: { word: 'Invalid', tone: 'unsure', meaning: 'The experiment could not be run; nothing was touched.' },
};

/** How to say a verdict. */
export function verdictWords(verdict: Verdict): VerdictWords {
  return WORDS[verdict];
}

/** Of several verdicts the worst counts, in this order. */
const WORST_FIRST: readonly ExpectationResult['verdict'][] = ['deviated', 'inconclusive', 'pass'];

/** The worst of some results; null for none. */
export function worstOf(verdicts: readonly ExpectationResult['verdict'][]): ExpectationResult['verdict'] | null {
  return WORST_FIRST.find((verdict) => verdicts.includes(verdict)) ?? null;
}
