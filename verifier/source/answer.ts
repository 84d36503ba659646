/** What asking Prometheus gives: a value that may be relied on, or a failure that says why there is none. */

/** Why there is no value; programs look at this, people at the message. */
export type FailureCode =
  /** No connection, or it broke before the answer was whole. */
  | 'unreachable'
  /** Nothing whole within the time for all attempts, or Prometheus itself ran out of time. */
  | 'timeout'
  /** The caller's signal ended it. */
  | 'aborted'
  /** An HTTP status other than 200 without an error of Prometheus in it: a proxy, a login, a wrong path. */
  | 'http'
  | 'redirect'
  | 'not-json'
  /** More bytes, after decompression, than allowed. */
  | 'too-large'
  /** JSON, but not what the API promises. */
  | 'wrong-shape'
  /** Prometheus refused the query or failed. */
  | 'refused'
  /** Prometheus warns that the data is wrong or partial. */
  | 'warned'
  /** Prometheus ignored samples that the query selects. */
  | 'unsound';

export interface Failure {
  readonly code: FailureCode;
  /** One sentence for people, without its full stop and without credentials. */
  readonly message: string;
}

export type Answer<T> =
  | {
      readonly ok: true;
      readonly value: T;
      /** Notes of Prometheus that do not spoil the value. */ readonly infos: readonly string[];
    }
  | { readonly ok: false; readonly failure: Failure };

export function answered<T>(value: T, infos: readonly string[] = []): Answer<T> {
  return { ok: true, value, infos };
}

export function failed(code: FailureCode, message: string): { readonly ok: false; readonly failure: Failure } {
  return { ok: false, failure: { code, message } };
}
