/**
 * Opens connections, asks once on each, then holds them open and silent until the bench lets go.
 *
 *     node bench/load/holder-program.ts PORT COUNT
 */
import net from 'node:net';
import { BODIES } from '../upstream/answers.ts';
import { answerReader } from './answer-reader.ts';
import type { HolderReport } from './holder.ts';

const [port, count] = process.argv.slice(2).map(Number);
const AT_ONCE = 50;
const errors: string[] = [];
let held = 0;

function hold(): Promise<void> {
  return new Promise((resolve) => {
    const reader = answerReader(BODIES['/1k']);
    const socket = net.connect({ port: port ?? 0, host: '127.0.0.1' }, () => {
      socket.write('GET /1k HTTP/1.1\r\nHost: bench\r\n\r\n');
    });
    socket.on('data', (chunk: Buffer) => {
      try {
        if (!reader.take(chunk)) return;
        held++;
      } catch (error) {
        errors.push(String(error));
      }
      resolve();
    });
    socket.on('error', (error) => {
      errors.push(error.message);
      resolve();
    });
  });
}

process.on('disconnect', () => process.exit(0));

for (let opened = 0; opened < (count ?? 0); opened += AT_ONCE) {
  await Promise.all(Array.from({ length: Math.min(AT_ONCE, (count ?? 0) - opened) }, hold));
}
process.send?.({ held, errors: errors.slice(0, 5) } satisfies HolderReport);
