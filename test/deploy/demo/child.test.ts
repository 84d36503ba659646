import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { readFileSync } from 'node:fs';
import { fileURLToPath } from 'node:url';
import { expect, test } from 'vitest';
import { startChild } from '../../../deploy/demo/child.ts';

const PARENT = fileURLToPath(new URL('process-tree.ts', import.meta.url));

/** A zombie is dead: it only waits for its new parent, which may be a container's first process that never looks. */
function isAlive(pid: number): boolean {
  try {
    process.kill(pid, 0);
    return process.platform !== 'linux' || !/\) [ZX] /.test(readFileSync(`/proc/${pid}/stat`, 'utf8'));
  } catch {
    return false;
  }
}

test.each(['SIGKILL', 'SIGTERM', 'SIGINT'] as const)('no child outlives a parent that ends by %s', async (signal) => {
  const parent = spawn(process.execPath, [PARENT], { stdio: ['ignore', 'pipe', 'inherit'] });
  const [text] = (await once(parent.stdout.setEncoding('utf8'), 'data')) as [string];
  const pids = text.trim().split(' ').slice(1).map(Number);
  expect(pids).toHaveLength(3);
  expect(pids.filter(isAlive)).toEqual(pids);
  parent.kill(signal);
  await once(parent, 'exit');
  await expect.poll(() => pids.filter(isAlive), { timeout: 10_000 }).toEqual([]);
});

test('a child that does not heed SIGTERM is ended the hard way, and what it started too', async () => {
  const script = 'trap "" TERM; sleep 300 & echo sleeper $!; wait; wait';
  const child = startChild({ name: 'deaf', command: ['sh', '-c', script], leash: 'process' });
  const [, sleeper] = await child.says(/sleeper (\d+)/, 20_000);
  await child.stop('SIGTERM', 300);
  expect(child.running).toBe(false);
  await expect.poll(() => isAlive(Number(sleeper)), { timeout: 5_000 }).toBe(false);
});

test('a program that ends before it says what is awaited is quoted', async () => {
  await using child = startChild({
    name: 'the oracle',
    command: ['sh', '-c', 'echo no answer today; exit 3'],
    leash: 'process',
  });
  await expect(child.says(/forty-two/, 20_000)).rejects.toThrow('the oracle ended at its start:\n  no answer today');
  expect(child.exitCode).toBe(3);
});

test('a program that is not there is named', async () => {
  await using child = startChild({ name: 'nobody', command: ['/does/not/exist'], leash: 'process' });
  await expect(child.says(/never/, 20_000)).rejects.toThrow(/\/does\/not\/exist could not be started: .*ENOENT/);
});

test('a silent program runs out of time', async () => {
  await using child = startChild({ name: 'mute', command: ['sleep', '300'], leash: 'process' });
  await expect(child.says(/never/, 200)).rejects.toThrow('mute did not start within 0.2 s.');
});
