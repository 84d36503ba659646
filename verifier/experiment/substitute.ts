/**
 * `${NAME}` and `${NAME:-default}` in the strings of an experiment, from `--var` and the environment. Pure. `$phase`
 * and `${1}` are left alone (PromQL has its own use for them), `$${NAME}` stands for `${NAME}`. The default is taken
 * where the variable is unset or empty, as in a shell.
 */

/** Looks up a variable; undefined: not set. */
export type Variables = (name: string) => string | undefined;

/** A variable without a value, at a place in the data. */
export interface MissingVariable {
  readonly path: readonly (string | number)[];
  readonly message: string;
}

const REFERENCE = /\$?\$\{([A-Za-z_][A-Za-z0-9_]*)(?::-([^}]*))?\}/g;

/** A copy of plain data with all references replaced, and what could not be. Keys are not looked at. */
export function substitute(
  value: unknown,
  variables: Variables,
): { readonly value: unknown; readonly missing: readonly MissingVariable[] } {
  const missing: MissingVariable[] = [];
  return { value: replaceIn(value, variables, [], missing), missing };
}

function replaceIn(
  value: unknown,
  variables: Variables,
  path: readonly (string | number)[],
  missing: MissingVariable[],
): unknown {
  if (typeof value === 'string') return replaceInText(value, variables, path, missing);
  if (Array.isArray(value)) {
    return value.map((item: unknown, index) => replaceIn(item, variables, [...path, index], missing));
  }
  if (typeof value !== 'object' || value === null) return value;
  return Object.fromEntries(
    Object.entries(value).map(([key, item]) => [key, replaceIn(item, variables, [...path, key], missing)]),
  );
}

function replaceInText(
  text: string,
  variables: Variables,
  path: readonly (string | number)[],
  missing: MissingVariable[],
): string {
  return text.replaceAll(REFERENCE, (whole, name: string, fallback: string | undefined) => {
    if (whole.startsWith('$$')) return whole.slice(1);
    const value = variables(name);
    if (value !== undefined && (value !== '' || fallback === undefined)) return value;
    if (fallback !== undefined) return fallback;
    missing.push({
      path,
      message: `${name} is not set: give it by --var ${name}=VALUE or the environment, or write \${${name}:-default}`,
    });
    return whole;
  });
}
