/** Every query exactly as it was sent, with its time: enough to check each figure without this program. */
import { formatFigure, prose } from '../format.ts';
import type { ExpectationResult, Journal, QueryRecord } from '../journal.ts';
import type { Level } from '../levels.ts';
import type { Markup } from '../markup.ts';
import { html } from '../markup.ts';
import { shellWord } from '../../shell-word.ts';

export function queriesSection(levels: readonly Level[]): Markup | null {
  if (levels.length === 0) return null;
  return html`<section class="queries">
    <h2>Evidence</h2>
    <p class="lead">The queries exactly as they were sent. A click selects one whole.</p>
    ${levels.map(
      (level) =>
        html`<article>
          <h3>${level.name} <span class="quiet">${level.kind}, ${level.bound}</span></h3>
          <ul class="reasons">
            ${level.cells.map(({ result }) => html`<li><b>${result.phase}</b> ${prose(result.reason)}${increaseText(result)}</li>`)}
          </ul>
          ${byText(level).map(queryBlock)}
        </article>`,
    )}
  </section>`;
}

export function rerunSection(journal: Journal): Markup {
  const first = journal.expectations.flatMap((result) => result.queries)[0];
  return html`<section>
    <h2>Do it again</h2>
    <p>The same experiment:</p>
    <pre>${journal.rerun ?? `sidequake run ${shellWord(`${journal.experiment}.yaml`)}`}</pre>
    <p>This page from its journal:</p>
    <pre>sidequake report journal.json</pre>
    ${
      first !== undefined &&
      html`<p>One figure by hand:</p>
        <pre>${curl(journal.prometheus.url, first)}</pre>`
    }
  </section>`;
}

/** One text of PromQL and all the times it was asked for. */
interface Asked {
  readonly promql: string;
  readonly times: { readonly phase: string; readonly query: QueryRecord }[];
}

function byText(level: Level): readonly Asked[] {
  const texts = new Map<string, Asked>();
  for (const { result } of level.cells) {
    for (const query of result.queries) {
      const asked = texts.get(query.promql) ?? { promql: query.promql, times: [] };
      asked.times.push({ phase: result.phase, query });
      texts.set(query.promql, asked);
    }
  }
  return [...texts.values()];
}

function queryBlock(asked: Asked): Markup {
  return html`<pre class="promql">${asked.promql}</pre>
    <p class="small">
      ${asked.times.map(({ phase, query }, index) => html`${index > 0 && ' · '}${phase} at <span class="mono">${query.at}</span>${query.series !== undefined && html`, ${query.series} series`}`)}
    </p>`;
}

function increaseText(result: ExpectationResult): string {
  if (result.increase === null || result.increase === undefined) return '';
  return ` By increase(), for comparison: ${formatFigure(result.increase, result.unit, result.threshold)}.`;
}

function curl(url: string, query: QueryRecord): string {
  const address = shellWord(`${url.replace(/\/+$/, '')}/api/v1/query`);
  return `curl -sG ${address} \\\n  --data-urlencode ${shellWord(`query=${query.promql}`)} \\\n  --data-urlencode ${shellWord(`time=${query.at}`)}`;
}
