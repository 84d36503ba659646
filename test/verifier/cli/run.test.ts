import { mkdtemp, readdir, readFile, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { setTimeout as sleep } from 'node:timers/promises';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, it, vi } from 'vitest';
import { parseJournal } from '../../../verifier/report/read-journal.ts';
import type { LittleWorld } from '../../support/little-world.ts';
import { littleWorld } from '../../support/little-world.ts';
import { availability, written } from '../experiment/little-experiment.ts';
import type { Written } from '../experiment/little-experiment.ts';
import { killAll, sidequake, start } from './sidequake.ts';

// Worlds wait most of the time.
vi.setConfig({ maxConcurrency: 8 });

let folder: string;
beforeAll(async () => {
  folder = await mkdtemp(join(tmpdir(), 'sidequake-run-'));
});
afterAll(async () => {
  killAll();
  await rm(folder, { recursive: true });
});

async function fileOf(world: LittleWorld, more?: Written): Promise<{ readonly file: string; readonly cwd: string }> {
  const cwd = await mkdtemp(join(folder, 'run-'));
  const file = join(cwd, 'little.yaml');
  await writeFile(file, written(world, more));
  return { file, cwd };
}

const LONG = { phases: '{ baseline: 1200ms, fault: 60s, recovery: 1200ms }' };

describe.concurrent('sidequake run', () => {
  it('passes, shows itself in plain lines and leaves journal and report', async () => {
    await using world = await littleWorld();
    const { file, cwd } = await fileOf(world);
    const { code, stdout, stderr } = await sidequake(['run', file], { cwd });
    expect(code).toBe(0);
    expect(stdout).toContain('PASS  little');
    expect(stdout).toMatch(/SLI +must be +baseline +fault +recovery/);
    expect(stderr).toContain('fault for 1.5 s');
    expect(stderr).not.toContain('\u001B');
    const [run = ''] = await readdir(join(cwd, 'sidequake-runs'));
    expect(run).toMatch(/^little-\d{4}-\d\d-\d\dT\d{9}Z$/);
    const read = parseJournal(await readFile(join(cwd, 'sidequake-runs', run, 'journal.json'), 'utf8'));
    expect(read.ok && read.journal.verdict).toBe('pass');
    expect(await readFile(join(cwd, 'sidequake-runs', run, 'report.html'), 'utf8')).toContain('<!doctype html>');
    const page = await sidequake([
      'report',
      join(cwd, 'sidequake-runs', run, 'journal.json'),
      '-o',
      join(cwd, 'page.html'),
    ]);
    expect(page).toMatchObject({ code: 0, stdout: '', stderr: '' });
  });

  it('prints the journal and nothing else with --json', async () => {
    await using world = await littleWorld();
    const { file, cwd } = await fileOf(world, { guards: '[{ of: availability, below: 90% }]' });
    const { code, stdout } = await sidequake(['run', file, '--json'], { cwd });
    const read = parseJournal(stdout);
    expect(read.ok && read.journal.verdict).toBe('aborted');
    expect(code).toBe(4);
  });

  it('keeps its verdict when the disk is full, and says loudly what is lost', async () => {
    await using world = await littleWorld();
    const { file, cwd } = await fileOf(world);
    const places = ['--journal', '/dev/full', '--report', join(file, 'report.html')];
    const { code, stdout, stderr } = await sidequake(['run', file, ...places], { cwd });
    expect(code).toBe(0);
    expect(stdout).toContain('PASS  little');
    expect(stderr).toContain('THE JOURNAL IS NOT WHERE IT SHOULD BE, /dev/full cannot be written: the disk is full');
    expect(stderr).toContain('THE REPORT IS NOT WHERE IT SHOULD BE');
    const spare = /journal +(\/\S+\.json)/.exec(stdout)?.[1] ?? '';
    expect(parseJournal(await readFile(spare, 'utf8')).ok).toBe(true);
    await rm(spare);
  });

  it('lets Prometheus judge the queries when validating', async () => {
    await using world = await littleWorld();
    const { file } = await fileOf(world);
    expect((await sidequake(['validate', file])).stdout).toContain('Prometheus understands its queries');
    const expectation = `  - query: { name: q, promql: 'rate(up)', below: 1, in: [fault] }`;
    const { file: wrong } = await fileOf(world, { expect: expectation });
    const { code, stderr } = await sidequake(['validate', wrong]);
    expect(code).toBe(2);
    expect(stderr).toContain('the query of q is wrong');
  });

  it('arms nothing in a dry run', async () => {
    await using world = await littleWorld();
    const { file, cwd } = await fileOf(world);
    const { code, stdout } = await sidequake(['run', file, '--dry-run'], { cwd });
    expect(code).toBe(0);
    expect(stdout).toContain('nothing was armed');
    expect(world.admin.requests).toEqual(['GET /rules']);
    expect(await readdir(cwd)).toEqual(['little.yaml']);
  });

  it.for(['SIGINT', 'SIGTERM'] as const)('takes the fault back on %s', async (signal) => {
    await using world = await littleWorld();
    const { file, cwd } = await fileOf(world, LONG);
    const run = start(['run', file], { cwd });
    await run.said('fault for 60.0 s');
    run.child.kill(signal);
    const { code, stdout } = await run.ended;
    expect(code).toBe(4);
    expect(stdout).toContain('ABORTED');
    expect(world.admin.armed.size).toBe(0);
  });

  it('leaves at once on the second SIGINT before anything is armed, and says that nothing is', async () => {
    await using world = await littleWorld();
    const { file, cwd } = await fileOf(world);
    const run = start(['run', file], { cwd });
    await run.said('baseline for 1.2 s');
    world.prometheus.before = async () => await sleep(5000);
    run.child.kill('SIGINT');
    await run.said('SIGINT: ending the run');
    run.child.kill('SIGINT');
    const { code, stderr } = await run.ended;
    expect(code).toBe(4);
    expect(stderr).toContain('No fault is armed.');
  });

  it('repeats a run by the command in its journal', async () => {
    await using world = await littleWorld();
    const { file, cwd } = await fileOf(world, { share: '"${SHARE}"', expect: availability('99%') });
    const phases = { env: { SHARE: '50%' } };
    const { code, stdout } = await sidequake(['run', file, '--json'], { cwd, ...phases });
    expect(code).toBe(1);
    const read = parseJournal(stdout);
    expect(read.ok && read.journal.rerun).toBe(`sidequake run ${file} --var SHARE=50%`);
  });

  it('takes the fault back when nobody reads what it says any more', async () => {
    await using world = await littleWorld();
    const { file, cwd } = await fileOf(world, LONG);
    const run = start(['run', file], { cwd });
    await run.said('fault for 60.0 s');
    run.child.stderr?.destroy();
    run.child.stdout?.destroy();
    run.child.kill('SIGHUP');
    expect((await run.ended).code).toBe(4);
    expect(world.admin.armed.size).toBe(0);
    const [name = ''] = await readdir(join(cwd, 'sidequake-runs'));
    expect(await readdir(join(cwd, 'sidequake-runs', name))).toEqual(['journal.json', 'report.html']);
  });

  it('leaves at once on the second SIGINT, and says that the lease ends the fault', async () => {
    await using world = await littleWorld();
    const { file, cwd } = await fileOf(world, LONG);
    const run = start(['run', file], { cwd });
    await run.said('fault for 60.0 s');
    world.admin.mood.silent = true;
    run.child.kill('SIGINT');
    await run.said('taking the faults back');
    run.child.kill('SIGINT');
    const { code, stderr } = await run.ended;
    expect(code).toBe(5);
    expect(stderr).toMatch(/ends by itself within\s10 s/);
  });
});
