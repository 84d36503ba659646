import { mkdtemp, readdir, readFile, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { afterAll, describe, expect, it } from 'vitest';
import { explanationOf } from '../../../verifier/cli/explanation.ts';
import { columnsOf } from '../../../verifier/cli/wrap.ts';
import { readExperiment } from '../../../verifier/experiment/read.ts';
import { describeProblem } from '../../../proxy/config/problem.ts';
import { killAll, sidequake } from './sidequake.ts';

/** What people will copy has to work: every experiment of the demo, every one in the documentation. */

const ROOT = fileURLToPath(new URL('../../../', import.meta.url));
const DEMO = join(ROOT, 'deploy/demo/experiments');

const VALUES: Readonly<Record<string, string>> = {
  VERSION: 'careful',
  FRONTEND: 'http://127.0.0.1:8080',
  RATINGS_ADMIN: 'http://127.0.0.1:15020',
  MIN_EVENTS: '20',
};

async function examples(): Promise<readonly (readonly [name: string, text: string])[]> {
  const demo = await Promise.all(
    (await readdir(DEMO)).map(async (name) => [name, await readFile(join(DEMO, name), 'utf8')] as const),
  );
  const page = await readFile(join(ROOT, 'docs/experiments.md'), 'utf8');
  const blocks = [...page.matchAll(/```yaml\n([\s\S]*?)```/g)].map(
    ([, text = ''], index) => [`docs/experiments.md, block ${index + 1}`, text] as const,
  );
  return [...demo, ...blocks];
}

const all = await examples();
const folder = await mkdtemp(join(tmpdir(), 'sidequake-documented-'));
afterAll(async () => {
  killAll();
  await rm(folder, { recursive: true });
});

describe('experiments that people will copy', () => {
  it('are there', () => {
    expect(all.filter(([name]) => name.startsWith('docs')).length).toBeGreaterThanOrEqual(2);
    expect(all.length).toBeGreaterThanOrEqual(3);
  });

  it.for(all)('%s is valid, and its explanation fits a terminal', ([name, text]) => {
    const read = readExperiment(text, { file: name, variables: (variable) => VALUES[variable] });
    expect(read.ok ? [] : read.problems.map(describeProblem)).toEqual([]);
    if (!read.ok) return;
    for (const columns of [80, 60]) {
      for (const scrapeSeconds of [null, 1, 5, 30]) {
        const lines = explanationOf(read.experiment, { scrapeSeconds }, columns).split('\n');
        // A word that is longer than the line (an address, a selector) is left whole.
        const long = lines.filter((line) => columnsOf(line) > columns && /\S\s+\S/.test(line.slice(4)));
        expect(long).toEqual([]);
      }
    }
  });

  it('by the command line', async () => {
    for (const [index, [name, text]] of all.entries()) {
      const file = join(folder, `${index}.yaml`);
      await writeFile(file, text);
      const given = Object.entries(VALUES).map(([variable, value]) => `--var=${variable}=${value}`);
      const asked = ['--prometheus-url', 'http://127.0.0.1:1', ...given];
      const [valid, explained] = await Promise.all([
        sidequake(['validate', file, '--offline', ...asked]),
        sidequake(['explain', file, ...asked]),
      ]);
      expect({ name, code: valid.code, stderr: valid.stderr }).toEqual({ name, code: 0, stderr: '' });
      expect({ name, code: explained.code, stderr: explained.stderr }).toEqual({ name, code: 0, stderr: '' });
      expect(explained.stdout).toContain('The scrape interval is not known');
    }
  });
});
