/** A shape for each verdict, told apart without colour: disc, square on its corner, ring, octagon, triangle, wave. */
import type { Verdict } from '../journal.ts';
import type { Markup } from '../markup.ts';
import { html } from '../markup.ts';
import { verdictWords } from '../verdict-words.ts';

/** The shape in the verdict's colour, `size` CSS pixels wide; the word stands beside it, so it is hidden from readers. */
export function verdictShape(verdict: Verdict, size: number): Markup {
  return html`<svg
    class="shape ${verdictWords(verdict).tone}"
    width="${size}"
    height="${size}"
    viewBox="0 0 24 24"
    aria-hidden="true"
  >
    ${SHAPES[verdict]}
  </svg>`;
}

/** The mark of Sidequake: the trace of a seismograph. */
export function wordmark(): Markup {
  return html`<svg class="wordmark" width="26" height="16" viewBox="0 0 26 16" aria-hidden="true">
    <path d="M0 8h6l2-4 3 11 4-14 3 10 2-3h6" />
  </svg>`;
}

const SHAPES: Readonly<Record<Verdict, Markup>> = {
  pass: html`<circle class="body" cx="12" cy="12" r="11" /><path class="cut" d="M6.8 12.4l3.5 3.6 7-7.6" />`,
  deviated: html`<path class="body" d="M12 .5 23.5 12 12 23.5.5 12z" /><path
      class="cut"
      d="M8.4 8.4l7.2 7.2m0-7.2-7.2 7.2"
    />`,
  inconclusive: html`<circle class="ring" cx="12" cy="12" r="10" /><path
      class="stroke"
      d="M8.9 9.3a3.1 3.1 0 1 1 4.6 2.7c-1 .6-1.5 1.2-1.5 2.3M12 17.4v.2"
    />`,
  aborted: html`<path class="body" d="M7.4 1h9.2L23 7.4v9.2L16.6 23H7.4L1 16.6V7.4z" /><path
      class="cut"
      d="M6.5 12h11"
    />`,
  'undo-failed': html`<path class="body" d="M12 .8 23.6 22.4H.4z" /><path class="cut" d="M12 8.4v6.4m0 3.4v.2" />`,
  unsteady: html`<circle class="ring" cx="12" cy="12" r="10" /><path
      class="stroke"
      d="M5.6 12c2.1-5.2 4.2-5.2 6.4 0s4.3 5.2 6.4 0"
    />`,
  invalid: html`<rect class="ring" x="2" y="2" width="20" height="20" rx="3" /><path
      class="stroke"
      d="M6.5 17.5l11-11"
    />`,
};
