import type { Rule } from '../config/rule.ts';
import type { Effect } from '../faults/fault.ts';
import type { Occurrences } from '../route/occurrences.ts';
import type { LedgerEntry } from './ledger.ts';

/** Something that an armed rule holds back and that must go on when the rule ends. */
export interface Held {
  /** Called once, when the rule that holds it has ended or was removed. */
  release(rule: ArmedRule): void;
}

/** A rule that may act now: what selection and the exchange engine see of it. Made by the rule store. */
export interface ArmedRule {
  readonly rule: Rule;
  /** Compiled once per text: each fault's effects in the order written. */
  readonly faults: readonly { readonly name: string; readonly effects: readonly Effect[] }[];
  readonly ledger: LedgerEntry;
  /** How often each call key has been seen since the rule was armed (see `route/occurrences.ts`). */
  readonly occurrences: Occurrences;
  /** Monotonic milliseconds when the rule was armed: where `ramp` counts from. */
  readonly armedAtMs: number;
  /** What it holds back now. The store releases all of it when the rule ends. */
  readonly held: Set<Held>;
}
