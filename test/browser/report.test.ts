/** The pages in a real browser: what a person sees, at the widths and in the themes that people have. */
import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { pathToFileURL } from 'node:url';
import type { Browser, Page } from 'playwright-core';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { renderComparison } from '../../verifier/report/comparison.ts';
import { renderHtml } from '../../verifier/report/html.ts';
import { verdictWords } from '../../verifier/report/verdict-words.ts';
import { fixture, fixtureNames } from '../verifier/report/fixtures.ts';
import { findChromium, startChromium } from './chromium.ts';
import { lowContrast } from './contrast-in-page.js';

const found = findChromium(process.env);
if ('missing' in found) console.warn(`skipped: the pages are not looked at in a browser, ${found.missing}`);

describe.skipIf('missing' in found)('the pages in a browser', async () => {
  const names = await fixtureNames();
  let browser: Browser;
  let folder: string;

  beforeAll(async () => {
    if ('missing' in found) return;
    folder = await mkdtemp(join(tmpdir(), 'sidequake-pages-'));
    for (const name of names) await writeFile(join(folder, `${name}.html`), renderHtml(await fixture(name)));
    const runs = await Promise.all(names.map(async (name) => ({ journal: await fixture(name), href: `${name}.html` })));
    await writeFile(join(folder, 'index.html'), renderComparison(runs));
    browser = await startChromium(found.path);
  });

  afterAll(async () => {
    await browser?.close();
    if (folder !== undefined) await rm(folder, { recursive: true });
  });

  /** Opens a page and lists everything it did that a page of ours must not do. */
  async function open(
    name: string,
    colorScheme: 'light' | 'dark',
    width: number,
  ): Promise<{ page: Page; sins: string[] }> {
    const page = await browser.newPage({ viewport: { width, height: 900 }, colorScheme });
    const sins: string[] = [];
    const address = pathToFileURL(join(folder, `${name}.html`)).href;
    page.on('console', (message) => sins.push(`console: ${message.text()}`));
    page.on('pageerror', (error) => sins.push(`error: ${error.message}`));
    page.on('dialog', (dialog) => sins.push(`dialog: ${dialog.message()}`));
    page.on('request', (request) => {
      if (![address, 'data:,'].includes(request.url())) sins.push(`request: ${request.url()}`);
    });
    await page.goto(address);
    return { page, sins };
  }

  test.each([...names, 'index'])('%s: quiet, never wider than the window, readable in light and dark', async (name) => {
    const { page, sins } = await open(name, 'light', 1280);
    for (const width of [390, 768, 1280]) {
      await page.setViewportSize({ width, height: 900 });
      expect(await page.evaluate('document.documentElement.scrollWidth'), `at ${width} px`).toBeLessThanOrEqual(width);
      // Text of an SVG outside its box makes nothing scroll: it would be cut off unseen.
      const cut: string[] = await page.evaluate(
        `[...document.querySelectorAll('svg.timeline text')].filter((text) => {
          const { left, right } = text.getBoundingClientRect();
          return left < 0 || right > innerWidth;
        }).map((text) => text.textContent)`,
      );
      expect(cut, `at ${width} px`).toEqual([]);
      // The verdict is in the first window, in words. (The hostile journal has 440 letters without a space above it.)
      const word = page.locator('.verdict .word').first();
      const box = await word.boundingBox();
      expect((box?.y ?? Infinity) + (box?.height ?? 0)).toBeLessThan(name === 'hostile' ? 1600 : 700);
      expect(box?.width).toBeGreaterThan(50);
      if (name !== 'index') expect(await word.textContent()).toBe(verdictWords((await fixture(name)).verdict).word);
    }
    for (const colorScheme of ['light', 'dark'] as const) {
      await page.emulateMedia({ colorScheme });
      const { checked, low } = await page.evaluate(lowContrast, 4.5);
      expect(checked).toBeGreaterThan(50);
      expect(low, colorScheme).toEqual([]);
    }
    expect(await page.evaluate('window.hacked')).toBeUndefined();
    expect(sins).toEqual([]);
    await page.close();
  });

  test('the course is drawn where the axis says, and fills the width it is given', async () => {
    const { page } = await open('deviated', 'light', 1280);
    for (const width of [1280, 390]) {
      await page.setViewportSize({ width, height: 900 });
      const chart = page.locator('svg.timeline').first();
      const [course, band, tick] = await Promise.all([
        chart.locator('.course').first().boundingBox(),
        chart.locator('.band.fault').boundingBox(),
        chart.getByText('12:32:00').boundingBox(),
      ]);
      const plot = await chart.boundingBox();
      if (!course || !band || !tick || !plot) throw new Error('a part of the chart is not painted');
      expect(Math.abs(course.width - plot.width)).toBeLessThan(3);
      // The fault ran from 12:31:08 to 12:32:08: the tick of 12:32:00 lies 52/60 into its band.
      expect((tick.x + tick.width / 2 - band.x) / band.width).toBeCloseTo(51.75 / 60, 1);
    }
    await page.close();
  });

  test.each(['deviated', 'aborted'])(
    '%s: names of phases and ticks of one axis do not overlap on a phone',
    async (name) => {
      const { page } = await open(name, 'light', 390);
      for (const kind of ['text.phase', 'text.tick.x']) {
        // Left and right edges of all that are shown.
        const edges: [number, number][] = await page.evaluate(
          `[...document.querySelector('svg.timeline').querySelectorAll('${kind}')].map((text) => text.getBoundingClientRect())
          .filter((box) => box.width > 0).map((box) => [box.left, box.right])`,
        );
        expect(edges.length).toBeGreaterThan(2);
        for (const [index, [, right]] of edges.entries()) expect(right).toBeLessThan(edges[index + 1]?.[0] ?? Infinity);
      }
      await page.close();
    },
  );

  test('prints as a PDF of a few pages, in light colours although the screen is dark', async () => {
    const { page } = await open('deviated', 'dark', 1280);
    expect(await page.evaluate('getComputedStyle(document.body).backgroundColor')).not.toBe('rgb(255, 255, 255)');
    await page.emulateMedia({ media: 'print', colorScheme: 'dark' });
    expect(await page.evaluate('getComputedStyle(document.body).backgroundColor')).toBe('rgb(255, 255, 255)');
    expect((await page.evaluate(lowContrast, 4.5)).low).toEqual([]);
    const pdf = await page.pdf({ preferCSSPageSize: true, printBackground: true });
    expect(pdf.subarray(0, 5).toString()).toBe('%PDF-');
    const pages = pdf.toString('latin1').match(/\/Type\s*\/Page\b/g)?.length ?? 0;
    expect(pages).toBeGreaterThanOrEqual(2);
    expect(pages).toBeLessThanOrEqual(6);
    await page.close();
  });

  test('a click selects a whole query', async () => {
    const { page } = await open('pass', 'light', 1280);
    const query = page.locator('pre.promql').first();
    await query.click();
    expect(await page.evaluate('getSelection().toString()')).toBe(await query.textContent());
    await page.close();
  });

  test('the comparison leads to each report', async () => {
    const { page } = await open('index', 'light', 1280);
    await page.getByRole('link', { name: 'Open the report' }).first().click();
    expect(page.url()).toBe(pathToFileURL(join(folder, `${names[0] ?? ''}.html`)).href);
    await page.close();
  });
});
