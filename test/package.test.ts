import { execFile, spawn } from 'node:child_process';
import { access, cp, mkdir, mkdtemp, readdir, readFile, rm, symlink } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { delimiter, dirname, join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { promisify } from 'node:util';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { freePorts } from '../deploy/demo/free-ports.ts';
import { call, startApp } from './support/app.ts';

/**
 * The package as people get it: packed, installed into an empty folder without a registry, and run from there. Packing
 * bundles first (`prepare`); it is done on a copy, since other tests use the bundle of this tree.
 */

const ROOT = fileURLToPath(new URL('../', import.meta.url));
const SOURCES = ['package.json', 'LICENSE', 'tsconfig.json', 'verifier', 'proxy', 'deploy', 'docs'];

const LEASH = new URL('../deploy/demo/end-with-parent.ts', import.meta.url).href;

const run = promisify(execFile);
/** The Node of the tests first, as `#!/usr/bin/env node` asks for it. */
const env = {
  PATH: [dirname(process.execPath), process.env['PATH']].join(delimiter),
  HOME: process.env['HOME'],
};

let folder: string;
let installed: string;
let sidequake: string;

beforeAll(async () => {
  folder = await mkdtemp(join(tmpdir(), 'sidequake-package-'));
  const tree = join(folder, 'tree');
  await mkdir(tree);
  for (const source of SOURCES) await cp(join(ROOT, source), join(tree, source), { recursive: true });
  await symlink(join(ROOT, 'node_modules'), join(tree, 'node_modules'));
  const npm = { env: { ...env, npm_config_cache: join(folder, 'cache'), npm_config_update_notifier: 'false' } };
  await run('npm', ['pack', '--pack-destination', folder], { ...npm, cwd: tree });
  const [tarball = ''] = (await readdir(folder)).filter((name) => name.endsWith('.tgz'));
  const home = join(folder, 'home');
  await mkdir(home);
  await run('npm', ['install', '--offline', '--no-audit', '--no-fund', join(folder, tarball)], { ...npm, cwd: home });
  installed = join(home, 'node_modules/sidequake');
  sidequake = join(home, 'node_modules/.bin/sidequake');
}, 60_000);
afterAll(async () => await rm(folder, { recursive: true }));

describe.concurrent('the installed package', () => {
  test('brings nothing along: no dependencies, no sources, no tests', async () => {
    expect(await readdir(dirname(installed))).toEqual(['.bin', '.package-lock.json', 'sidequake']);
    const files = await readdir(installed, { recursive: true });
    expect(files.filter((file) => /\.ts$|\.map$|(^|\/)(test|bench|node_modules)(\/|$)/.test(file))).toEqual([]);
    expect(files).toContain('LICENSE');
  });

  test('names its version, helps and prints schemas', async () => {
    const { version } = JSON.parse(await readFile(join(ROOT, 'package.json'), 'utf8')) as { version: string };
    const said = async (...args: string[]): Promise<string> =>
      (await run(sidequake, args, { env, cwd: folder })).stdout;
    expect(await said('--version')).toBe(`${version}\n`);
    expect(await said('--help')).toContain('sidequake run <file>');
    expect(await said('proxy', '--help')).toContain('--upstream');
    expect(JSON.parse(await said('schema', 'journal'))).toMatchObject({ type: 'object' });
  });

  test('validates an experiment', async () => {
    const file = join(ROOT, 'deploy/demo/experiments/slow-and-failing-ratings.yaml');
    const values = ['VERSION=careful', 'FRONTEND=http://127.0.0.1:1', 'RATINGS_ADMIN=http://127.0.0.1:2'];
    const args = ['validate', file, '--offline', ...values.map((value) => `--var=${value}`)];
    expect((await run(sidequake, args, { env })).stdout).toContain('is valid');
  });

  test('starts a sidecar that forwards', async () => {
    await using app = await startApp();
    const [port = 0] = await freePorts(1);
    const child = spawn(sidequake, ['proxy', '--listen', String(port), '--upstream', String(app.port)], {
      // It ends with this process, however that goes.
      env: { ...env, NODE_OPTIONS: `--import=${LEASH}` },
      stdio: ['pipe', 'pipe', 'pipe'],
    });
    try {
      await new Promise<void>((resolve, reject) => {
        let said = '';
        const look = (text: Buffer): void => {
          said += String(text);
          if (said.includes('listening')) resolve();
        };
        child.stdout.on('data', look);
        child.stderr.on('data', look);
        child.once('exit', () => reject(new Error(`it ended: ${said}`)));
      });
      expect(await call(port, '/hello')).toMatchObject({ status: 200, body: '/hello' });
    } finally {
      child.kill('SIGTERM');
    }
    const code = await new Promise((resolve) => child.once('exit', resolve));
    expect(code).toBe(0);
  });
});

test('packing bundles by itself', async () => {
  // No bundle was copied: this one is of `prepare`.
  await expect(access(join(folder, 'tree/dist/sidequake.mjs'))).resolves.toBeUndefined();
});
