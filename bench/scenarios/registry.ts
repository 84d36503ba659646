/** THE list of scenarios, in the order of tables. */
import { connectionPerRequest } from './connection-per-request.ts';
import { injectedDelay } from './injected-delay.ts';
import { oneKb, oneKbHeaders, oneMb, tenKb, tiny } from './keep-alive.ts';
import { idleConnections, loadedConnections } from './memory.ts';
import { oneConnection } from './one-connection.ts';
import { paced } from './paced.ts';
import type { Scenario } from './scenario.ts';
import { tunnel } from './tunnel.ts';

export const SCENARIOS: readonly Scenario[] = [
  oneKb,
  oneKbHeaders,
  tiny,
  tenKb,
  oneMb,
  connectionPerRequest,
  oneConnection,
  paced,
  idleConnections,
  loadedConnections,
  injectedDelay,
  tunnel,
];
