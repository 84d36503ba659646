/**
 * Receives a stream of known bytes through an engine and checks them.
 *
 *     node bench/load/tunnel-program.ts PORT BYTES
 */
import net from 'node:net';
import { performance } from 'node:perf_hooks';
import { GREETING, belongs } from '../upstream/tunnel.ts';
import type { StreamReport } from './stream.ts';

const [port, bytes] = process.argv.slice(2).map(Number);
const buffer = Buffer.allocUnsafeSlow(262_144);
const startedAt = performance.now();
let received = 0;
let wrong = 0;

function report(error: string | null): void {
  const answer: StreamReport = { received, wrong, seconds: (performance.now() - startedAt) / 1000, error };
  process.send?.(answer, () => process.exit(0));
}

const socket = net.connect({
  port: port ?? 0,
  host: '127.0.0.1',
  onread: {
    buffer,
    callback: (length) => {
      if (!belongs(buffer.subarray(0, length), received)) wrong++;
      received += length;
      return true;
    },
  },
});
socket.write(`${GREETING}${bytes}\n`);
socket.once('end', () => {
  report(null);
});
socket.once('error', (error) => {
  report(error.message);
});
process.on('disconnect', () => process.exit(0));
