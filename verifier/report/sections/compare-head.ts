/** The top of a comparison: the question, and each run's answer side by side. */
import { prose } from '../format.ts';
import type { Markup } from '../markup.ts';
import { html } from '../markup.ts';
import { verdictShape, wordmark } from '../svg/verdict-shape.ts';
import type { Run } from './run.ts';

export function compareHead(title: string, intro: string | null, runs: readonly Run[]): Markup {
  return html`<header class="top">
      <p class="brand">${wordmark()}<span>sidequake</span></p>
      <h1>${title}</h1>
      ${intro !== null && html`<p class="lead">${intro}</p>`}
    </header>
    <div class="answers">${runs.map(answer)}</div>`;
}

function answer(run: Run): Markup {
  const { journal, words, when, lasted } = run.report;
  return html`<section class="verdict answer ${words.tone}" aria-label="Verdict of ${run.title}">
    ${verdictShape(journal.verdict, 44)}
    <div>
      <h2>${run.title}</h2>
      <p class="word">${words.word}</p>
      <p class="reason">${prose(journal.reason)}</p>
      <p class="meaning">${when} · ${lasted}</p>
      <p class="open"><a href="${run.href}">Open the report</a></p>
    </div>
  </section>`;
}
