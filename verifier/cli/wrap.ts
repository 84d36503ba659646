/** Text in the columns of a terminal. Pure. A word that is longer than the width keeps a line of its own: it is there to
 * be copied (a path, a query). */

/** Where nobody says how wide a line may be. */
export const COLUMNS = 80;

/** Whole words in lines of at most `width` columns. */
export function wrap(text: string, width: number): string[] {
  const lines: string[] = [];
  let line = '';
  for (const word of text.split(/\s+/)) {
    if (line !== '' && columnsOf(line) + 1 + columnsOf(word) > width) {
      lines.push(line);
      line = '';
    }
    line = line === '' ? word : `${line} ${word}`;
  }
  return line === '' ? lines : [...lines, line];
}

/** A paragraph behind `first`, its other lines indented as far as that is long. */
export function hanging(first: string, text: string, width: number): string[] {
  const indent = columnsOf(first);
  const lines = wrap(text, Math.max(20, width - indent));
  return lines.map((line, index) => `${index === 0 ? first : ' '.repeat(indent)}${line}`);
}

/** Parts two spaces apart; a part that does not fit begins the next line, which is indented. */
export function wrapParts(parts: readonly string[], width: number): string[] {
  const lines: string[] = [];
  let line = '';
  for (const part of parts) {
    const longer = line === '' ? part : `${line}  ${part}`;
    if (line !== '' && columnsOf(longer) > width) {
      lines.push(line);
      line = `  ${part}`;
    } else line = longer;
  }
  return [...lines, line].flatMap((whole) => {
    if (columnsOf(whole) <= width) return [whole];
    const start = /^ */.exec(whole)?.[0] ?? '';
    return wrap(whole.trim(), width - start.length - 2).map((part, at) => `${start}${at === 0 ? '' : '  '}${part}`);
  });
}

/** Cut to the width; what is cut off is shown to be. */
export function fit(text: string, columns: number): string {
  if (columnsOf(text) <= columns) return text;
  let cut = '';
  for (const character of text) {
    if (columnsOf(cut + character) > columns - 1) break;
    cut += character;
  }
  return columns < 1 ? '' : `${cut}…`;
}

/** Control characters as spaces: nothing that comes from outside moves the cursor. */
export function printable(text: string): string {
  return text.replaceAll(/\p{Cc}/gu, ' ');
}

/** Widths by Unicode's East Asian Width, near enough: marks take no column, CJK and emoji take two. */
const WIDE =
  /\p{Emoji_Presentation}|[\u1100-\u115F\u2E80-\uA4CF\uAC00-\uD7A3\uF900-\uFAFF\uFE30-\uFE6F\uFF00-\uFF60\uFFE0-\uFFE6]/u;

export function columnsOf(text: string): number {
  let columns = 0;
  for (const character of text) {
    if (/\p{M}|\p{Cf}/u.test(character)) continue;
    columns += WIDE.test(character) ? 2 : 1;
  }
  return columns;
}
