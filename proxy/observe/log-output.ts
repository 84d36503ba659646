/** Where log lines go: a stream whose reader may be slow, stand still or go away, none of which may harm the traffic. */
import type { Writable } from 'node:stream';

/** What may wait for the reader, in bytes: some thousand lines. Beyond it lines are dropped, and counted. */
const MOST_WAITING = 1 << 20;

/** @returns takes one line, with its end; never throws and never waits */
export function logOutput(out: Writable, now: () => number): (line: string) => void {
  let dropped = 0;
  // A reader that goes away must not take the process with it.
  out.on('error', () => undefined);
  return (line) => {
    if (out.writableLength + line.length > MOST_WAITING) {
      dropped++;
      return;
    }
    if (dropped > 0) {
      const time = new Date(now()).toISOString();
      const message = 'log lines were dropped, as their reader did not keep up';
      out.write(`${JSON.stringify({ time, level: 'warn', message, dropped })}\n`);
      dropped = 0;
    }
    out.write(line);
  };
}
