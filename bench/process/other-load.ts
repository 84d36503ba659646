/** How much of the machine went to work that is not the bench's: what a reader has to know before trusting latency. */
import { readFileSync } from 'node:fs';

/** Clock ticks of everything and of the bench alone, since boot and since start. */
export interface Ticks {
  readonly busy: number;
  readonly total: number;
  readonly own: number;
}

/** Reads `/proc/stat` and the bench's own `/proc/self/stat`; null where there are none. */
export function readTicks(): Ticks | null {
  try {
    const machine = parseMachineTicks(readFileSync('/proc/stat', 'latin1'));
    return { ...machine, own: parseOwnTicks(readFileSync('/proc/self/stat', 'latin1')) };
  } catch {
    return null;
  }
}

/** The share (0..1) of all CPU time between two readings that was used by others; null where it cannot be told. */
export function otherShare(before: Ticks | null, after: Ticks | null): number | null {
  if (before === null || after === null || after.total <= before.total) return null;
  const others = after.busy - before.busy - (after.own - before.own);
  return Math.max(0, others / (after.total - before.total));
}

/**
 * The first line of `/proc/stat`: user nice system idle iowait irq softirq steal (proc_stat(5)). Interrupts are nobody's
 * time, but under load they are the bench's own packets: they do not count as other work.
 */
export function parseMachineTicks(text: string): { busy: number; total: number } {
  const fields = text.split('\n')[0]?.trim().split(/\s+/).slice(1, 9).map(Number) ?? [];
  const total = fields.reduce((sum, each) => sum + each, 0);
  const [idle = 0, iowait = 0, irq = 0, softirq = 0] = fields.slice(3);
  if (fields.length < 8 || !Number.isFinite(total)) throw new Error(`not a /proc/stat: ${text.slice(0, 80)}`);
  return { busy: total - idle - iowait - irq - softirq, total };
}

/** utime, stime, cutime and cstime of `/proc/self/stat`: the bench and the processes that it has ended. */
export function parseOwnTicks(text: string): number {
  const fields = text.slice(text.lastIndexOf(')') + 2).split(' ');
  const ticks = fields.slice(11, 15).reduce((sum, each) => sum + Number(each), 0);
  if (!Number.isFinite(ticks)) throw new Error(`not a /proc/PID/stat: ${text}`);
  return ticks;
}
