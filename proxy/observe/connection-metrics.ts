import type { AmbiguityReason } from '../http1/ambiguity.ts';

/** Why a connection is a tunnel: declared or found so, upgraded, or ambiguous from some byte on. */
export type TunnelReason = AmbiguityReason | 'declared' | 'tls' | 'http2' | 'server-first' | 'upgrade';

/** Counts per connection of one listener. */
export class ConnectionMetrics {
  opened = 0;
  closed = 0;
  bytesFromClient = 0;
  bytesFromUpstream = 0;
  /** Connections whose upstream could not be reached, by Node's error code: the client was reset. */
  readonly connectFailures = new Map<string, number>();
  /** Connections that became tunnels, by reason. */
  readonly tunnels = new Map<TunnelReason, number>();
  /** Messages refused under `strict`, by reason. */
  readonly refusals = new Map<AmbiguityReason, number>();
  /** Connections the kernel would not hand over (out of descriptors). */
  acceptErrors = 0;
}

/** Adds one to a count in a map. */
export function countIn<Key>(counts: Map<Key, number>, key: Key): void {
  counts.set(key, (counts.get(key) ?? 0) + 1);
}
