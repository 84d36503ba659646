// The project's pages as people read them.
import { readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';

/** The project's folder. */
export const ROOT: string = fileURLToPath(new URL('../../', import.meta.url));

/** Paths of all pages, relative to the project. */
export const PAGES: readonly string[] = [
  ...readdirSync(ROOT).filter((name) => name.endsWith('.md')),
  ...readdirSync(join(ROOT, 'docs'))
    .filter((name) => name.endsWith('.md'))
    .map((name) => `docs/${name}`),
];

/** The text of a page. */
export function pageText(page: string): string {
  return readFileSync(join(ROOT, page), 'utf8');
}

/** What is left of a page without its code blocks. */
export function prose(page: string): string {
  return pageText(page).replaceAll(/^```[\s\S]*?^```$/gm, '');
}

/** The code blocks of a page that are marked with a language. */
export function codeBlocks(page: string, language: string): readonly string[] {
  return [...pageText(page).matchAll(/^```(\S*)\n([\s\S]*?)^```$/gm)].flatMap(([, marked, code = '']) =>
    marked === language ? [code] : [],
  );
}

/** The cells of all table rows of a page, without the heads' rulers. */
export function tableRows(page: string): readonly (readonly string[])[] {
  return prose(page)
    .split('\n')
    .filter((line) => line.startsWith('|') && !/^\|[\s|:-]+$/.test(line))
    .map((line) =>
      line
        .slice(1, line.lastIndexOf('|'))
        .split('|')
        .map((cell) => cell.trim()),
    );
}

/** Words in code marks. */
export function marked(text: string): readonly string[] {
  return [...text.matchAll(/`([^`]+)`/g)].map(([, word = '']) => word);
}
