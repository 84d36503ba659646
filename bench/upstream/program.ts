/**
 * The upstream of the bench, in a process of its own: raw bytes on sockets, so that it is not what is measured.
 *
 *     node bench/upstream/program.ts HTTP-PORT TUNNEL-PORT
 *
 * On HTTP-PORT it gives fixed answers by path. On TUNNEL-PORT it reads one line with a number and sends so many bytes.
 */
import net from 'node:net';
import { type AcceptedHandle, adoptHandle, takeAcceptedHandles } from '../../proxy/listen/private-net.ts';
import { buildAnswers, readHeads } from './answers.ts';
import type { Count, Ready } from './messages.ts';
import { serveTunnel } from './tunnel.ts';

const [httpPort, tunnelPort] = process.argv.slice(2).map(Number);
const answers = buildAnswers();
const refused: string[] = [];
let answered = 0;
let connections = 0;

// One buffer for all connections: what a read leaves unfinished is copied before the next read.
const readBuffer = Buffer.allocUnsafeSlow(65_536);

function serve(handle: AcceptedHandle): void {
  let rest: Buffer | null = null;
  connections++;
  const read = (length: number): boolean => {
    const chunk = readBuffer.subarray(0, length);
    try {
      const heads = readHeads(rest === null ? chunk : Buffer.concat([rest, chunk]), answers);
      rest = heads.rest === null ? null : Buffer.from(heads.rest);
      for (const { answer, close } of heads.requests) {
        if (socket.writableEnded) break;
        answered++;
        if (close) socket.end(answer.closing);
        else socket.write(answer.kept);
      }
    } catch (error) {
      if (refused.length < 10) refused.push(String(error));
      socket.destroy();
    }
    return true;
  };
  const socket = adoptHandle(handle, { buffer: readBuffer, callback: read });
  // The other side may leave at any time: the bench counts what arrived, at the client.
  socket.on('error', () => socket.destroy());
  socket.on('end', () => socket.end());
  socket.resume();
}

function onAcceptError(): void {
  refused.push('a connection was not accepted: out of file descriptors');
}

process.on('message', () => {
  process.send?.({ kind: 'count', answered, connections, refused } satisfies Count);
});
process.on('disconnect', () => process.exit(0));

// The default backlog of 511 is too short for a thousand connections at once.
const listening = { host: '127.0.0.1', backlog: 4096 };
const server = net.createServer().listen({ ...listening, port: httpPort }, () => {
  takeAcceptedHandles(server, serve, onAcceptError);
  net.createServer({ noDelay: true }, serveTunnel).listen({ ...listening, port: tunnelPort }, () => {
    process.send?.({ kind: 'ready' } satisfies Ready);
  });
});
