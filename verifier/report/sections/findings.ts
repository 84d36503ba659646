/** What else a reader must know, and how callers retried. */
import { prose } from '../format.ts';
import { stringify } from 'yaml';
import type { Journal } from '../journal.ts';
import type { Markup } from '../markup.ts';
import { html } from '../markup.ts';

export function findingsSection(findings: readonly string[]): Markup | null {
  if (findings.length === 0) return null;
  return html`<section>
    <h2>Worth knowing</h2>
    <ul class="findings">
      ${findings.map((finding) => html`<li>${prose(finding)}</li>`)}
    </ul>
  </section>`;
}

export function retriesSection(retries: Journal['retries']): Markup | null {
  if (retries.length === 0) return null;
  return html`<section>
    <h2>How callers retried</h2>
    ${retries.map((group) => html`<pre>${stringify(group, { aliasDuplicateObjects: false }).trimEnd()}</pre>`)}
  </section>`;
}
