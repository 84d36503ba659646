import { describe, expect, test } from 'vitest';
import { renderHtml } from '../../../verifier/report/html.ts';
import type { Journal, Timeline } from '../../../verifier/report/journal.ts';
import { VERDICTS } from '../../../verifier/report/journal.ts';
import { html } from '../../../verifier/report/markup.ts';
import { verdictWords } from '../../../verifier/report/verdict-words.ts';
import { fixture, fixtureNames } from './fixtures.ts';

const LIMIT = 300_000;
const names = await fixtureNames();
const plain = (text: string): string => text.replaceAll('\u202F', ' ');

describe.each(names)('the report of %s', (name) => {
  test('is the same bytes each time, small, and loads nothing', async () => {
    const page = renderHtml(await fixture(name));
    expect(renderHtml(await fixture(name))).toBe(page);
    expect(Buffer.byteLength(page)).toBeLessThan(LIMIT);
    expect(page).not.toMatch(/<(script|link(?! rel="icon" href="data:,")|img|iframe|object|embed|base)\b/i);
    expect(page).not.toMatch(/\s(src|href|action|poster|data|xlink:href)\s*=\s*"(?!data:,")/i);
    expect(page.replaceAll(/url\(#hatch\)/g, '')).not.toMatch(/url\(|@import/);
  });

  test('says the verdict, the reason and every query word for word', async () => {
    const journal = await fixture(name);
    const page = renderHtml(journal);
    expect(page).toContain(`<p class="word">${verdictWords(journal.verdict).word}</p>`);
    expect(plain(page)).toContain(plain(html`${journal.reason}`.toString()));
    for (const query of journal.expectations.flatMap((result) => result.queries)) {
      expect(page).toContain(html`<pre class="promql">${query.promql}</pre>`.toString());
      expect(page).toContain(query.at);
    }
    expect(page).toContain(html`${journal.id}`.toString());
  });
});

test('every verdict has a word, a meaning and a shape of its own', async () => {
  const journal = await fixture('pass');
  const shape = (page: string): string => /<svg\s+class="shape [\s\S]*?<\/svg>/.exec(page)?.[0] ?? '';
  const pages = VERDICTS.map((verdict) => renderHtml({ ...journal, verdict }));
  expect(new Set(pages.map((page) => shape(page).replace(/class="shape \w+"/, ''))).size).toBe(VERDICTS.length);
  expect(new Set(VERDICTS.map((verdict) => verdictWords(verdict).word)).size).toBe(VERDICTS.length);
});

test('no string of a hostile journal becomes markup', async () => {
  const page = renderHtml(await fixture('hostile'));
  expect(page).toContain('&lt;script&gt;window.hacked=1&lt;/script&gt;');
  expect(page).not.toMatch(/<script|<img|<svg\/|<\/textarea/i);
  expect(page.match(/<\/title>\s*<style>/g)).toHaveLength(1);
  // A quote is always escaped, so no attribute can have come out of a value.
  expect(page).not.toMatch(/"\s*onerror=|'\s*onmouseover=/);
  // eslint-disable-next-line no-control-regex -- what must not be there
  expect(page).not.toMatch(/[\u0000-\u0008\u202a-\u202e]/);
});

test('a command to paste quotes what came from the journal', async () => {
  const journal = await fixture('pass');
  const page = renderHtml({
    ...journal,
    prometheus: { ...journal.prometheus, url: "http://x/$(touch hacked)'`id`" },
  });
  expect(page).toContain(html`curl -sG ${"'http://x/$(touch hacked)'\\''`id`/api/v1/query'"}`.toString());
});

describe('what a reader must not overlook', () => {
  test('a fault that may still be armed stands right under the verdict, with what to do', async () => {
    const page = renderHtml(await fixture('undo-failed'));
    expect(page.indexOf('A fault may still be armed')).toBeLessThan(page.indexOf('Service levels'));
    expect(page).toContain('http://10.244.0.23:15020: still lists slow-ratings as armed');
    expect(page).toContain('sidequake fault clear --admin URL');
    expect(renderHtml(await fixture('pass'))).not.toContain('may still be armed.</h2>');
  });

  test('a ledger that does not agree comes first and one that does not add up is named', async () => {
    const page = renderHtml(await fixture('undo-failed'));
    expect(page.indexOf('10.244.0.19:15020</span')).toBeLessThan(page.indexOf('127.0.0.1:15020</span'));
    expect(page).toContain('The ledger does not add up');
  });

  test('the reason of every figure that did not hold stands in the table', async () => {
    const journal = await fixture('inconclusive');
    const table = /<table class="levels">[\s\S]*?<\/table>/.exec(renderHtml(journal))?.[0] ?? '';
    for (const result of journal.expectations.filter(({ verdict }) => verdict !== 'pass')) {
      expect(plain(table)).toContain(plain(html`${result.reason}`.toString()));
    }
    expect(table).toContain('no figure');
  });

  test('gaps are drawn as gaps and said', async () => {
    const page = renderHtml(await fixture('inconclusive'));
    expect(page.match(/class="gap"/g)).toHaveLength(3);
    expect(page).toContain('No sound value in the whole run.');
    expect(plain(page)).toContain('No data for 30 s.');
  });

  test('counts of two rules are not added up: one request may have matched both', async () => {
    const journal = await fixture('pass');
    const injection = journal.injection.flatMap((line) => [line, { ...line, rule: 'failing-ratings' }]);
    const page = renderHtml({ ...journal, injection });
    expect(page).toContain('<dd>2 rules acted</dd>');
    expect(page).toContain('failing-ratings broke 1,507 of 3,000 matched requests at ratings: 2 ledgers agree.');
    expect(page).not.toContain('6,000');
  });

  test('a run that ended in its baseline does not claim that the levels held', async () => {
    const journal = await fixture('pass');
    const expectations = journal.expectations.filter((result) => result.phase === 'baseline');
    expect(renderHtml({ ...journal, verdict: 'aborted', expectations })).toContain(
      '<dd>both held (baseline only)</dd>',
    );
  });

  test('a guard that tripped is a line in the timeline', async () => {
    const page = renderHtml(await fixture('aborted'));
    expect(page).toMatch(/class="moment-label[^>]*>guard 12:31:3\d</);
    expect(renderHtml(await fixture('pass'))).not.toContain('<text class="moment-label');
  });
});

test('an hour at one second, ten figures, 400 pods: still one small page, and the worst value is on it', async () => {
  const journal = await fixture('ten-levels');
  const timelines = journal.timelines.map((timeline): Timeline => {
    const points = Array.from({ length: 3600 }, (_, second): [number, number | null] => [
      1_800_000_000 + second,
      second % 97 === 0 ? null : second === 1801 ? 0.123 : 0.9 + 0.1 * Math.abs(Math.sin(second)),
    ]);
    return { ...timeline, unit: 'ratio', threshold: 0.95, direction: 'above', points };
  });
  const [line] = journal.injection;
  if (line === undefined) throw new Error('the fixture has no ledger');
  const injection = Array.from({ length: 400 }, (_, pod) => ({ ...line, pod: `pod-${pod}`, agrees: pod !== 399 }));
  const page = renderHtml({ ...journal, timelines, injection });
  expect(Buffer.byteLength(page)).toBeLessThan(LIMIT);
  expect(plain(page).match(/>12\.3 %<\/text/g)).toHaveLength(10);
  expect(page).toContain('pod-399');
  expect(page).toContain('and 340 more in the journal');
});

test('a journal with nothing in it is still a page', async () => {
  const journal = await fixture('unsteady');
  const empty: Journal = {
    ...journal,
    verdict: 'invalid',
    phases: [],
    expectations: [],
    guards: [],
    timelines: [],
    faults: [],
    injection: [],
    prometheus: { url: 'http://127.0.0.1:9090', version: null, scrapeIntervalMs: null, clockSkewMs: null },
  };
  const page = renderHtml(empty);
  expect(page).toContain('Nothing was judged in this run.');
  expect(page).not.toMatch(/NaN|undefined|Infinity|null/);
});

test.each(names)('%s has no figure that is none', async (name) => {
  if (name === 'hostile') return;
  expect(renderHtml(await fixture(name))).not.toMatch(/NaN|undefined|Infinity|\[object/);
});
