import { describe, expect, test } from 'vitest';
import { renderComparison } from '../../../verifier/report/comparison.ts';
import { fixture } from './fixtures.ts';

const careless = { journal: await fixture('deviated'), href: 'careless.html', title: 'Careless' };
const careful = { journal: await fixture('pass'), href: 'careful.html', title: 'Careful' };

describe('a comparison', () => {
  const page = renderComparison([careless, careful]);

  test('shows each verdict and leads to each report by a relative link', () => {
    expect(page).toMatch(/Careless<\/h2>[\s\S]*?>Deviated<[\s\S]*?href="careless.html"/);
    expect(page).toMatch(/Careful<\/h2>[\s\S]*?>Pass<[\s\S]*?href="careful.html"/);
    expect(page).not.toMatch(/(src|href)="https?:/);
    expect(renderComparison([careless, careful])).toBe(page);
  });

  test('takes the question as its headline where all asked the same', () => {
    expect(page).toContain(`<h1>${careless.journal.question}</h1>`);
    expect(renderComparison([careless, { ...careful, journal: { ...careful.journal, question: null } }])).toContain(
      '<h1>2 runs compared</h1>',
    );
    expect(renderComparison([careless], { title: 'Mine', intro: 'Why' })).toMatch(
      /<h1>Mine<\/h1>\s*<p class="lead">Why/,
    );
  });

  test('draws the same figure of all runs on one scale', () => {
    const ticks = [...page.matchAll(/<svg\s+class="timeline"[\s\S]*?<\/svg\s*>\s*<\/div>/g)].map(([svg]) =>
      [...svg.matchAll(/class="tick [xy][^>]*>([^<]*)</g)].map((match) => match[1]),
    );
    expect(ticks).toHaveLength(4);
    expect(ticks[0]).toEqual(ticks[1]);
    expect(ticks[2]).toEqual(ticks[3]);
    expect(ticks[0]).toContain('+1\u202Fmin');
    expect(ticks[0]).not.toEqual(ticks[2]);
  });
});

test('runs that judged different things are compared as far as they go', async () => {
  const page = renderComparison([careful, { journal: await fixture('unsteady'), href: 'unsteady.html' }]);
  expect(page).toContain('not judged');
  expect(page).toMatch(/<td data-label="reviews-survive-slow-ratings">nothing<\/td>/);
});

test('of the same figure with two bounds each cell says its own', () => {
  const stricter = careful.journal.expectations.map((result) => ({ ...result, bound: `${result.bound}9` }));
  const page = renderComparison([careful, { ...careful, journal: { ...careful.journal, expectations: stricter } }]);
  expect(page.match(/≥ 99\.5/g)?.length).toBeGreaterThan(6);
});

test.each([
  'https://example.com/x.html',
  '//example.com/x.html',
  'javascript:alert(1)',
  ' javascript:alert(1)',
  'java\nscript:alert(1)',
  '/etc/passwd',
  '\\\\host\\x.html',
  'data:text/html,x',
  '',
])('the address %j is refused: it is not relative', (href) => {
  expect(() => renderComparison([{ ...careful, href }])).toThrow(/must be relative/);
});

test.each(['x.html', 'runs/2026-11-21T12:30:05/report.html', '../runs/a.html', 'a%20b.html#levels'])(
  'the address %j is relative',
  (href) => {
    expect(renderComparison([{ ...careful, href }])).toContain(`href="${href}"`);
  },
);

test('no runs are refused', () => {
  expect(() => renderComparison([])).toThrow('at least one journal');
});
