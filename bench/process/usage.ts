/**
 * What a process has used, by the kernel's own accounting. Cost is CPU time per request: unlike requests per second
 * and latency it stays the same when something else keeps the machine busy.
 */
import { readFileSync, readdirSync } from 'node:fs';

/** Clock ticks per second of /proc/PID/stat: 100 on every Linux that Node runs on (USER_HZ is part of the ABI). */
const TICKS_PER_SECOND = 100;

/** Memory of a process, in bytes. */
export interface Memory {
  /** Resident, shared pages included. */
  readonly rss: number;
  /** Resident and private to nobody's file: heap, stacks, buffers. Null where the kernel does not tell. */
  readonly anonymous: number | null;
}

/** CPU time that a process and its children have used so far, all threads, in microseconds. */
export function cpuUs(pid: number): number {
  return processTree(pid).reduce((sum, each) => sum + cpuUsOfOne(each), 0);
}

/** Resident memory of a process and its children. */
export function memory(pid: number): Memory {
  let rss = 0;
  let anonymous: number | null = 0;
  for (const each of processTree(pid)) {
    const rollup = readRollup(each);
    rss += rollup?.rss ?? rssOfOne(each);
    anonymous = rollup === null || anonymous === null ? null : anonymous + rollup.anonymous;
  }
  return { rss, anonymous };
}

/** Resident bytes of a process and its children: cheap, so it can be sampled under load. */
export function rssBytes(pid: number): number {
  return processTree(pid).reduce((sum, each) => sum + rssOfOne(each), 0);
}

/** Nanoseconds on a CPU, the first figure of a `schedstat` file. */
export function parseSchedstat(text: string): number {
  const ns = Number(text.trim().split(' ')[0]);
  if (!Number.isFinite(ns)) throw new Error(`not a schedstat: ${JSON.stringify(text)}`);
  return ns;
}

/** utime + stime of a `/proc/PID/stat` file, in microseconds. The name in brackets may itself hold brackets and spaces. */
export function parseStatCpuUs(text: string): number {
  const fields = text.slice(text.lastIndexOf(')') + 2).split(' ');
  // After pid and name, state is field 3; utime is 14, stime 15 (proc_pid_stat(5)).
  const ticks = Number(fields[11]) + Number(fields[12]);
  if (!Number.isFinite(ticks)) throw new Error(`not a /proc/PID/stat: ${JSON.stringify(text)}`);
  return (ticks * 1e6) / TICKS_PER_SECOND;
}

/** Rss and Anonymous of a `smaps_rollup` file, in bytes. */
export function parseRollup(text: string): { rss: number; anonymous: number } {
  const field = (name: string): number => {
    const found = new RegExp(`^${name}:\\s+(\\d+) kB$`, 'm').exec(text)?.[1];
    if (found === undefined) throw new Error(`no ${name} in smaps_rollup`);
    return Number(found) * 1024;
  };
  return { rss: field('Rss'), anonymous: field('Anonymous') };
}

function cpuUsOfOne(pid: number): number {
  const threads = readdirSync(`/proc/${pid}/task`);
  let ns = 0;
  for (const thread of threads) {
    const text = readOrNull(`/proc/${pid}/task/${thread}/schedstat`);
    // A kernel without schedstats; the coarse figure (10 ms) is then all there is.
    if (text === null) return parseStatCpuUs(readFileSync(`/proc/${pid}/stat`, 'latin1'));
    ns += parseSchedstat(text);
  }
  return ns / 1000;
}

function processTree(pid: number): number[] {
  const found = [pid];
  for (const each of found) {
    for (const thread of readdirSync(`/proc/${each}/task`)) {
      const children = readOrNull(`/proc/${each}/task/${thread}/children`) ?? '';
      found.push(...children.split(' ').filter(Boolean).map(Number));
    }
  }
  return found;
}

function rssOfOne(pid: number): number {
  const kb = /^VmRSS:\s+(\d+) kB$/m.exec(readFileSync(`/proc/${pid}/status`, 'latin1'))?.[1];
  if (kb === undefined) throw new Error(`process ${pid} has ended`);
  return Number(kb) * 1024;
}

function readRollup(pid: number): { rss: number; anonymous: number } | null {
  const text = readOrNull(`/proc/${pid}/smaps_rollup`);
  return text === null ? null : parseRollup(text);
}

function readOrNull(file: string): string | null {
  try {
    return readFileSync(file, 'latin1');
  } catch {
    return null;
  }
}
