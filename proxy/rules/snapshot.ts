import type { Route } from '../config/rule.ts';
import type { ArmedRule } from './armed-rule.ts';

/**
 * What the data path reads, immutable: built whole, then swapped in by one assignment. An exchange pins the snapshot
 * that stands at its first byte and keeps it to its end.
 */
export interface Snapshot {
  readonly generation: number;
  /** Armed rules in order of precedence: file order, then rules of the admin API by id. */
  readonly rules: readonly ArmedRule[];
  readonly routes: readonly Route[];
}

/** The one mutable place between configuration and data path. */
export interface SnapshotSource {
  readonly current: Snapshot;
  /** Calls back after every swap. */
  onSwap(listener: (snapshot: Snapshot) => void): void;
}
