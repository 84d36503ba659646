import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { describe, expect, test } from 'vitest';
import { otherShare, parseMachineTicks, parseOwnTicks } from '../../bench/process/other-load.ts';
import { cpuUs, memory, parseRollup, parseSchedstat, parseStatCpuUs } from '../../bench/process/usage.ts';

describe('what the kernel tells', () => {
  test('schedstat is nanoseconds on a CPU', () => {
    expect(parseSchedstat('991000123 70795 4711\n')).toBe(991_000_123);
    expect(() => parseSchedstat('nothing')).toThrow('schedstat');
  });

  test('a name with spaces and brackets does not shift the fields of stat', () => {
    const stat = '42 (a) b) S 1 42 42 0 -1 4194304 100 0 0 0 150 50 7 7 20 0 1 0 100 0 0';
    expect(parseStatCpuUs(stat)).toBe(2_000_000);
  });

  test('Anonymous of smaps_rollup is not AnonHugePages', () => {
    const text = 'Rss:               53000 kB\nAnonymous:         21000 kB\nAnonHugePages:      2048 kB\n';
    expect(parseRollup(text)).toEqual({ rss: 53_000 * 1024, anonymous: 21_000 * 1024 });
  });
});

test('what others used is what is busy and not ours', () => {
  const before = parseMachineTicks('cpu  110 0 50 790 10 5 5 30 0 0\ncpu0 1 1 1 1 1 1 1 1\n');
  expect(before).toEqual({ busy: 190, total: 1000 });
  const own = parseOwnTicks('42 (a) b) S 1 42 42 0 -1 4194304 100 0 0 0 10 5 20 5 20 0 1 0 100 0 0');
  expect(own).toBe(40);
  const after = { busy: 690, total: 2000, own: own + 400 };
  expect(otherShare({ ...before, own }, after)).toBeCloseTo(0.1);
  expect(otherShare(null, after)).toBeNull();
});

test('the CPU time and memory of children count with their parent', async () => {
  const busy = 'const end = process.cpuUsage().user + 300000; while (process.cpuUsage().user < end);';
  const idle = 'process.stdout.write("x"); setInterval(() => {}, 1000);';
  // The shell itself does nothing: what is seen is its child's.
  const shell = spawn('sh', ['-c', '"$0" -e "$1"; true', process.execPath, busy + idle], {
    stdio: ['ignore', 'pipe', 'inherit'],
    detached: true,
  });
  try {
    await once(shell.stdout, 'data');
    const pid = shell.pid ?? 0;
    expect(cpuUs(pid)).toBeGreaterThan(300_000);
    const { rss, anonymous } = memory(pid);
    expect(rss).toBeGreaterThan(20 * 2 ** 20);
    expect(anonymous).toBeGreaterThan(2 ** 20);
    expect(anonymous).toBeLessThan(rss);
  } finally {
    // A group of its own: the shell and its child.
    process.kill(-(shell.pid ?? 0), 'SIGKILL');
  }
});
