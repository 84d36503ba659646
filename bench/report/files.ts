/** Writes and reads the files of `bench/results/`. */
import { mkdir, readFile, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import type { RunResult } from '../model.ts';
import { runAsSvg } from './chart.ts';
import type { Baseline } from './gate.ts';
import { runAsMarkdown } from './markdown.ts';

/**
 * Writes the results. Only a whole run becomes `latest` and the chart: a part would leave gaps in them.
 *
 * @returns the files written
 */
export async function writeResults(folder: string, run: RunResult, whole: boolean): Promise<string[]> {
  await mkdir(folder, { recursive: true });
  const name = whole ? 'latest' : 'partial';
  const files: [string, string][] = [
    [`${name}.json`, `${JSON.stringify(run, rounded, 2)}\n`],
    [`${name}.md`, runAsMarkdown(run)],
  ];
  if (whole) files.push(['chart.svg', runAsSvg(run)]);
  for (const [file, text] of files) await writeFile(join(folder, file), text);
  return files.map(([file]) => join(folder, file));
}

/** Writes the ratios that later runs are held against. */
export async function writeBaseline(folder: string, baseline: Baseline): Promise<string> {
  const file = join(folder, 'baseline.json');
  await mkdir(folder, { recursive: true });
  await writeFile(file, `${JSON.stringify(baseline, null, 2)}\n`);
  return file;
}

/** @throws Error that says how to make a baseline, where there is none or not one that can be read */
export async function readBaseline(folder: string): Promise<Baseline> {
  const file = join(folder, 'baseline.json');
  let text: string;
  try {
    text = await readFile(file, 'utf8');
  } catch (cause) {
    throw new Error(`no baseline in ${file}: npm run bench -- --save-baseline makes one`, { cause });
  }
  const baseline = JSON.parse(text) as Partial<Baseline>;
  if (baseline.schema !== 'sidequake/bench-baseline/v1' || baseline.ratios === undefined) {
    throw new Error(`${file} is not a baseline of this version: npm run bench -- --save-baseline makes one`);
  }
  return baseline as Baseline;
}

/** More digits than were measured are noise in a diff. */
function rounded(_key: string, value: unknown): unknown {
  return typeof value === 'number' && !Number.isInteger(value) ? Number(value.toPrecision(5)) : value;
}
