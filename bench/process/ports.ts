/** Free ports, below the range from which the kernel takes the ports of outgoing connections. */
import { readFileSync } from 'node:fs';
import net from 'node:net';

const LOWEST = 20_000;

/** Hands out ports of 127.0.0.1 that nobody listens on, each one once. */
export class Ports {
  #next: number;
  readonly #end: number;

  constructor(end = firstEphemeralPort(), random: () => number = Math.random) {
    this.#end = Math.max(end, LOWEST + 1000);
    this.#next = LOWEST + Math.floor(random() * (this.#end - LOWEST) * 0.5);
  }

  /** @throws Error when the range is used up */
  async take(): Promise<number> {
    while (this.#next < this.#end) {
      const port = this.#next++;
      if (await isFree(port)) return port;
    }
    throw new Error(`no free port between ${LOWEST} and ${this.#end} on 127.0.0.1`);
  }
}

function firstEphemeralPort(): number {
  try {
    return Number(readFileSync('/proc/sys/net/ipv4/ip_local_port_range', 'latin1').trim().split(/\s+/)[0]);
  } catch {
    return 32_768;
  }
}

function isFree(port: number): Promise<boolean> {
  return new Promise((resolve) => {
    const probe = net.createServer();
    probe.once('error', () => {
      resolve(false);
    });
    probe.listen(port, '127.0.0.1', () => {
      probe.close(() => {
        resolve(true);
      });
    });
  });
}
