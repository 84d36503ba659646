import { mkdir, mkdtemp, rename, rm, symlink, unlink, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, it, vi } from 'vitest';
import { watchFile, type WatchOptions } from '../../../proxy/config/watch.ts';

describe('a watched file', () => {
  let folder: string;
  let file: string;
  let end: AbortController;
  let watching: Promise<void> | undefined;
  let texts: string[];

  beforeEach(async () => {
    folder = await mkdtemp(join(tmpdir(), 'sidequake-watch-'));
    file = join(folder, 'config.yaml');
    end = new AbortController();
    texts = [];
  });

  afterEach(async () => {
    end.abort();
    await watching;
    await rm(folder, { recursive: true, force: true });
  });

  /** The poll is put off where a test is about events. */
  function start(options: WatchOptions = {}): void {
    watching = watchFile(file, (text) => void texts.push(text), end.signal, { pollMs: 60_000, ...options });
  }

  async function seen(...expected: string[]): Promise<void> {
    await vi.waitFor(() => expect(texts).toEqual(expected), { timeout: 5000, interval: 10 });
  }

  it('gives its first text unless that is known', async () => {
    await writeFile(file, 'one');
    start();
    await seen('one');
  });

  it('does not give what is known, nor the same text again', async () => {
    await writeFile(file, 'one');
    start({ known: 'one' });
    await writeFile(file, 'one');
    await writeFile(file, 'two');
    await seen('two');
  });

  it('is seen to be written in place', async () => {
    await writeFile(file, 'one');
    start();
    await seen('one');
    await writeFile(file, 'two');
    await seen('one', 'two');
  });

  it('is seen to be replaced by another file of its name, again and again', async () => {
    await writeFile(file, 'one');
    start();
    await seen('one');
    for (const text of ['two', 'three']) {
      await writeFile(`${file}.new`, text);
      await rename(`${file}.new`, file);
      await vi.waitFor(() => expect(texts.at(-1)).toBe(text), { timeout: 5000 });
    }
    expect(texts).toEqual(['one', 'two', 'three']);
  });

  it('is seen behind a swapped symbolic link, as Kubernetes does it', async () => {
    for (const version of ['1', '2']) {
      await mkdir(join(folder, version));
      await writeFile(join(folder, version, 'config.yaml'), `version ${version}`);
    }
    await symlink('1', join(folder, '..data'));
    await symlink(join('..data', 'config.yaml'), file);
    start();
    await seen('version 1');
    await symlink('2', join(folder, '..data_tmp'));
    await rename(join(folder, '..data_tmp'), join(folder, '..data'));
    await seen('version 1', 'version 2');
  });

  it('is seen to change in another folder behind a link, by looking at it from time to time', async () => {
    const elsewhere = await mkdtemp(join(tmpdir(), 'sidequake-watch-'));
    await writeFile(join(elsewhere, 'c'), 'one');
    await symlink(join(elsewhere, 'c'), file);
    start({ pollMs: 20 });
    await seen('one');
    await writeFile(join(elsewhere, 'c'), 'two');
    await seen('one', 'two');
    await rm(elsewhere, { recursive: true });
  });

  it('that is missing keeps the old text and says so once', async () => {
    await writeFile(file, 'one');
    const unreadable: Error[] = [];
    start({ pollMs: 10, onUnreadable: (error) => unreadable.push(error) });
    await seen('one');
    await unlink(file);
    await vi.waitFor(() => expect(unreadable).toHaveLength(1));
    await new Promise((resolve) => setTimeout(resolve, 60));
    expect(unreadable).toHaveLength(1);
    expect(unreadable[0]?.message).toContain('ENOENT');
    expect(texts).toEqual(['one']);
    await writeFile(file, 'two');
    await seen('one', 'two');
  });

  it('may come to be in a folder that comes to be', async () => {
    file = join(folder, 'later', 'config.yaml');
    start({ pollMs: 10 });
    await mkdir(join(folder, 'later'));
    await writeFile(file, 'one');
    await vi.waitFor(() => expect(texts.at(-1)).toBe('one'));
  });

  it('is watched no more once the signal has aborted', async () => {
    await writeFile(file, 'one');
    start({ pollMs: 10 });
    await seen('one');
    end.abort();
    await watching;
    await writeFile(file, 'two');
    await new Promise((resolve) => setTimeout(resolve, 60));
    expect(texts).toEqual(['one']);
  });

  it('ends with what the caller throws', async () => {
    await writeFile(file, 'one');
    const failing = watchFile(file, () => Promise.reject(new Error('boom')), end.signal);
    await expect(failing).rejects.toThrow('boom');
  });
});
