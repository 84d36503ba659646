/** Asks installed programs and packages for their versions. */
import { spawnSync } from 'node:child_process';
import { readFileSync } from 'node:fs';

/** The first version number that a program prints, or null. Programs print it to either output, with any exit code. */
export function programVersion(program: string, flag: string): string | null {
  const { stdout, stderr } = spawnSync(program, [flag], { encoding: 'utf8' });
  return /\d+\.\d+(\.\d+)*/.exec(`${stdout ?? ''}\n${stderr ?? ''}`)?.[0] ?? null;
}

/** The version of an installed package of this project. */
export function packageVersion(name: string): string | null {
  try {
    const file = new URL(`../../node_modules/${name}/package.json`, import.meta.url);
    return (JSON.parse(readFileSync(file, 'utf8')) as { version: string }).version;
  } catch {
    return null;
  }
}
