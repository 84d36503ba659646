/**
 * What a page says, taken from a journal: pure, no markup. Pages are made from this and from the journal and from
 * nothing else: no clock, no network, no file.
 */
import { chartsOf, spanOf } from './charts.ts';
import { formatCount } from './format.ts';
import { formatClock, formatDate, formatDuration, unixSeconds } from './format-time.ts';
import type { Journal } from './journal.ts';
import type { Level } from './levels.ts';
import { levelsOf, phaseNames } from './levels.ts';
import type { Fact, Proof } from './proof.ts';
import { faultFact, guardFact, proofOf, undoFact } from './proof.ts';
import type { Span } from './svg/course.ts';
import type { Chart } from './svg/timeline.ts';
import type { VerdictWords } from './verdict-words.ts';
import { verdictWords } from './verdict-words.ts';

export interface Report {
  readonly journal: Journal;
  /** The question; where none was asked, the experiment's name. */
  readonly title: string;
  readonly words: VerdictWords;
  /** When and how long: `21 Nov 2026, 12:30:05 – 12:33:20 UTC`. */
  readonly when: string;
  readonly lasted: string;
  readonly facts: readonly Fact[];
  readonly phases: readonly string[];
  readonly levels: readonly Level[];
  readonly charts: readonly Chart[];
  readonly span: Span;
  readonly proof: Proof;
}

/** The view of one journal. `charts`: how many timelines share the page, if there are more than its own. */
export function reportOf(journal: Journal, charts?: number): Report {
  const levels = levelsOf(journal);
  const proof = proofOf(journal);
  const from = unixSeconds(journal.startedAt);
  const to = unixSeconds(journal.endedAt);
  const endDay = formatDate(to) === formatDate(from) ? '' : `${formatDate(to)}, `;
  return {
    journal,
    title: journal.question ?? journal.experiment,
    words: verdictWords(journal.verdict),
    when: `${formatDate(from)}, ${formatClock(from)} – ${endDay}${formatClock(to)} UTC`,
    lasted: formatDuration(to - from),
    facts: [levelFact(levels), faultFact(proof), guardFact(journal), undoFact(journal)],
    phases: phaseNames(journal),
    levels,
    charts: chartsOf(journal, charts),
    span: spanOf(journal),
    proof,
  };
}

function levelFact(levels: readonly Level[]): Fact {
  const label = 'Service levels';
  if (levels.length === 0) return { label, value: 'none judged', tone: 'plain' };
  const count = (verdict: Level['verdict']): number => levels.filter((level) => level.verdict === verdict).length;
  const [held, broken, unknown] = [count('pass'), count('deviated'), count('inconclusive')];
  // A run that ended early has judged its baseline and nothing else: that is no success of anything.
  const early = levels.every((level) => level.cells.every((cell) => cell.phase === 'baseline'));
  const where = early ? ' (baseline only)' : '';
  if (held === levels.length) {
    const value = held === 1 ? 'held' : held === 2 ? 'both held' : `all ${formatCount(held)} held`;
    return { label, value: value + where, tone: early ? 'plain' : 'good' };
  }
  const parts = [
    [broken, 'broken'],
    [unknown, 'not known'],
    [held, 'held'],
  ] as const;
  const said = parts.filter(([number]) => number > 0).map(([number, word]) => `${formatCount(number)} ${word}`);
  return { label, value: said.join(', ') + where, tone: broken > 0 ? 'bad' : 'unsure' };
}
