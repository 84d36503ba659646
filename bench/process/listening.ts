/** Starts a server program and waits until it accepts connections. */
import net from 'node:net';
import { setTimeout as sleep } from 'node:timers/promises';
import type { Child, Children, Command } from './children.ts';

const TIMEOUT_MS = 15_000;
const INTERVAL_MS = 20;

/**
 * Starts a program that listens on ports of 127.0.0.1; resolves when all of them accept connections.
 *
 * @throws Error with the end of its output when it ends, or does not listen in time
 */
export async function startListening(children: Children, command: Command, ...ports: number[]): Promise<Child> {
  const child = await children.start(command);
  let ended = false;
  void child.exited.then(() => {
    ended = true;
  });
  const deadline = Date.now() + TIMEOUT_MS;
  for (const port of ports) {
    for (; !(await accepts(port)); await sleep(INTERVAL_MS)) {
      if (ended) throw new Error(`${command.file} ended instead of listening on ${port}: ${child.tail()}`);
      if (Date.now() > deadline) {
        await child.stop();
        throw new Error(`${command.file} does not listen on ${port} after ${TIMEOUT_MS} ms: ${child.tail()}`);
      }
    }
  }
  return child;
}

function accepts(port: number): Promise<boolean> {
  return new Promise((resolve) => {
    const socket = net.connect(port, '127.0.0.1');
    socket.once('connect', () => {
      socket.destroy();
      resolve(true);
    });
    socket.once('error', () => {
      resolve(false);
    });
  });
}
