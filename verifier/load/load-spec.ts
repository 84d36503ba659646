/** What the load generator sends, every unit already turned into a number. */
export interface LoadSpec {
  /** http or https, with path and query. */
  readonly url: string;
  readonly ratePerSecond: number;
  readonly method: string;
  readonly headers: Readonly<Record<string, string>>;
  readonly body: string | null;
  /** After this time without a whole answer a request counts as failed. */
  readonly timeoutMs: number;
}

/** What the experiment runner needs of a load generator. */
export interface Load extends AsyncDisposable {
  /** Requests that fall due from now on belong to this phase; null: to none, they count in the totals only. */
  enterPhase(name: string | null): void;
  /** Stops sending; waits this long for answers still out, then counts what is left as failed. */
  stop(graceMs: number): Promise<void>;
  /** What has happened so far. */
  counts(): LoadCounts;
}

export interface LoadCounts {
  readonly sent: number;
  /** Requests without an HTTP answer. */
  readonly failed: number;
  /** By status, and failures by what went wrong are in `failures`. */
  readonly byStatus: Readonly<Record<string, number>>;
  /** Failures by cause: an error code, `timeout`, `over the cap`, `no answer at the end`. */
  readonly failures: Readonly<Record<string, number>>;
  readonly phases: readonly PhaseLoad[];
}

/** One phase as the callers saw it. Times in milliseconds; null where nothing was measured. */
export interface PhaseLoad {
  readonly name: string;
  readonly sent: number;
  readonly failed: number;
  readonly p50Ms: number | null;
  readonly p99Ms: number | null;
  readonly lateP99Ms: number | null;
}
