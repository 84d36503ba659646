import { existsSync } from 'node:fs';
import { dirname, join, relative } from 'node:path';
import { describe, expect, it, test } from 'vitest';
import { pageText, PAGES, prose, ROOT } from './pages.ts';

/** GitHub's anchors of a page's headings. */
function anchorsOf(page: string): readonly string[] {
  return [...prose(page).matchAll(/^#+ (.+)$/gm)].map(([, heading = '']) =>
    heading
      .toLowerCase()
      .replaceAll(/[^\p{L}\p{N} _-]/gu, '')
      .replaceAll(' ', '-'),
  );
}

/** Targets of links and pictures that are no web addresses. */
function localLinks(page: string): readonly string[] {
  const targets = [...prose(page).matchAll(/\]\(([^)\s]+)\)/g)].map(([, target = '']) => target);
  return targets.filter((target) => !/^[a-z]+:/.test(target));
}

test('there are pages to look at, and they link', () => {
  expect(PAGES).toEqual(expect.arrayContaining(['README.md', 'CONTRIBUTING.md', 'CHANGELOG.md', 'docs/README.md']));
  expect(localLinks('README.md').length).toBeGreaterThan(10);
  expect(anchorsOf('docs/config.md')).toContain('match-and-except');
});

describe.each(PAGES)('%s', (page) => {
  it('links to files and headings that are there', () => {
    const broken = localLinks(page).filter((target) => {
      const [path = '', anchor] = target.split('#');
      const file = path === '' ? page : relative(ROOT, join(ROOT, dirname(page), path));
      if (file.startsWith('..') || !existsSync(join(ROOT, file))) return true;
      return anchor !== undefined && !anchorsOf(file).includes(anchor);
    });
    expect(broken).toEqual([]);
  });

  it('speaks of nothing that a clone does not have', () => {
    const text = pageText(page);
    expect(text).not.toMatch(/\.\.\/shared|\/shared\/|\/work\/|\/root\//);
    expect(text).not.toMatch(/\bissues? #?\d|(^|\s)#\d+\b/i);
  });
});

test('the index of the documentation names every page of it', () => {
  const linked = new Set(localLinks('docs/README.md'));
  const pages = PAGES.filter((page) => page.startsWith('docs/') && page !== 'docs/README.md');
  expect(pages.filter((page) => !linked.has(page.slice('docs/'.length)))).toEqual([]);
});
