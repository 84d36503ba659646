import type { Listener } from '../config/rule.ts';
import type { ConnectionMetrics } from '../observe/connection-metrics.ts';
import type { ExchangeMetrics } from '../observe/exchange-metrics.ts';
import type { InjectionLog } from '../observe/injection-log.ts';
import type { ConnectionFacts } from '../route/match.ts';
import type { RequestHead } from './request-head.ts';
import type { RouteTable } from '../route/route-table.ts';
import type { RuleTable } from '../route/rule-table.ts';

/** What the connections of one listener share. */
export interface Traffic {
  readonly listener: Listener;
  /** The app's port, 0 for a unix socket: what `match.port` is compared with. */
  readonly port: number;
  /** Joins the hash where an attempt is not declared on the wire; the pod's name in a cluster. */
  readonly instanceName: string;
  /** Bytes of a head that is still observed. */
  readonly maxHeadBytes: number;
  /** The armed rules for this listener as they stand now. */
  rules: RuleTable;
  /** Null where no route is named. */
  routes: RouteTable | null;
  /** From a position in `routes` (0: none matched) to the index that metrics use. */
  routeIndexes: Int32Array;
  /** This listener has carried HTTP: what looks like the start of a head may be held until it is whole. */
  knownHttp: boolean;
  readonly exchanges: ExchangeMetrics;
  readonly connections: ConnectionMetrics;
  readonly log: InjectionLog;
  /** Milliseconds on a clock that never goes back. */
  readonly nowMs: () => number;
}

/** What rules can ask of one connection. */
export interface ConnectionView extends ConnectionFacts {
  /** Counts up from 1 in each listener: what `scope: connection` draws by. */
  readonly number: number;
}

/** The route an exchange is counted under. */
export function routeOf(traffic: Traffic, head: RequestHead): number {
  return traffic.routes === null ? 0 : (traffic.routeIndexes[traffic.routes.indexOf(head)] as number);
}
