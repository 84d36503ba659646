/** The shell of a page: one file, nothing loaded from anywhere, no script. */
import type { Markup } from './markup.ts';
import { html, trusted } from './markup.ts';
import { patterns } from './sections/timelines.ts';
import { STYLE } from './style.ts';

/** The whole document. The policy makes sure of it: whatever a journal holds, the page cannot load or run anything. */
export function page(title: string, body: Markup, footer: Markup): string {
  return html`<!doctype html>
    <html lang="en">
      <head>
        <meta charset="utf-8" />
        <meta
          http-equiv="Content-Security-Policy"
          content="default-src 'none'; style-src 'unsafe-inline'; img-src data:; base-uri 'none'; form-action 'none'"
        />
        <meta name="viewport" content="width=device-width, initial-scale=1" />
        <meta name="color-scheme" content="light dark" />
        <meta name="referrer" content="no-referrer" />
        <link rel="icon" href="data:," />
        <title>${title}</title>
        <style>
          ${trusted(STYLE)}
        </style>
      </head>
      <body>
        ${patterns()}
        <main>${body}</main>
        <footer>${footer}</footer>
      </body>
    </html> `.toString();
}
