/** Several runs side by side on one page: what the careless and the careful version of a service did, say. */
import { faultStart } from './charts.ts';
import type { Journal } from './journal.ts';
import { html } from './markup.ts';
import { reportOf } from './model.ts';
import { page } from './page.ts';
import { compareFigures } from './sections/compare-figures.ts';
import { compareHead } from './sections/compare-head.ts';
import { compareLevels } from './sections/compare-levels.ts';
import { compareTimelines } from './sections/compare-timelines.ts';
import type { Run } from './sections/run.ts';

/** One run to be compared. */
export interface ComparedRun {
  readonly journal: Journal;
  /** Relative address of its own report: `careless.html`. */
  readonly href: string;
  /** What to call it; the experiment's name by default. */
  readonly title?: string;
}

export interface ComparisonOptions {
  /** The page's headline; the question by default where all runs asked the same. */
  readonly title?: string;
  /** A sentence under it. */
  readonly intro?: string;
}

/**
 * One self-contained page over several runs, in the order given. The same journals give the same bytes.
 *
 * @throws RangeError for no runs, and for an address that is not a relative one: pages are passed around with the
 * folders they stand in, and an address from outside could be a script.
 */
export function renderComparison(runs: readonly ComparedRun[], options: ComparisonOptions = {}): string {
  if (runs.length === 0) throw new RangeError('a comparison needs at least one journal');
  const compared = runs.map(toRun);
  const title = options.title ?? commonTitle(runs);
  return page(
    title,
    html`${compareHead(title, options.intro ?? null, compared)} ${compareLevels(compared)} ${compareTimelines(compared)}
    ${compareFigures(compared)}`,
    html`${runs.map(({ journal }, index) => html`${index > 0 && ' · '}Run <span class="mono">${journal.id}</span>`)} ·
    Sidequake ${[...new Set(runs.map(({ journal }) => journal.sidequake))].join(', ')}`,
  );
}

function toRun({ journal, href, title }: ComparedRun, _index: number, runs: readonly ComparedRun[]): Run {
  if (!isRelative(href)) {
    throw new RangeError(`a report's address must be relative, like careless.html: found ${JSON.stringify(href)}`);
  }
  const charts = runs.reduce((sum, run) => sum + run.journal.timelines.length, 0);
  const report = reportOf(journal, charts);
  return { title: title ?? journal.experiment, href, report, origin: faultStart(journal) ?? report.span.from };
}

/** Asks the same parser that browsers have: what stays on the page's own host and is not written from a root is relative. */
function isRelative(href: string): boolean {
  const base = 'https://here.invalid/a/b/c/';
  return href !== '' && !/^[/\\]/.test(href) && URL.parse(href, base)?.origin === new URL(base).origin;
}

function commonTitle(runs: readonly ComparedRun[]): string {
  const questions = new Set(runs.map(({ journal }) => journal.question));
  const [question] = questions;
  return questions.size === 1 && typeof question === 'string' ? question : `${runs.length} runs compared`;
}
