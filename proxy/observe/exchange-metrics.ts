/**
 * Counts per exchange in typed arrays: recording allocates nothing, text is made when Prometheus asks for it. A slot
 * is one combination of route, method, status, outcome and flags that has really occurred; all of them come from closed
 * sets or named routes, so traffic cannot make more series than the configuration allows.
 */

export const METHODS = [
  'OTHER',
  'GET',
  'HEAD',
  'POST',
  'PUT',
  'DELETE',
  'OPTIONS',
  'PATCH',
  'CONNECT',
  'TRACE',
] as const;

export const OUTCOMES = ['forwarded', 'injected', 'proxy-error', 'client-gone', 'upstream-gone'] as const;
export const FORWARDED = 0;
export const INJECTED = 1;
export const PROXY_ERROR = 2;
export const CLIENT_GONE = 3;
export const UPSTREAM_GONE = 4;

/** Envoy's response flags, as Istio's metrics carry them. */
export const FLAGS = ['-', 'FI', 'DI', 'DC', 'UC'] as const;
export const NO_FLAG = 0;
export const FAULT_INJECTED = 1;
export const DELAY_INJECTED = 2;
export const DOWNSTREAM_CLOSED = 3;
export const UPSTREAM_CLOSED = 4;

/** Upper bounds of Istio's histograms, in milliseconds and in bytes alike. */
export const BOUNDS = [
  0.5, 1, 5, 10, 25, 50, 100, 250, 500, 1000, 2500, 5000, 10_000, 30_000, 60_000, 300_000, 600_000, 1_800_000,
  3_600_000,
] as const;

/** Buckets of one histogram: one for each bound and one for what lies above. */
export const BUCKETS: number = BOUNDS.length + 1;

const bounds = Float64Array.from(BOUNDS);

function bucketOf(value: number): number {
  let low = 0;
  let high = bounds.length;
  while (low < high) {
    const middle = (low + high) >> 1;
    if (value <= (bounds[middle] as number)) high = middle;
    else low = middle + 1;
  }
  return low;
}

/** A histogram for each slot, side by side in one array. */
export class Histograms {
  #buckets: Float64Array = new Float64Array(0);
  #sums: Float64Array = new Float64Array(0);

  record(slot: number, value: number): void {
    const index = slot * BUCKETS + bucketOf(value);
    this.#buckets[index] = (this.#buckets[index] as number) + 1;
    this.#sums[slot] = (this.#sums[slot] as number) + value;
  }

  /** Makes room for slots below `slots`. */
  grow(slots: number): void {
    const buckets = new Float64Array(slots * BUCKETS);
    buckets.set(this.#buckets);
    this.#buckets = buckets;
    const sums = new Float64Array(slots);
    sums.set(this.#sums);
    this.#sums = sums;
  }

  sum(slot: number): number {
    return this.#sums[slot] as number;
  }

  /** How many values of a slot lie in one bucket (not cumulated). */
  count(slot: number, bucket: number): number {
    return this.#buckets[slot * BUCKETS + bucket] as number;
  }
}

/** The labels that a slot stands for: indexes into the lists above; route 0 is the unnamed one. */
export interface SlotKey {
  readonly route: number;
  readonly method: number;
  readonly status: number;
  readonly outcome: number;
  readonly flags: number;
}

export class ExchangeMetrics {
  readonly keys: SlotKey[] = [];
  readonly durationsMs: Histograms = new Histograms();
  readonly requestBytes: Histograms = new Histograms();
  readonly responseBytes: Histograms = new Histograms();
  #counts: Float64Array = new Float64Array(0);
  readonly #slots = new Map<number, number>();
  #lastKey = -1;
  #lastSlot = 0;

  /**
   * Records one exchange.
   *
   * @param status - 0 where no response head was seen
   */
  record(
    route: number,
    method: number,
    status: number,
    outcome: number,
    flags: number,
    durationMs: number,
    requestBytes: number,
    responseBytes: number,
  ): void {
    const key = (((route * 16 + method) * 1024 + status) * 8 + outcome) * 8 + flags;
    // Traffic repeats itself: most exchanges fall into the slot of the one before.
    const slot = key === this.#lastKey ? this.#lastSlot : this.#slotOf(key, route, method, status, outcome, flags);
    this.#counts[slot] = (this.#counts[slot] as number) + 1;
    this.durationsMs.record(slot, durationMs);
    this.requestBytes.record(slot, requestBytes);
    this.responseBytes.record(slot, responseBytes);
  }

  count(slot: number): number {
    return this.#counts[slot] as number;
  }

  #slotOf(key: number, route: number, method: number, status: number, outcome: number, flags: number): number {
    let slot = this.#slots.get(key);
    if (slot === undefined) {
      slot = this.keys.length;
      this.keys.push({ route, method, status, outcome, flags });
      this.#slots.set(key, slot);
      if (slot >= this.#counts.length) this.#grow(Math.max(8, slot * 2));
    }
    this.#lastKey = key;
    this.#lastSlot = slot;
    return slot;
  }

  #grow(slots: number): void {
    const counts = new Float64Array(slots);
    counts.set(this.#counts);
    this.#counts = counts;
    this.durationsMs.grow(slots);
    this.requestBytes.grow(slots);
    this.responseBytes.grow(slots);
  }
}
