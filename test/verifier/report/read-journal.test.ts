import { expect, test } from 'vitest';
import { journalJsonSchema, parseJournal } from '../../../verifier/report/read-journal.ts';
import { fixtureNames, fixtureText } from './fixtures.ts';
import { STORIES } from './stories.ts';

test('the fixtures are those of the stories', async () => {
  expect(await fixtureNames()).toEqual(Object.keys(STORIES).sort());
});

// After a change of the stories or of the schema: `npx vitest run test/verifier/report -u` writes the fixtures anew.
test.each(Object.keys(STORIES))('the fixture %s is a journal, and is what its story tells', async (name) => {
  const told = `${JSON.stringify(STORIES[name]?.(), null, 1)}\n`;
  await expect(told).toMatchFileSnapshot(`../../fixtures/journals/${name}.json`);
  expect(parseJournal(await fixtureText(name))).toMatchObject({ ok: true });
});

const change = async (edit: (journal: Record<string, unknown>) => void): Promise<readonly string[]> => {
  const journal = JSON.parse(await fixtureText('pass')) as Record<string, unknown>;
  edit(journal);
  const parsed = parseJournal(JSON.stringify(journal));
  return parsed.ok ? [] : parsed.problems;
};

test('a wrong value is named with its place and what was found', async () => {
  const problems = await change((journal) => {
    journal['verdict'] = 'passed';
    const third = (journal['expectations'] as { low: unknown }[])[2];
    if (third !== undefined) third.low = '99 %';
  });
  expect(problems).toEqual([
    expect.stringMatching(/^verdict: .*"pass".*found "passed"$/),
    expect.stringMatching(/^expectations\[2\]\.low: .*number.*found "99 %"$/),
  ]);
});

test('a missing and an unknown key', async () => {
  expect(await change((journal) => delete journal['undo'])).toEqual(['undo: is missing']);
  expect(await change((journal) => (journal['colour'] = 'red'))).toEqual(['journal: unknown key "colour"']);
});

test.each([
  ['', /^not JSON: /],
  ['{"schema": ', /^not JSON: /],
  ['[]', /^not a journal: expected an object with "schema": "sidequake\/journal\/v1"/],
  ['{"chaoslib-version":"1.40"}', /a Chaos Toolkit journal/],
  [
    '{"schema":"sidequake/journal/v2"}',
    /^schema: this version reads sidequake\/journal\/v1, the journal is "sidequake\/journal\/v2"/,
  ],
])('%j is refused in one sentence', (text, sentence) => {
  const parsed = parseJournal(text);
  expect(parsed).toMatchObject({ ok: false, problems: [expect.stringMatching(sentence)] });
});

test('a journal full of mistakes does not flood the terminal', () => {
  const parsed = parseJournal(
    JSON.stringify({ schema: 'sidequake/journal/v1', findings: Array.from({ length: 500 }, () => 1) }),
  );
  expect(parsed.ok ? 0 : parsed.problems.length).toBe(21);
});

test('the JSON Schema closes its objects and describes its fields', () => {
  const schema = journalJsonSchema();
  expect(schema).toMatchObject({ type: 'object', additionalProperties: false });
  expect(JSON.stringify(schema)).toContain('the verdict in one sentence');
});
