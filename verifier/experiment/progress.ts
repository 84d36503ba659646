/** What a run tells while it runs. Screens (`progress-*.ts`) turn it into text; the journal does not depend on it. */

export type Stage =
  | 'preflight'
  | 'lead-in'
  | 'baseline'
  | 'checking the baseline'
  | 'arming'
  | 'fault'
  | 'undo'
  | 'settling'
  | 'recovery'
  | 'judging'
  | 'looking back';

/** One SLI now. */
export interface LiveFigure {
  readonly name: string;
  readonly kind: string;
  readonly bound: string;
  readonly value: number | null;
  readonly reason?: string;
}

export type ProgressEvent =
  /** A stage begins; `durationMs` where it is known. */
  | { readonly kind: 'stage'; readonly stage: Stage; readonly durationMs: number | null }
  | {
      readonly kind: 'tick';
      readonly stage: Stage;
      readonly leftMs: number;
      readonly figures: readonly LiveFigure[];
      /** Exchanges broken so far; null outside the fault phase or where no ledger could be read. */
      readonly injected: number | null;
    }
  /** Whether something may be armed from here on; said before it is, and not unsaid before that is confirmed. */
  | { readonly kind: 'armed'; readonly armed: boolean }
  /** Something that people must know now. */
  | { readonly kind: 'notice'; readonly text: string };

export type Progress = (event: ProgressEvent) => void;
