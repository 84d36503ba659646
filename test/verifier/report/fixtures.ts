import { readdir, readFile } from 'node:fs/promises';
import type { Journal } from '../../../verifier/report/journal.ts';
import { parseJournal } from '../../../verifier/report/read-journal.ts';

const FOLDER = new URL('../../fixtures/journals/', import.meta.url);

/** Names of the journals in test/fixtures/journals, without `.json`. */
export async function fixtureNames(): Promise<readonly string[]> {
  const files = await readdir(FOLDER);
  return files
    .filter((file) => file.endsWith('.json'))
    .map((file) => file.slice(0, -'.json'.length))
    .sort();
}

export async function fixtureText(name: string): Promise<string> {
  return readFile(new URL(`${name}.json`, FOLDER), 'utf8');
}

/** A fixture as a journal, through the reader that users' files go through. */
export async function fixture(name: string): Promise<Journal> {
  const parsed = parseJournal(await fixtureText(name));
  if (!parsed.ok) throw new Error(`${name}.json: ${parsed.problems.join('; ')}`);
  return parsed.journal;
}
