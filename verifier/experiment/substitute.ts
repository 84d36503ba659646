/**
 * `${NAME}` and `${NAME:-default}` in the strings of an experiment, from `--var` and the environment. Pure. `$phase`
 * and `${1}` are left alone (PromQL has its own use for them), `$${NAME}` stands for `${NAME}`. The default is taken
 * where the variable is unset or empty, as in a shell.
 */

/** Looks up a variable; undefined: not set. `path`: where it stands. */
export type Variables = (name: string, path: readonly (string | number)[]) => string | undefined;

/** A variable without a value, at a place in the data. */
export interface MissingVariable {
  readonly path: readonly (string | number)[];
  readonly message: string;
}

/** A scalar that is one reference and nothing else: what is filled in may be read as more than text. */
export interface WholeReference {
  readonly path: readonly (string | number)[];
  readonly text: string;
}

export interface Substituted {
  readonly value: unknown;
  readonly missing: readonly MissingVariable[];
  readonly whole: readonly WholeReference[];
}

const WHOLE = /^\$\{[A-Za-z_][A-Za-z0-9_]*(?::-[^}]*)?\}$/;
const REFERENCE = /\$?\$\{([A-Za-z_][A-Za-z0-9_]*)(?::-([^}]*))?\}/g;

/** A copy of plain data with all references replaced, and what could not be. Keys are not looked at. */
export function substitute(value: unknown, variables: Variables): Substituted {
  const found: Found = { missing: [], whole: [] };
  return { value: replaceIn(value, variables, [], found), ...found };
}

interface Found {
  readonly missing: MissingVariable[];
  readonly whole: WholeReference[];
}

function replaceIn(value: unknown, variables: Variables, path: readonly (string | number)[], found: Found): unknown {
  if (typeof value === 'string') return replaceInText(value, variables, path, found);
  if (Array.isArray(value)) {
    return value.map((item: unknown, index) => replaceIn(item, variables, [...path, index], found));
  }
  if (typeof value !== 'object' || value === null) return value;
  return Object.fromEntries(
    Object.entries(value).map(([key, item]) => [key, replaceIn(item, variables, [...path, key], found)]),
  );
}

function replaceInText(text: string, variables: Variables, path: readonly (string | number)[], found: Found): string {
  const filled = text.replaceAll(REFERENCE, (whole, name: string, fallback: string | undefined) => {
    if (whole.startsWith('$$')) return whole.slice(1);
    const value = variables(name, path);
    if (value !== undefined && (value !== '' || fallback === undefined)) return value;
    if (fallback !== undefined) return fallback;
    found.missing.push({
      path,
      message: `${name} is not set: give it by --var ${name}=VALUE or the environment, or write \${${name}:-default}`,
    });
    return whole;
  });
  if (WHOLE.test(text)) found.whole.push({ path, text: filled });
  return filled;
}
