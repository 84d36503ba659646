import { copyFile, mkdir, mkdtemp, readFile, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { killAll, sidequake } from './sidequake.ts';

const FIXTURE = (name: string): string =>
  fileURLToPath(new URL(`../../fixtures/journals/${name}.json`, import.meta.url));

let folder: string;
beforeAll(async () => {
  folder = await mkdtemp(join(tmpdir(), 'sidequake-report-'));
  await mkdir(join(folder, 'a b#1'));
  await copyFile(FIXTURE('pass'), join(folder, 'a b#1', 'journal.json'));
  await writeFile(join(folder, 'a b#1', 'report.html'), '');
  await mkdir(join(folder, 'out'));
  await copyFile(FIXTURE('deviated'), join(folder, 'x:careless.json'));
  await writeFile(join(folder, 'x:careless.html'), '');
  await copyFile(FIXTURE('unsteady'), join(folder, 'alone.json'));
});
afterAll(async () => {
  killAll();
  await rm(folder, { recursive: true });
});

/** Addresses on the page that lead to runs. */
async function addresses(args: readonly string[]): Promise<ReadonlySet<string>> {
  const { code, stderr, stdout } = await sidequake(['report', ...args], { cwd: folder });
  expect({ code, stderr }).toEqual({ code: 0, stderr: '' });
  const output = args.indexOf('--output');
  const page = output === -1 ? stdout : await readFile(join(folder, args[output + 1] ?? ''), 'utf8');
  return new Set([...page.matchAll(/href="((?!data:)[^"#][^"]*)"/g)].map(([, href]) => href ?? ''));
}

describe.concurrent('sidequake report of several journals', () => {
  it('links the reports beside them, from where the page stands', async () => {
    const found = await addresses(['a b#1/journal.json', 'x:careless.json', '--output', 'out/both.html']);
    expect(found).toEqual(new Set(['../a%20b%231/report.html', '../x%3Acareless.html']));
  });

  it('links a journal that has no report, also by an absolute path', async () => {
    const found = await addresses([join(folder, 'alone.json'), join(folder, 'x:careless.json')]);
    expect(found).toEqual(new Set(['alone.json', 'x%3Acareless.html']));
  });
});
