/**
 * Regular expressions as users write them in a match: the ECMAScript syntax, without flags, anchored only where the
 * user wrote `^` or `$`. They run in the data path, so a pattern with nested repetition costs what it costs: the plain
 * forms (exact, `{name}`, `*`, prefix) are the fast ones.
 */

/** What is wrong with an expression, for people; null where it is fine. */
export function checkRegex(source: string): string | null {
  if (source === '') return 'an empty regex matches everything: leave the field out';
  try {
    new RegExp(source).test('');
    return null;
  } catch (error) {
    return error instanceof Error ? error.message : String(error);
  }
}
