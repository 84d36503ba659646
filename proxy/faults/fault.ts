import type * as z from 'zod';

/**
 * The contract of a fault. A fault is one value with the same five parts in the same order: `name`, `params`,
 * `applies`, `compile`, `predict`. Adding one touches its own file, one line of `registry.ts` and its test.
 *
 * Faults say *what* shall happen as a list of effects, plain values; the exchange engine (`http1/`) and the tunnel are
 * the only places that do it. So the set of faults is open, the set of effects is closed and the compiler names every
 * place that forgot one.
 */

/** An answer that the proxy invents. */
export interface Answer {
  /** 200..599 */
  readonly status: number;
  /** As written by the user; names keep their case. */
  readonly headers: readonly (readonly [name: string, value: string])[];
  readonly body: Uint8Array;
  /** Whether the answer carries `sidequake: injected RULE/FAULT`. */
  readonly mark: boolean;
}

/** One thing the engine does to an exchange. */
export type Effect =
  /** Keeps the request back. `uniform` lies in (0, 1) and is drawn from the exchange's key, so a run can be repeated. */
  | { readonly kind: 'hold'; readonly delayMs: (uniform: number) => number }
  /** Answers in the app's place; the app never sees the request. Terminal: nothing can follow it. */
  | { readonly kind: 'answer'; readonly answer: Answer };

/** What a caller and Prometheus must see where the fault acts: the verifier's proof that it did. */
export interface Prediction {
  /** One sentence for the report. */
  readonly seen: string;
  /** Status of each exchange the fault broke; absent where the app's own status stays. */
  readonly status?: number;
  /** Istio's response flag of each exchange: FI injected abort, DI injected delay. */
  readonly responseFlags: 'FI' | 'DI' | '-';
  /** Quantiles of the time added to each exchange, in milliseconds; absent where none is added. */
  readonly addedMs?: { readonly least: number; readonly p50: number; readonly p99: number };
}

/** Where a fault can act. */
export interface Applies {
  readonly exchange: boolean;
  readonly bytes: boolean;
  readonly phases: readonly ('connect' | 'request' | 'upstream' | 'response')[];
}

/** One fault: see the head of this file. */
export interface Fault<Params = unknown> {
  readonly name: string;
  /** Written form -> parameters; describes units, limits and defaults, a sentence for each. */
  readonly params: z.ZodType<Params>;
  readonly applies: Applies;
  /** Once per configuration generation. */
  readonly compile: (params: Params) => readonly Effect[];
  readonly predict: (params: Params) => Prediction;
}
