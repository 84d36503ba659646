/** An injected exchange, for the log. */
export interface InjectionRecord {
  readonly rules: readonly string[];
  readonly faults: string;
  readonly method: string;
  readonly path: string;
  /** Of the answer the proxy invented; null where the app answered. */
  readonly status: number | null;
  /** How long the exchange was held. */
  readonly heldMs: number;
  readonly traceparent: string | null;
}

/** What the data path tells the log: one line for each injected exchange, none for one that passed. */
export interface InjectionLog {
  injected(record: InjectionRecord): void;
  /** A defect of ours. @param consequence - what it has cost */
  defect(consequence: string, error: unknown): void;
}
