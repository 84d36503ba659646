/** Which named route an exchange belongs to: the label in metrics. Asked for every exchange, so it makes no strings. */
import type { Route } from '../config/rule.ts';
import type { RequestHead } from '../http1/request-head.ts';
import { HeadIndex } from './head-index.ts';
import { type ConnectionFacts, MatchTest } from './match.ts';

/** What `indexOf` answers where no route matches. */
export const UNNAMED_ROUTE = 0;

/** Routes say nothing about the connection. */
const ANY_CONNECTION: ConnectionFacts = { port: 0, protocol: 'http', sourceIp: '' };

/** The routes of one configuration, compiled. Immutable. */
export class RouteTable {
  /** No route is named: every exchange is {@link UNNAMED_ROUTE}. */
  readonly empty: boolean;
  readonly #routes: readonly MatchTest[];
  readonly #index: HeadIndex;

  constructor(routes: readonly Route[]) {
    this.empty = routes.length === 0;
    this.#routes = routes.map((route) => new MatchTest(route, true));
    this.#index = new HeadIndex(routes);
  }

  /** i + 1 for `routes[i]`, the first that matches; {@link UNNAMED_ROUTE} where none does. */
  indexOf(head: RequestHead): number {
    const bucket = this.#index.bucket(head);
    if (bucket === null) return UNNAMED_ROUTE;
    const { entries, methods } = bucket;
    const bit = this.#index.methodBit(head);
    for (let i = 0; i < entries.length; i++) {
      const route = entries[i] ?? 0;
      if (((methods[i] ?? 0) & bit) !== 0 && this.#routes[route]?.matches(head, ANY_CONNECTION)) return route + 1;
    }
    return UNNAMED_ROUTE;
  }
}

/** @param routes in the order of the file */
export function buildRouteTable(routes: readonly Route[]): RouteTable {
  return new RouteTable(routes);
}
