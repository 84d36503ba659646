import { randomUUID } from 'node:crypto';
import { mkdir, open, realpath, rename, rm, stat, writeFile } from 'node:fs/promises';
import { dirname, isAbsolute } from 'node:path';

/**
 * Writes a file whole or not at all: into a neighbour first, to disk, then in place by one rename. Folders are made.
 * What is no plain file (a device, a pipe) is written to directly: a rename would put a file in its place.
 *
 * The path must be absolute: making folders below a working directory that was deleted meanwhile never returns
 * (Node 24 asks for the parent again and again).
 */
export async function writeWhole(path: string, text: string): Promise<void> {
  if (!isAbsolute(path)) throw new Error(`${path} is not absolute`);
  const target = await existing(path);
  if (target !== null && !target.plain) {
    await writeFile(path, text);
    return;
  }
  const place = target?.path ?? path;
  await mkdir(dirname(place), { recursive: true });
  const neighbour = `${place}.${randomUUID()}.tmp`;
  try {
    const file = await open(neighbour, 'wx');
    try {
      await file.writeFile(text);
      await file.sync();
    } finally {
      await file.close();
    }
    await rename(neighbour, place);
  } catch (error) {
    await rm(neighbour, { force: true });
    throw error;
  }
}

/** Null where nothing is there yet. Links are followed, so that they stay links. */
async function existing(path: string): Promise<{ readonly path: string; readonly plain: boolean } | null> {
  try {
    const real = await realpath(path);
    return { path: real, plain: (await stat(real)).isFile() };
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code === 'ENOENT') return null;
    throw error;
  }
}
