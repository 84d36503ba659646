/** The ledger entries of all rules, those of removed rules included. */
import type { Rule } from '../config/rule.ts';
import { LedgerEntry, SKIP_REASONS } from './ledger.ts';

/** Entries of removed rules that are kept; a rule put again goes on counting. */
const MOST_RETIRED = 256;

/** The counts of one rule in `GET /ledger`. */
export interface LedgerCounts {
  readonly matched: number;
  readonly injected: number;
  /** Reasons that have occurred. */
  readonly skipped: Readonly<Record<string, number>>;
  readonly active: number;
}

export class Ledgers {
  private readonly entries = new Map<string, LedgerEntry>();
  /** In the order of removal. */
  private readonly retired = new Set<string>();

  /** The entry of a rule: the same one whatever becomes of the rule's text. */
  of(rule: Rule): LedgerEntry {
    const faultNames = rule.faults.map(({ name }) => name).join('+');
    this.retired.delete(rule.id);
    const known = this.entries.get(rule.id);
    if (known) {
      known.faultNames = faultNames;
      return known;
    }
    const entry = new LedgerEntry(rule.id, faultNames);
    this.entries.set(rule.id, entry);
    return entry;
  }

  /** The rule is gone. Its counts stay readable, so that an undo can be checked, until many others have gone as well. */
  retire(id: string): void {
    this.retired.add(id);
    for (const oldest of this.retired) {
      if (this.retired.size <= MOST_RETIRED) return;
      this.retired.delete(oldest);
      this.entries.delete(oldest);
    }
  }

  all(): Iterable<LedgerEntry> {
    return this.entries.values();
  }

  counts(): Record<string, LedgerCounts> {
    return Object.fromEntries([...this.entries].map(([id, entry]) => [id, countsOf(entry)]));
  }
}

function countsOf({ matched, injected, skipped, active }: LedgerEntry): LedgerCounts {
  const reasons = SKIP_REASONS.map((reason, index) => [reason, skipped[index] ?? 0] as const);
  return { matched, injected, skipped: Object.fromEntries(reasons.filter(([, count]) => count > 0)), active };
}
