import { createHistogram } from 'node:perf_hooks';
import type { RecordableHistogram } from 'node:perf_hooks';
import type { PhaseLoad } from './load-spec.ts';

/** An hour: nothing that is measured here takes longer. */
const HIGHEST_US = 3_600_000_000;

/** Counts and times of the requests that fell due in one phase. */
export class PhaseCounts {
  readonly name: string;
  sent = 0;
  failed = 0;
  readonly #latencyUs: RecordableHistogram = createHistogram({ lowest: 1, highest: HIGHEST_US, figures: 3 });
  readonly #latenessUs: RecordableHistogram = createHistogram({ lowest: 1, highest: HIGHEST_US, figures: 3 });

  constructor(name: string) {
    this.name = name;
  }

  /** How late a request left. */
  left(lateMs: number): void {
    this.sent++;
    this.#latenessUs.record(microseconds(lateMs));
  }

  /** From the due time to the last byte of the answer, or to giving up on it. */
  took(ms: number): void {
    this.#latencyUs.record(microseconds(ms));
  }

  figures(): PhaseLoad {
    return {
      name: this.name,
      sent: this.sent,
      failed: this.failed,
      p50Ms: quantileMs(this.#latencyUs, 50),
      p99Ms: quantileMs(this.#latencyUs, 99),
      lateP99Ms: quantileMs(this.#latenessUs, 99),
    };
  }
}

function microseconds(ms: number): number {
  return Math.min(HIGHEST_US, Math.max(1, Math.round(ms * 1000)));
}

function quantileMs(histogram: RecordableHistogram, percentile: number): number | null {
  return histogram.count === 0 ? null : histogram.percentile(percentile) / 1000;
}
