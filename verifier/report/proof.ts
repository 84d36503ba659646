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

/** The ledgers of one rule at one target, added up over its sidecars. */
interface RuleSum {
  readonly target: string;
  readonly rule: string;
  readonly matched: number;
  readonly injected: number;
}

export interface Proof {
  /** Never added up over rules: one request may match several, and counts in the ledger of each. */
  readonly rules: readonly RuleSum[];
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
    rules: ruleSums(journal.injection),
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
  const idle = proof.rules.filter((rule) => rule.injected === 0).length;
  if (idle > 0)
    return { label, value: idle === 1 ? 'a rule did not act' : `${idle} rules did not act`, tone: 'unsure' };
  const [first] = proof.rules;
  const value =
    first !== undefined && proof.rules.length === 1
      ? `broke ${formatCount(first.injected)} of ${formatCount(first.matched)}`
      : `${formatCount(proof.rules.length)} rules acted`;
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

function ruleSums(injection: Journal['injection']): readonly RuleSum[] {
  const sums = new Map<string, RuleSum>();
  for (const { target, rule, ledger } of injection) {
    const key = JSON.stringify([target, rule]);
    const sum = sums.get(key) ?? { target, rule, matched: 0, injected: 0 };
    sums.set(key, { ...sum, matched: sum.matched + ledger.matched, injected: sum.injected + ledger.injected });
  }
  return [...sums.values()];
}

function sound(line: ProofLine): boolean {
  return line.injection.agrees && line.addsUp;
}
