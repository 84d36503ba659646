/**
 * Paced load in a process of its own: requests leave at their due times whether or not answers have come.
 *
 *     node bench/load/open-loop-program.ts JSON     (an OpenLoopJob; the answer, an OpenLoopReport, goes up the channel)
 */
import net from 'node:net';
import { performance } from 'node:perf_hooks';
import { BODIES } from '../upstream/answers.ts';
import { answerReader } from './answer-reader.ts';
import type { OpenLoopJob, OpenLoopReport } from './open-loop.ts';

/** One connection; it carries one request at a time. */
interface Lane {
  readonly socket: net.Socket;
  sentAt: number;
  dueAt: number;
}

const job = JSON.parse(process.argv[2] ?? '') as OpenLoopJob;
const request = Buffer.from(`GET ${job.path} HTTP/1.1\r\nHost: bench\r\nUser-Agent: open-loop\r\n\r\n`);
const total = Math.round((job.warmSeconds + job.seconds) * job.requestsPerSecond);
const free: Lane[] = [];
const latenciesMs: number[] = [];
const latenessMs: number[] = [];
const errors: string[] = [];
let sent = 0;
let answered = 0;
let starved = 0;
let startAt = 0;

function openLane(): Promise<void> {
  return new Promise((resolve, reject) => {
    const reader = answerReader(BODIES[job.path]);
    const socket = net.connect({ port: job.port, host: '127.0.0.1', noDelay: true });
    const lane: Lane = { socket, sentAt: 0, dueAt: 0 };
    socket.once('connect', () => {
      free.push(lane);
      resolve();
    });
    socket.once('error', (error) => {
      fail(`a connection failed: ${error.message}`);
      reject(error);
    });
    socket.once('end', () => {
      if (answered < total) fail('a connection was closed');
    });
    socket.on('data', (chunk: Buffer) => {
      const at = performance.now();
      try {
        if (!reader.take(chunk)) return;
      } catch (error) {
        fail(String(error));
        return;
      }
      answered++;
      if (lane.dueAt >= startAt + job.warmSeconds * 1000) {
        latenciesMs.push(at - lane.sentAt);
        latenessMs.push(lane.sentAt - lane.dueAt);
      }
      free.push(lane);
      if (answered === total) report();
    });
  });
}

function pace(): void {
  const now = performance.now();
  for (; sent < total; sent++) {
    const dueAt = startAt + (sent * 1000) / job.requestsPerSecond;
    if (dueAt > now) break;
    const lane = free.pop();
    if (lane === undefined) {
      // All connections wait for answers: the request stays due, and its lateness tells.
      starved++;
      break;
    }
    lane.dueAt = dueAt;
    lane.sentAt = performance.now();
    lane.socket.write(request);
  }
  if (sent < total) setTimeout(pace, 1);
}

function fail(error: string): void {
  if (errors.length < 10) errors.push(error);
  report();
}

function report(): void {
  const answer: OpenLoopReport = { latenciesMs, latenessMs, sent, answered, starved, errors };
  process.send?.(answer, () => process.exit(0));
}

process.on('disconnect', () => process.exit(0));

for (let lane = 0; lane < job.connections; lane++) await openLane();
startAt = performance.now() + 50;
setTimeout(report, (job.warmSeconds + job.seconds) * 1000 + 10_000);
pace();
