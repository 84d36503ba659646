/** Finds installed programs. */
import { accessSync, constants } from 'node:fs';
import { delimiter, join } from 'node:path';

/** Server programs live in sbin, which is not in everybody's PATH. */
const ALSO = ['/usr/sbin', '/usr/local/sbin', '/sbin'];

/** The path of an executable, or null where it is not installed. */
export function findProgram(name: string, path = process.env['PATH'] ?? ''): string | null {
  for (const folder of [...path.split(delimiter), ...ALSO]) {
    const file = join(folder, name);
    try {
      accessSync(file, constants.X_OK);
      return file;
    } catch {
      // Not in this folder: the next one.
    }
  }
  return null;
}
