/** What is wrong with a written document, and where. */

/** One thing that is wrong. */
export interface Problem {
  /** As it was given; empty where the text came over the wire. */
  readonly file: string;
  /** From 1; 0 where the value did not come from a text. */
  readonly line: number;
  /** From 1, in UTF-16 units as editors count; 0 where the value did not come from a text. */
  readonly column: number;
  /** `rules[0].faults[0].delay.fixed`; empty for the whole document. */
  readonly path: string;
  /** What is wrong and what would be right. */
  readonly message: string;
}

/** `file.yaml:12:7 rules[0].share: ...` */
export function describeProblem(problem: Problem): string {
  const { file, line, column, path, message } = problem;
  let place = file;
  if (line > 0) place = file === '' ? `line ${line}, column ${column}` : `${file}:${line}:${column}`;
  const where = [place, path].filter((part) => part !== '').join(' ');
  return where === '' ? message : `${where}: ${message}`;
}

/** A path in the notation of the messages: `rules[0].match.headers["x.y"]`. */
export function formatPath(path: readonly PropertyKey[]): string {
  let text = '';
  for (const step of path) {
    if (typeof step === 'number') text += `[${step}]`;
    else if (/^[\w-]+$/.test(String(step))) text += text === '' ? String(step) : `.${String(step)}`;
    else text += `[${JSON.stringify(String(step))}]`;
  }
  return text;
}
