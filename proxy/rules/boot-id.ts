/** Tells one start of the machine from another. */
import { readFileSync } from 'node:fs';

/** A random id that the kernel draws at its start (random(4)); empty on systems without one. */
export function readBootId(path = '/proc/sys/kernel/random/boot_id'): string {
  try {
    return readFileSync(path, 'utf8').trim();
  } catch {
    // Without it deadlines go by the wall clock after a restart, which is what they do after a restart of the machine.
    return '';
  }
}
