/**
 * The one place where text becomes HTML. Everything in a journal is untrusted: names, reasons, label values and queries
 * may hold any character. `html` escapes every value it is given; only what another `html` made goes in as it is.
 */

/** HTML that is safe to put into a page. Made by {@link html} and {@link trusted} only. */
class Markup {
  readonly text: string;

  constructor(text: string) {
    this.text = text;
  }

  toString(): string {
    return this.text;
  }
}

export type { Markup };

/** What may stand in a template: text is escaped, `null`, `undefined` and `false` leave nothing. */
export type Part = Markup | string | number | null | undefined | false | readonly Part[];

/** Longest text of a journal that goes into the page whole: a page stays a page whatever an answer held. */
const LONGEST_TEXT = 8_000;

/**
 * A template whose values are escaped, for element content and for quoted attributes alike.
 *
 * @example html`<p class="${tone}">${journal.reason}</p>`
 */
export function html(strings: TemplateStringsArray, ...parts: readonly Part[]): Markup {
  let text = unindented(strings[0]);
  for (const [index, part] of parts.entries()) text += render(part) + unindented(strings[index + 1]);
  return new Markup(text);
}

/** Takes text as HTML without escaping: for texts of this program (style, path data), never for a journal's. */
export function trusted(text: string): Markup {
  return new Markup(text);
}

/**
 * Text with what a reader could not see made visible: control characters and those that turn the direction of writing
 * (a name could otherwise show itself reversed) become their code points in brackets; lone surrogates become U+FFFD.
 */
export function visible(text: string): string {
  const shown = text
    .toWellFormed()
    .replaceAll('\r\n', '\n')
    .replaceAll(/[\p{Cc}\p{Cf}]/gu, (character) => {
      if (character === '\n' || character === '\t' || character === '\u200C' || character === '\u200D')
        return character;
      return `[U+${(character.codePointAt(0) ?? 0).toString(16).toUpperCase().padStart(4, '0')}]`;
    });
  if (shown.length <= LONGEST_TEXT) return shown;
  const left = shown.length - LONGEST_TEXT;
  return `${shown.slice(0, LONGEST_TEXT).toWellFormed()}… (${left} more characters in the journal)`;
}

/** The indentation of templates is for those who read the source; pages would be a third larger with it. */
function unindented(source: string | undefined): string {
  return (source ?? '').replaceAll(/\s*\n\s*/g, '\n');
}

function render(part: Part): string {
  if (part === null || part === undefined || part === false) return '';
  if (part instanceof Markup) return part.text;
  if (typeof part === 'number') return String(part);
  if (typeof part === 'string') return escape(visible(part));
  return part.map(render).join('');
}

const ENTITIES: Readonly<Record<string, string>> = {
  '&': '&amp;',
  '<': '&lt;',
  '>': '&gt;',
  '"': '&quot;',
  "'": '&#39;',
};

function escape(text: string): string {
  return text.replaceAll(/[&<>"']/g, (character) => ENTITIES[character] ?? character);
}
