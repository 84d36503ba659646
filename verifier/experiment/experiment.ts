import type { Rule } from '../../proxy/config/rule.ts';
import type { Prediction } from '../../proxy/faults/fault.ts';
import type { ExpectationKind } from '../expect/expectation.ts';
import type { LoadSpec } from '../load/load-spec.ts';
import type { GuardSpec } from './guard.ts';

/** An experiment as it runs: every unit turned into one number, every default filled in. Made by `read.ts`. */

export const PHASES = ['baseline', 'fault', 'recovery'] as const;
export type PhaseName = (typeof PHASES)[number];

/** One rule on one sidecar. */
export interface PlannedFault {
  readonly target: string;
  /** Admin address of the sidecar. */
  readonly admin: string;
  readonly id: string;
  /** As written, without `id`: what is sent, with the lease added. */
  readonly written: Readonly<Record<string, unknown>>;
  readonly rule: Rule;
  /** What a caller and Prometheus must see, one for each of its faults. */
  readonly predictions: readonly Prediction[];
}

export interface PlannedExpectation {
  readonly name: string;
  readonly kind: ExpectationKind;
  readonly params: { readonly name: string };
  /** Phases it is asked for. The baseline is judged by all expectations, whatever stands here. */
  readonly in: readonly PhaseName[];
}

export interface Experiment {
  readonly name: string;
  readonly question: string | null;
  readonly prometheus: { readonly url: string; readonly headers: Readonly<Record<string, string>> };
  readonly load: LoadSpec | null;
  /** Milliseconds; 0: the phase is left out. The fault's is never 0. */
  readonly phasesMs: Readonly<Record<PhaseName, number>>;
  /** Between undo and recovery; null: two scrapes. */
  readonly settleMs: number | null;
  /** How often guards are evaluated and the status line is renewed. */
  readonly intervalMs: number;
  readonly faults: readonly PlannedFault[];
  readonly expectations: readonly PlannedExpectation[];
  readonly guards: readonly GuardSpec[];
}
