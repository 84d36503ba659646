/**
 * A word for a POSIX shell: what comes from a file or a sidecar must not become a command of whoever pastes it. Quoted
 * only where that is needed, as people read it first.
 */
export function shellWord(text: string): string {
  return /^[\w./:@%+,=-]+$/.test(text) && !text.startsWith('-') ? text : `'${text.replaceAll("'", "'\\''")}'`;
}
