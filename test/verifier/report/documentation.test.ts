import { readFile } from 'node:fs/promises';
import { expect, test } from 'vitest';
import { journalJsonSchema } from '../../../verifier/report/read-journal.ts';

/** Every property name anywhere in a JSON Schema. */
function propertyNames(schema: unknown): readonly string[] {
  if (typeof schema !== 'object' || schema === null) return [];
  return Object.entries(schema).flatMap(([key, value]: [string, unknown]) => [
    ...(key === 'properties' ? Object.keys(value as object) : []),
    ...propertyNames(value),
  ]);
}

test('docs/journal.md names every field of a journal', async () => {
  const text = await readFile(new URL('../../../docs/journal.md', import.meta.url), 'utf8');
  const page = text.replaceAll(/```[\s\S]*?```/g, '');
  const words = new Set([...page.matchAll(/`([^`]+)`/g)].flatMap((match) => (match[1] ?? '').split(/[.[\]{}, ]+/)));
  const names = [...new Set(propertyNames(journalJsonSchema()))];
  expect(names.length).toBeGreaterThan(40);
  expect(names.filter((name) => !words.has(name))).toEqual([]);
});
