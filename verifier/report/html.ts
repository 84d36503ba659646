/** The report of one run as one self-contained HTML page. */
import type { Journal } from './journal.ts';
import { html } from './markup.ts';
import { reportOf } from './model.ts';
import { page } from './page.ts';
import { findingsSection, retriesSection } from './sections/findings.ts';
import { header } from './sections/header.ts';
import { injectionSection } from './sections/injection.ts';
import { levelsSection } from './sections/levels-table.ts';
import { loadSection } from './sections/load.ts';
import { queriesSection, rerunSection } from './sections/queries.ts';
import { safetySection } from './sections/safety.ts';
import { timelinesSection } from './sections/timelines.ts';

/**
 * A page that needs nothing but itself: no network, no script, no font. The same journal gives the same bytes.
 *
 * @example await writeFile('report.html', renderHtml(journal))
 */
export function renderHtml(journal: Journal): string {
  const report = reportOf(journal);
  return page(
    `${report.words.word}: ${journal.experiment}`,
    html`${header(report)} ${levelsSection(report.levels, report.phases)}
    ${timelinesSection(report.charts, report.span)} ${findingsSection(journal.findings)} ${injectionSection(report)}
    ${retriesSection(journal.retries)} ${loadSection(journal.load)} ${safetySection(journal)}
    ${queriesSection(report.levels)} ${rerunSection(journal)}`,
    html`Run <span class="mono">${journal.id}</span> · ${journal.schema} · Sidequake ${journal.sidequake}`,
  );
}
