/**
 * The command that repeats a run. Journals are passed around, so it holds no secret: what may be one is left to the
 * environment of whoever runs it.
 */

import { shellWord } from '../shell-word.ts';

/** A variable that the file asked for and got. */
export interface UsedVariable {
  readonly name: string;
  readonly value: string;
  /** Where it was filled in. */
  readonly path: readonly (string | number)[];
}

const SECRET_NAME = /pass|secret|token|credential|auth|cookie|session|private|(^|_)(key|pwd|pw)($|_)|api_?key/i;
/** Whatever is filled in there is not shown: headers log in, bodies and parameters of a URL carry anything. */
const SECRET_PLACE: ReadonlySet<string | number> = new Set(['headers', 'body', 'cookies']);

export function rerunCommand(file: string, prometheusUrl: string | undefined, used: readonly UsedVariable[]): string {
  const words = ['sidequake', 'run', shellWord(file)];
  if (prometheusUrl !== undefined) words.push('--prometheus-url', shellWord(withoutSecrets(prometheusUrl)));
  for (const [name, uses] of Map.groupBy(used, (one) => one.name)) {
    const [{ value } = { value: '' }] = uses;
    words.push('--var', uses.some(maySecret) ? `${name}="$${name}"` : shellWord(`${name}=${value}`));
  }
  return words.join(' ');
}

function maySecret({ name, value, path }: UsedVariable): boolean {
  if (SECRET_NAME.test(name) || path.some((step) => SECRET_PLACE.has(step))) return true;
  const url = /^[a-z][a-z0-9+.-]*:\/\//i.test(value) ? URL.parse(value) : null;
  return url !== null && (url.username !== '' || url.password !== '' || url.search !== '');
}

function withoutSecrets(text: string): string {
  const url = URL.parse(text);
  return url === null ? text : `${url.origin}${url.pathname}`.replace(/\/$/, '');
}
