/**
 * The key of a call: what an exchange says about which call it is an attempt of. Strongest evidence first:
 *
 * 1. `declared`: an id that the caller made for the call.
 * 2. `trace`: the trace id (W3C Trace Context, B3).
 * 3. `fingerprint`: what identical requests share. Fields that change from attempt to attempt are left out.
 *
 * Method and target join each of them: one request id or trace often travels through a whole fan-out. Attempt numbers
 * declared on the wire join as well, all that there are, since an SDK and a mesh count apart.
 */
import type { RequestHead } from '../http1/request-head.ts';
import { HeaderLines } from './header-lines.ts';
import { KeyHash } from './hash.ts';

export type Evidence = 'declared' | 'trace' | 'fingerprint';

/** One key; compare by both halves. */
export interface CallKey {
  readonly high: number;
  readonly low: number;
  readonly evidence: Evidence;
  /** Whether the wire says which attempt this is, so that every sidecar gives it the same number. */
  readonly attemptDeclared: boolean;
}

/** In order of strength. x-goog-api-client is a list of `name/value`, one of which is the id. */
const IDS = [
  'idempotency-key',
  'amz-sdk-invocation-id',
  'x-goog-api-client',
  'x-request-id',
  'x-ms-client-request-id',
] as const;
/** Counters of attempts: AWS SDKs, Envoy, Stainless SDKs, gRPC (proposal A6), Armeria. */
const ATTEMPTS = [
  'amz-sdk-request',
  'x-envoy-attempt-count',
  'x-stainless-retry-count',
  'grpc-previous-rpc-attempts',
  'armeria-retry-count',
] as const;
const TRACES = ['traceparent', 'b3', 'x-b3-traceid'] as const;
const FINGERPRINT = ['host', 'content-length', 'content-type', 'authorization', 'cookie'] as const;

const FIRST_ATTEMPT = IDS.length;
const FIRST_TRACE = FIRST_ATTEMPT + ATTEMPTS.length;
const FIRST_OF_FINGERPRINT = FIRST_TRACE + TRACES.length;
const GOOGLE = IDS.indexOf('x-goog-api-client');

/** W3C Trace Context section 3.2: version, 16 bytes of trace id in lower-case hex, not all zero. */
const TRACEPARENT = /^[\da-f]{2}-(?!0{32})([\da-f]{32})-/;
/** openzipkin/b3-propagation: 8 or 16 bytes in hex; the single header goes on with the span id. */
const B3 = /^([\da-f]{32}|[\da-f]{16})-/i;
const B3_TRACE_ID = /^([\da-f]{32}|[\da-f]{16})$/i;
const TRACE_FORMS = [TRACEPARENT, B3, B3_TRACE_ID] as const;

/** Reads call keys; keeps nothing from one head to the next. */
export class CallKeyReader {
  readonly #lines = new HeaderLines([...IDS, ...ATTEMPTS, ...TRACES, ...FINGERPRINT]);

  read(head: RequestHead): CallKey {
    this.#lines.read(head);
    const hash = new KeyHash();
    const evidence = this.#takeId(head, hash) ?? this.#takeTrace(head, hash) ?? this.#takeFingerprint(head, hash);
    hash.bytes(head.bytes, head.start, head.methodEnd);
    hash.bytes(head.bytes, head.targetStart, head.targetEnd);
    const attemptDeclared = this.#takeAttempts(head, hash);
    return { high: hash.high(), low: hash.low(), evidence, attemptDeclared };
  }

  #takeId(head: RequestHead, hash: KeyHash): Evidence | null {
    for (let slot = 0; slot < IDS.length; slot++) {
      const start = this.#lines.start(slot);
      if (start < 0 || start === this.#lines.end(slot)) continue;
      if (slot === GOOGLE) {
        const id = /\bgccl-invocation-id\/(\S+)/.exec(this.#value(head, slot))?.[1];
        if (id === undefined) continue;
        hash.word(slot);
        hash.text(id);
      } else {
        hash.word(slot);
        hash.bytes(head.bytes, start, this.#lines.end(slot));
      }
      return 'declared';
    }
    return null;
  }

  #takeTrace(head: RequestHead, hash: KeyHash): Evidence | null {
    for (const [i, form] of TRACE_FORMS.entries()) {
      const slot = FIRST_TRACE + i;
      if (this.#lines.start(slot) < 0) continue;
      const id = form.exec(this.#value(head, slot))?.[1];
      if (id === undefined) continue;
      hash.word(FIRST_TRACE);
      hash.text(id.toLowerCase());
      return 'trace';
    }
    return null;
  }

  #takeFingerprint(head: RequestHead, hash: KeyHash): Evidence {
    for (let i = 0; i < FINGERPRINT.length; i++) {
      const slot = FIRST_OF_FINGERPRINT + i;
      const start = this.#lines.start(slot);
      if (start < 0) continue;
      hash.word(slot);
      hash.bytes(head.bytes, start, this.#lines.end(slot));
    }
    return 'fingerprint';
  }

  #takeAttempts(head: RequestHead, hash: KeyHash): boolean {
    let declared = false;
    for (let slot = FIRST_ATTEMPT; slot < FIRST_TRACE; slot++) {
      if (this.#lines.start(slot) < 0) continue;
      const value = this.#value(head, slot);
      // `attempt=2; max=3`, the others are a bare number.
      declared = take(hash, slot, /(?:^|\battempt=)(\d{1,9})(?=$|\s*;)/.exec(value)?.[1]) || declared;
    }
    if (this.#lines.start(GOOGLE) >= 0) {
      const count = /\bgccl-attempt-count\/(\d{1,9})\b/.exec(this.#value(head, GOOGLE))?.[1];
      declared = take(hash, GOOGLE, count) || declared;
    }
    return declared;
  }

  #value(head: RequestHead, slot: number): string {
    return head.bytes.toString('latin1', this.#lines.start(slot), this.#lines.end(slot));
  }
}

function take(hash: KeyHash, slot: number, attempt: string | undefined): boolean {
  if (attempt === undefined) return false;
  hash.word(slot);
  hash.word(Number(attempt));
  return true;
}
