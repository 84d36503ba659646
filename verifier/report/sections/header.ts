/** The top of a report: the question, the answer, and what a reader must do now if a fault may still be armed. */
import { prose } from '../format.ts';
import type { Journal } from '../journal.ts';
import type { Markup } from '../markup.ts';
import { html } from '../markup.ts';
import type { Report } from '../model.ts';
import type { Fact } from '../proof.ts';
import { verdictShape, wordmark } from '../svg/verdict-shape.ts';
import { verdictWords } from '../verdict-words.ts';

export function header(report: Report): Markup {
  const { journal } = report;
  const { prometheus } = journal;
  return html`<header class="top">
      <p class="brand">${wordmark()}<span>sidequake</span></p>
      <h1>${prose(report.title)}</h1>
      <p class="meta">
        <span class="mono">${journal.experiment}</span><span>${report.when}</span><span>${report.lasted}</span
        ><span>Prometheus ${prometheus.version} at <span class="mono">${prometheus.url}</span></span>
      </p>
    </header>
    ${verdictBlock(journal)} ${armedAlert(journal)} ${factRow(report.facts)}`;
}

/** The verdict as a shape and a word, with its reason. */
function verdictBlock(journal: Journal): Markup {
  const { word, tone, meaning } = verdictWords(journal.verdict);
  return html`<section class="verdict ${tone}" aria-label="Verdict">
    ${verdictShape(journal.verdict, 60)}
    <div>
      <p class="word">${word}</p>
      <p class="reason">${prose(journal.reason)}</p>
      <p class="meaning">${meaning} Exit code ${journal.exitCode}.</p>
    </div>
  </section>`;
}

/** The facts of a run in one row. */
function factRow(facts: readonly Fact[]): Markup {
  return html`<dl class="facts">
    ${facts.map(
      (fact) =>
        html`<div class="${fact.tone}">
          <dt>${fact.label}</dt>
          <dd>${fact.value}</dd>
        </div>`,
    )}
  </dl>`;
}

function armedAlert(journal: Journal): Markup | null {
  if (journal.undo.confirmed) return null;
  return html`<section class="alert" role="alert">
    <h2>A fault may still be armed</h2>
    <p>
      It ends by itself when its lease does. To look and to end it now: <code>sidequake status --admin URL</code>,
      <code>sidequake fault clear --admin URL</code>.
    </p>
    ${
      journal.undo.left.length > 0 &&
      html`<ul>
        ${journal.undo.left.map((left) => html`<li>${left}</li>`)}
      </ul>`
    }
  </section>`;
}
