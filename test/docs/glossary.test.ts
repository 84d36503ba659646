import { readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { expect, test } from 'vitest';
import { pageText, PAGES, prose, ROOT } from './pages.ts';

const entries = [...prose('docs/glossary.md').matchAll(/^- \*\*(.+?)\*\*: (.+)$/gm)].map(
  ([, word = '', meaning = '']) => ({ word, meaning }),
);

/** Everything that is written elsewhere: sources and the other pages, words apart by one blank. */
function writtenElsewhere(): string {
  const sources = ['proxy', 'verifier'].flatMap((folder) =>
    readdirSync(join(ROOT, folder), { recursive: true, encoding: 'utf8' })
      .filter((name) => name.endsWith('.ts'))
      .map((name) => readFileSync(join(ROOT, folder, name), 'utf8')),
  );
  const pages = PAGES.filter((page) => page !== 'docs/glossary.md').map(pageText);
  return [...sources, ...pages]
    .join('\n')
    .replaceAll(/[\s*]+/g, ' ')
    .toLowerCase();
}

test('the glossary has the words of the house, each once and with a sentence', () => {
  const words = entries.map(({ word }) => word);
  const needed =
    'connection exchange attempt call tunnel route rule fault effect armed disarmed lease ledger phase guard verdict bracket instance generation';
  expect(words).toEqual(expect.arrayContaining([...needed.split(' '), 'proof of injection']));
  expect(new Set(words).size).toBe(words.length);
  expect(entries.filter(({ meaning }) => !/^\S.+\.$/.test(meaning))).toEqual([]);
});

test('every word of the glossary is used in the sources or on another page', () => {
  const text = writtenElsewhere();
  expect(entries.map(({ word }) => word).filter((word) => !new RegExp(`\\b${word}(e?s|ed)?\\b`).test(text))).toEqual(
    [],
  );
});
