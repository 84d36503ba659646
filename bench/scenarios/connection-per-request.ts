/**
 * A connection for each request (16 clients): the client says `Connection: close`. haproxy and nginx then still keep
 * their connections to the upstream; engines with one upstream connection per client connection open a new one.
 */
import { readFileSync } from 'node:fs';
import { setTimeout as sleep } from 'node:timers/promises';
import { loadScenario } from './load-scenario.ts';
import type { Scenario } from './scenario.ts';

/** Closed connections that the kernel still remembers: beyond this a new one has to search for its port. */
const MOST_WAITING = 20_000;
/** They are remembered for a minute; the measurement goes on after that, whatever is left. */
const LONGEST_WAIT_MS = 65_000;

export const connectionPerRequest: Scenario = loadScenario({
  name: 'close',
  title: '1 KB, a connection per request (16 clients)',
  quick: true,
  shape: { path: '/1k', connections: 16, headers: ['Connection: close'] },
  variants: false,
  notes: ['haproxy, nginx and http-proxy keep a pool of upstream connections; the others open one per request.'],
  settle: waitForPorts,
});

/** The number of connections in TIME_WAIT, of a `/proc/net/sockstat` file. */
export function parseTimeWait(sockstat: string): number {
  return Number(/^TCP:.* tw (\d+)/m.exec(sockstat)?.[1] ?? 0);
}

async function waitForPorts(): Promise<void> {
  // With tcp_tw_reuse (2, the default, is enough on loopback) ports are free again after a second.
  if (readOrEmpty('/proc/sys/net/ipv4/tcp_tw_reuse').trim() !== '0') return;
  for (const deadline = Date.now() + LONGEST_WAIT_MS; Date.now() < deadline; await sleep(500)) {
    if (parseTimeWait(readOrEmpty('/proc/net/sockstat')) < MOST_WAITING) return;
  }
}

function readOrEmpty(file: string): string {
  try {
    return readFileSync(file, 'latin1');
  } catch {
    return '';
  }
}
