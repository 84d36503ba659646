/** What the bench and its upstream say to one another over their channel. */

/** From the upstream, once: its ports. */
export interface Ready {
  readonly kind: 'ready';
}

/** From the bench: how much have you answered? */
export interface Ask {
  readonly kind: 'count';
}

/** From the upstream: requests answered so far and what it refused. */
export interface Count {
  readonly kind: 'count';
  readonly answered: number;
  readonly connections: number;
  /** Why requests were refused; empty in a sound run. */
  readonly refused: readonly string[];
}
