/** Proof of injection: what the ledgers of the sidecars say, pod by pod and together. */
import { formatCount } from './format.ts';
import { formatClock, unixSeconds } from './format-time.ts';
import type { Journal } from './journal.ts';
import type { Tone } from './verdict-words.ts';

type Injection = Journal['injection'][number];

/** One ledger, checked. */
export interface ProofLine {
  readonly injection: Injection;
  /** `matched = injected + skipped` holds. */
  readonly addsUp: boolean;
  /** Skips as words: `share 1,476`, `ramp 12`. */
  readonly skipped: readonly string[];
}

export interface Proof {
  readonly matched: number;
  readonly injected: number;
  /** Those that disagree first, then as in the journal. */
  readonly lines: readonly ProofLine[];
  readonly disagreeing: number;
}

/** The ledgers of a journal, added up. */
export function proofOf(journal: Journal): Proof {
  const lines = journal.injection.map((injection) => {
    const skips = Object.entries(injection.ledger.skipped).filter(([, count]) => count !== 0);
    const skipped = skips.reduce((sum, [, count]) => sum + count, 0);
    return {
      injection,
      addsUp: injection.ledger.matched === injection.ledger.injected + skipped,
      skipped: skips.map(([reason, count]) => `${reason} ${formatCount(count)}`),
    };
  });
  const bad = lines.filter((line) => !sound(line));
  return {
    matched: journal.injection.reduce((sum, { ledger }) => sum + ledger.matched, 0),
    injected: journal.injection.reduce((sum, { ledger }) => sum + ledger.injected, 0),
    lines: [...bad, ...lines.filter(sound)],
    disagreeing: bad.length,
  };
}

/** One of the facts at the top of the page. */
export interface Fact {
  readonly label: string;
  readonly value: string;
  readonly tone: Tone | 'plain';
}

/** The fault in a few words. */
export function faultFact(proof: Proof): Fact {
  const label = 'Fault';
  if (proof.lines.length === 0) return { label, value: 'nothing injected', tone: 'plain' };
  if (proof.injected === 0) return { label, value: 'did not act', tone: 'unsure' };
  const value = `broke ${formatCount(proof.injected)} of ${formatCount(proof.matched)}`;
  return { label, value, tone: proof.disagreeing === 0 ? 'good' : 'unsure' };
}

/** The guards in a few words. */
export function guardFact(journal: Journal): Fact {
  const label = 'Guards';
  const tripped = journal.guards.find((guard) => guard.tripped);
  if (journal.guards.length === 0) return { label, value: 'none set', tone: 'plain' };
  if (tripped === undefined) return { label, value: 'none tripped', tone: 'good' };
  const at = tripped.at === null ? '' : ` at ${formatClock(unixSeconds(tripped.at))}`;
  return { label, value: `${tripped.of} tripped${at}`, tone: 'bad' };
}

/** The undo in a few words. */
export function undoFact(journal: Journal): Fact {
  const label = 'Undo';
  if (!journal.undo.confirmed) return { label, value: 'not confirmed', tone: 'bad' };
  if (journal.undo.at === null) return { label, value: 'nothing to take back', tone: 'plain' };
  return { label, value: `confirmed ${formatClock(unixSeconds(journal.undo.at))}`, tone: 'good' };
}

function sound(line: ProofLine): boolean {
  return line.injection.agrees && line.addsUp;
}
