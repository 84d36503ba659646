// Ports for the processes of the demo. They have to know one another's before any of them runs, so the ports are chosen
// first: below 32768, where no client's connection can take one in between.
import { createServer } from 'node:net';

const LOWEST = 20_000;
const HIGHEST = 32_000;

/**
 * `count` ports on 127.0.0.1 that nobody listens on, all different.
 *
 * @throws Error when there are not that many.
 */
export async function freePorts(count: number): Promise<number[]> {
  const ports = new Set<number>();
  for (let tries = 0; ports.size < count; tries++) {
    if (tries > 20 * count) {
      throw new Error(`Needed ${count} free ports between ${LOWEST} and ${HIGHEST} on 127.0.0.1, found ${ports.size}.`);
    }
    const port = LOWEST + Math.floor(Math.random() * (HIGHEST - LOWEST));
    if (!ports.has(port) && (await isFree(port))) ports.add(port);
  }
  return [...ports];
}

function isFree(port: number): Promise<boolean> {
  return new Promise((settle) => {
    const server = createServer();
    server.once('error', () => settle(false));
    server.listen(port, '127.0.0.1', () => server.close(() => settle(true)));
  });
}
