// The whole demo as a user starts it, with the real proxy, command line and Prometheus.
import { spawn, type ChildProcess } from 'node:child_process';
import { randomUUID } from 'node:crypto';
import { once } from 'node:events';
import { mkdir, mkdtemp, readdir, readFile, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { afterEach, beforeEach, describe, expect, test } from 'vitest';
import { findPrometheus } from '../../../deploy/demo/prometheus.ts';
import { parseJournal } from '../../../verifier/report/read-journal.ts';

const RUN = fileURLToPath(new URL('../../../deploy/demo/run.ts', import.meta.url));

let folder: string;
let mark: string;
beforeEach(async () => {
  folder = await mkdtemp(join(tmpdir(), 'sidequake-demo-test-'));
  await mkdir(join(folder, 'tmp'));
  mark = randomUUID();
});
afterEach(() => rm(folder, { recursive: true, force: true }));

interface Demo {
  readonly process: ChildProcess;
  output(): string;
  /** Exit status; null when a signal ended it. */
  readonly ended: Promise<number | null>;
}

function startDemo(env: NodeJS.ProcessEnv = {}, ...args: string[]): Demo {
  let output = '';
  const child = spawn(process.execPath, [RUN, '--out', join(folder, 'out'), ...args], {
    // Every process of the demo inherits the mark: so those that are left can be found.
    env: { ...process.env, TMPDIR: join(folder, 'tmp'), SIDEQUAKE_TEST_MARK: mark, ...env },
    stdio: ['ignore', 'pipe', 'pipe'],
  });
  for (const stream of [child.stdout, child.stderr]) {
    stream.setEncoding('utf8').on('data', (chunk: string) => (output += chunk));
  }
  const ended = once(child, 'close').then(([code]) => code as number | null);
  return { process: child, output: () => output, ended };
}

async function processesLeft(): Promise<string[]> {
  const left: string[] = [];
  for (const pid of (await readdir('/proc')).filter((name) => /^\d+$/.test(name))) {
    const environment = await readFile(`/proc/${pid}/environ`, 'utf8').catch(() => '');
    if (environment.includes(mark)) left.push(await readFile(`/proc/${pid}/cmdline`, 'utf8').catch(() => pid));
  }
  return left;
}

test('both verdicts are the expected ones, the reports stand alone, nothing is left', async () => {
  const begun = performance.now();
  const demo = startDemo();
  const code = await demo.ended;
  const seconds = (performance.now() - begun) / 1000;
  const output = demo.output();
  expect(code, output).toBe(0);
  expect(seconds).toBeLessThan(150);
  expect(output).toMatch(/careless +deviated: /);
  expect(output).toMatch(/careful +pass: /);
  // What stands between belongs to `sidequake run`, which knows the width of a terminal.
  const own = output.replace(/--- the careless[^]*?\nFound:/, '\nFound:');
  expect(own.split('\n').filter((line) => line.length > 80 && !line.includes(folder))).toEqual([]);

  for (const [version, verdict] of [
    ['careless', 'deviated'],
    ['careful', 'pass'],
  ] as const) {
    const parsed = parseJournal(await readFile(join(folder, 'out', `${version}.json`), 'utf8'));
    if (!parsed.ok) throw new Error(parsed.problems.join('\n'));
    expect(parsed.journal.verdict).toBe(verdict);
    expect(parsed.journal.undo.confirmed).toBe(true);
    expect(parsed.journal.injection.map(({ agrees }) => agrees)).toEqual([true, true]);
  }
  for (const page of ['index.html', 'careless.html', 'careful.html']) {
    const html = await readFile(join(folder, 'out', page), 'utf8');
    expect(html.length).toBeGreaterThan(1_000);
    expect(html).not.toMatch(/(?:src|href)\s*=\s*["']?https?:/i);
  }
  expect(await readdir(join(folder, 'tmp'))).toEqual([]);
  if (process.platform === 'linux') expect(await processesLeft()).toEqual([]);
});

describe.runIf(process.platform === 'linux')('an end before the end', () => {
  /** Waits until the run on the careless version says that it is in the phase `fault`. */
  async function inFault(demo: Demo): Promise<void> {
    await expect
      .poll(() => /\bfault\b/.test(demo.output().split('--- the careless')[1] ?? ''), {
        timeout: 90_000,
        message: demo.output(),
      })
      .toBe(true);
  }

  test.each([
    ['SIGINT', 130],
    ['SIGTERM', 143],
  ] as const)('%s in the fault: the fault is taken back, then everything ends', async (signal, status) => {
    const demo = startDemo();
    await inFault(demo);
    demo.process.kill(signal);
    expect(await demo.ended, demo.output()).toBe(status);
    expect(demo.output()).toMatch(/Stopped: no process and no fault is left\.\n$/);
    const parsed = parseJournal(await readFile(join(folder, 'out', 'careless.json'), 'utf8'));
    expect(parsed.ok && parsed.journal).toMatchObject({ verdict: 'aborted', undo: { confirmed: true, left: [] } });
    expect(await processesLeft()).toEqual([]);
    expect(await readdir(join(folder, 'tmp'))).toEqual([]);
  });

  test('SIGKILL: every process ends by itself', async () => {
    const demo = startDemo();
    await inFault(demo);
    demo.process.kill('SIGKILL');
    await expect.poll(processesLeft, { timeout: 20_000 }).toEqual([]);
  });

  test('Ctrl-C while everything starts', async () => {
    const demo = startDemo();
    await expect.poll(async () => (await processesLeft()).length, { timeout: 20_000 }).toBeGreaterThan(5);
    demo.process.kill('SIGINT');
    expect(await demo.ended, demo.output()).toBe(130);
    expect(await processesLeft()).toEqual([]);
  });

  test('a process of the shop that dies ends the demo with its name', async () => {
    const demo = startDemo();
    await expect.poll(() => demo.output(), { timeout: 60_000 }).toMatch(/--- the careless/);
    const { promise: killed, resolve: done } = Promise.withResolvers<void>();
    for (const pid of (await readdir('/proc')).filter((name) => /^\d+$/.test(name))) {
      const words = await readFile(`/proc/${pid}/cmdline`, 'utf8').catch(() => '');
      const environment = await readFile(`/proc/${pid}/environ`, 'utf8').catch(() => '');
      if (environment.includes(mark) && words.includes('shop/ratings.ts')) {
        process.kill(Number(pid), 'SIGKILL');
        done();
      }
    }
    await killed;
    expect(await demo.ended, demo.output()).toBe(1);
    expect(demo.output()).toMatch(/\nratings ended by itself/);
    expect(await processesLeft()).toEqual([]);
  });
});

test('no Prometheus: one sentence, status 1', async () => {
  const begun = performance.now();
  const demo = startDemo({ SIDEQUAKE_PROMETHEUS: '/does/not/exist' });
  expect(await demo.ended).toBe(1);
  // Nothing that was tried keeps it waiting.
  expect(performance.now() - begun).toBeLessThan(15_000);
  expect(demo.output().trim().split('\n').at(-1)).toMatch(/^SIDEQUAKE_PROMETHEUS must be the path of a prometheus/);
});

test('--keep stays up with its addresses until Ctrl-C', async () => {
  await findPrometheus();
  const demo = startDemo({}, '--keep');
  await expect.poll(() => demo.output(), { timeout: 170_000, interval: 500 }).toMatch(/In Prometheus, /);
  const [, admin] = /curl (http:\S+)\/ledger/.exec(demo.output()) ?? [];
  const [, page] = /careless shop +(\S+)/.exec(demo.output()) ?? [];
  expect((await fetch(page ?? '')).status).toBe(200);
  const rule = { share: '100%', ttl: '60s', faults: [{ abort: { status: 503 } }] };
  expect((await fetch(`${admin}/rules/mine`, { method: 'PUT', body: JSON.stringify(rule) })).ok).toBe(true);
  await expect.poll(async () => (await fetch(page ?? '')).status).toBe(500);
  expect((await fetch(`${admin}/rules/mine`, { method: 'DELETE' })).status).toBe(204);
  await expect.poll(async () => (await fetch(page ?? '')).status).toBe(200);
  demo.process.kill('SIGINT');
  expect(await demo.ended, demo.output()).toBe(130);
});

test('an argument it does not know: usage, status 2', async () => {
  const demo = startDemo({}, '--fast');
  expect(await demo.ended).toBe(2);
  expect(demo.output()).toMatch(/--fast[^]*npm run demo -- \[--keep\]/);
});
