/** The nearest valid word to one that is not valid: for "did you mean ...?". */

/**
 * The candidate that a person most likely meant: fewest slips of the finger (Damerau-Levenshtein: a letter left out,
 * added, changed, or two swapped), at most one slip for three letters. Undefined where nothing is near.
 */
export function nearestWord(word: string, candidates: Iterable<string>): string | undefined {
  const written = plain(word);
  let best: string | undefined;
  let bestSlips = Infinity;
  for (const candidate of candidates) {
    const valid = plain(candidate);
    const most = Math.max(1, Math.floor(Math.max(written.length, valid.length) / 3));
    if (Math.abs(written.length - valid.length) > most) continue;
    const slips = slipsBetween(written, valid);
    if (slips <= most && slips < bestSlips) {
      best = candidate;
      bestSlips = slips;
    }
  }
  return best;
}

/**
 * What a message about a word that is not valid ends with: the nearest word, or all of them where nothing is near.
 *
 * @returns `did you mean "share"?` or `known are "a", "b" and "c"`
 */
export function suggestion(word: string, candidates: readonly string[]): string {
  const nearest = nearestWord(word, candidates);
  if (nearest !== undefined) return `did you mean "${nearest}"?`;
  if (candidates.length === 0) return 'none is known here';
  return `known ${candidates.length === 1 ? 'is' : 'are'} ${listed(candidates)}`;
}

/** `"a"`, `"a" and "b"`, `"a", "b" and "c"`. */
export function listed(words: readonly string[]): string {
  const all = words.map((word) => `"${word}"`);
  const last = all.pop() ?? '';
  return all.length === 0 ? last : `${all.join(', ')} and ${last}`;
}

/** `maxActive`, `max-active` and `max_active` are one word to a person. */
function plain(word: string): string {
  return word.slice(0, 64).toLowerCase().replace(/[-_ ]/g, '');
}

/** Optimal string alignment: Damerau-Levenshtein without edits inside a swap. */
function slipsBetween(a: string, b: string): number {
  let beforePrevious: number[] = [];
  let previous = Array.from({ length: b.length + 1 }, (_, j) => j);
  for (let i = 1; i <= a.length; i++) {
    const current = [i];
    for (let j = 1; j <= b.length; j++) {
      const same = a[i - 1] === b[j - 1];
      let least = Math.min(at(previous, j) + 1, at(current, j - 1) + 1, at(previous, j - 1) + (same ? 0 : 1));
      const swapped = i > 1 && j > 1 && a[i - 1] === b[j - 2] && a[i - 2] === b[j - 1];
      if (swapped) least = Math.min(least, at(beforePrevious, j - 2) + 1);
      current.push(least);
    }
    beforePrevious = previous;
    previous = current;
  }
  return at(previous, b.length);
}

function at(row: readonly number[], index: number): number {
  return row[index] ?? Infinity;
}
