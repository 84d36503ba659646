// Writes test/fixtures/journals/*.json anew: `node test/verifier/report/write-fixtures.ts`, after a change of the stories
// or of the journal's schema.
import { mkdir, writeFile } from 'node:fs/promises';
import { STORIES } from './stories.ts';

const folder = new URL('../../fixtures/journals/', import.meta.url);
await mkdir(folder, { recursive: true });
for (const [name, story] of Object.entries(STORIES)) {
  await writeFile(new URL(`${name}.json`, folder), `${JSON.stringify(story(), null, 1)}\n`);
}
