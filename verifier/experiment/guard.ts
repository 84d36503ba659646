/**
 * When a guard trips. Pure: figures in, state out. A guard that cannot see is not a guard, so a row of evaluations
 * without a sound figure ends the fault as well, only by another name.
 */

/** What stops the fault early. All numbers in the unit of the figure (ratio 0..1, seconds, none). */
export interface GuardSpec {
  /** Name of the expectation whose figure is watched. */
  readonly of: string;
  readonly trips: { readonly side: 'below' | 'above'; readonly threshold: number; readonly written: string };
  /** Trips when `breaches.count` of the last `breaches.of` sound figures are on the wrong side. */
  readonly breaches: { readonly count: number; readonly of: number };
}

/** This many evaluations in a row without a sound figure: lost. */
export const LOST_AFTER = 3;

export interface GuardState {
  readonly spec: GuardSpec;
  readonly evaluations: number;
  readonly breaches: number;
  /** Evaluations without a sound figure. */
  readonly lost: number;
  /** Whether each of the last sound figures was a breach, newest last. */
  readonly recent: readonly boolean[];
  readonly lostInRow: number;
  readonly lostReason: string | null;
  /** Unix milliseconds (time of Prometheus). */
  readonly trippedAtMs: number | null;
}

export function newGuard(spec: GuardSpec): GuardState {
  return {
    spec,
    evaluations: 0,
    breaches: 0,
    lost: 0,
    recent: [],
    lostInRow: 0,
    lostReason: null,
    trippedAtMs: null,
  };
}

/** The state after one more figure; a figure that is null or not finite is none. */
export function evaluateGuard(
  state: GuardState,
  figure: { readonly value: number | null; readonly reason?: string },
  atMs: number,
): GuardState {
  const evaluations = state.evaluations + 1;
  const { value } = figure;
  if (value === null || Number.isNaN(value)) {
    return {
      ...state,
      evaluations,
      lost: state.lost + 1,
      lostInRow: state.lostInRow + 1,
      lostReason: figure.reason ?? 'there is no sound figure',
    };
  }
  const { side, threshold } = state.spec.trips;
  const breach = side === 'below' ? value < threshold : value > threshold;
  const recent = [...state.recent, breach].slice(-state.spec.breaches.of);
  const tripped = recent.filter(Boolean).length >= state.spec.breaches.count;
  return {
    ...state,
    evaluations,
    breaches: state.breaches + (breach ? 1 : 0),
    recent,
    lostInRow: 0,
    lostReason: null,
    trippedAtMs: state.trippedAtMs ?? (tripped ? atMs : null),
  };
}

/** `below 90 % in 2 of 3` */
export function describeTrip(spec: GuardSpec): string {
  const { side, written } = spec.trips;
  const { count, of } = spec.breaches;
  return of === 1 ? `${side} ${written}` : `${side} ${written} in ${count} of ${of}`;
}
