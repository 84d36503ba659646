import { execFile, spawn } from 'node:child_process';
import { once } from 'node:events';
import { existsSync, readFileSync } from 'node:fs';
import { mkdtemp, readFile, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { promisify } from 'node:util';
import { afterAll, beforeAll, expect, test } from 'vitest';
import type { RunResult } from '../../bench/model.ts';

const BENCH = new URL('../../bench/run.ts', import.meta.url).pathname;
let folder = '';

beforeAll(async () => {
  folder = await mkdtemp(join(tmpdir(), 'bench-test-'));
});
afterAll(async () => {
  await rm(folder, { recursive: true, force: true });
});

test('a tiny run measures a proxy, checks every answer and writes its results', async () => {
  const args = [BENCH, '--only', 'direct,pipe', '--scenarios', '1k', '--rounds', '1', '--results', folder];
  const { stdout } = await promisify(execFile)(process.execPath, args);
  expect(stdout).toContain('1 KB, kept connections');
  const run = JSON.parse(await readFile(join(folder, 'partial.json'), 'utf8')) as RunResult;
  const rows = run.scenarios[0]?.rows ?? [];
  expect(rows.map(({ engine, problems }) => [engine, problems])).toEqual([
    ['direct', []],
    ['pipe', []],
  ]);
  expect(rows[0]?.samples['cpuUs']).toEqual([null]);
  expect(rows[1]?.samples['cpuUs']?.[0]).toBeGreaterThan(0);
  expect(rows[1]?.samples['requestsPerSecond']?.[0]).toBeGreaterThan(10);
});

test('the processes of a run that is interrupted end with it', async () => {
  const args = [BENCH, '--only', 'pipe', '--scenarios', '1k', '--rounds', '50', '--results', folder];
  const bench = spawn(process.execPath, args, { stdio: 'ignore' });
  const exited = once(bench, 'exit');
  let started: number[] = [];
  for (const deadline = Date.now() + 15_000; started.length < 3 && Date.now() < deadline; await sleep(20)) {
    started = [...new Set([...started, ...childrenOf(bench.pid ?? 0)])];
  }
  expect(started.length).toBeGreaterThanOrEqual(3);
  bench.kill('SIGINT');
  const [code] = (await exited) as [number];
  expect(code).toBe(130);
  expect(started.filter((pid) => existsSync(`/proc/${pid}`))).toEqual([]);
});

function childrenOf(pid: number): number[] {
  try {
    return readFileSync(`/proc/${pid}/task/${pid}/children`, 'latin1').split(' ').filter(Boolean).map(Number);
  } catch {
    return [];
  }
}
