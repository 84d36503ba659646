/**
 * Watches one file for new text. Editors replace a file by another of the same name and Kubernetes swaps a symbolic link
 * beside it, so the folder is watched and not the file; and since events can be lost or not exist at all (network and
 * overlay file systems), the file is looked at from time to time as well.
 */
import { watch } from 'node:fs';
import { readFile, stat } from 'node:fs/promises';
import { dirname } from 'node:path';

export interface WatchOptions {
  /** The text that the caller has read already: anything else is new. Without it the first text is new. */
  readonly known?: string;
  /** Called each time the file turns unreadable, with the reason; it is looked at further on. */
  readonly onUnreadable?: (error: Error) => void;
  /** Milliseconds between two looks without an event. Default 500. */
  readonly pollMs?: number;
  /** Milliseconds from an event to the look, so that a write in several steps is over by then. Default 30. */
  readonly settleMs?: number;
}

/**
 * Calls back with each new text of the file, one after the other, until the signal aborts. A file that is missing or
 * unreadable is no new text.
 *
 * @returns once the watch has ended; rejects with what `onText` throws
 */
export async function watchFile(
  path: string,
  onText: (text: string) => void | Promise<void>,
  signal: AbortSignal,
  { known, onUnreadable, pollMs = 500, settleMs = 30 }: WatchOptions = {},
): Promise<void> {
  const bell = new Bell(signal);
  watchFolder(dirname(path), signal, () => bell.ring());
  let text = known;
  let look: string | undefined;
  let readable = true;
  let rung = true;
  while (!signal.aborted) {
    const file = await readIfChanged(path, rung ? undefined : look);
    if (file.kind === 'unreadable') {
      look = undefined;
      if (readable) onUnreadable?.(file.error);
      readable = false;
    } else if (file.kind === 'read') {
      look = file.look;
      readable = true;
      if (file.text !== text && !signal.aborted) {
        text = file.text;
        await onText(file.text);
      }
    }
    rung = await bell.heardWithin(pollMs);
    if (rung) {
      await bell.quietFor(settleMs);
    }
  }
}

type Look =
  | { readonly kind: 'same' }
  | { readonly kind: 'read'; readonly look: string; readonly text: string }
  | { readonly kind: 'unreadable'; readonly error: Error };

/** Reads the file unless it looks as before. The look is older than the text: what changes between is seen next time. */
async function readIfChanged(path: string, before: string | undefined): Promise<Look> {
  try {
    const { dev, ino, size, mtimeNs, ctimeNs } = await stat(path, { bigint: true });
    const look = `${dev}:${ino}:${size}:${mtimeNs}:${ctimeNs}`;
    if (look === before) return { kind: 'same' };
    return { kind: 'read', look, text: await readFile(path, 'utf8') };
  } catch (error) {
    return { kind: 'unreadable', error: error instanceof Error ? error : new Error(String(error)) };
  }
}

/** Without events (the folder is missing, the system is out of watches) the looks by time remain. */
function watchFolder(folder: string, signal: AbortSignal, onEvent: () => void): void {
  try {
    const watcher = watch(folder, { persistent: false, signal }, onEvent);
    watcher.on('error', () => watcher.close());
  } catch (error) {
    if (!(error instanceof Error && 'code' in error)) throw error;
  }
}

/** Remembers that something has happened until somebody asks. */
class Bell {
  private readonly signal: AbortSignal;
  private rung = false;
  private wake: (() => void) | undefined;

  constructor(signal: AbortSignal) {
    this.signal = signal;
    signal.addEventListener('abort', () => this.wake?.(), { once: true });
  }

  ring(): void {
    this.rung = true;
    this.wake?.();
  }

  /** Waits for a ring, at most `ms`; answers at once for one that nobody has heard yet. */
  async heardWithin(ms: number): Promise<boolean> {
    if (!this.rung) await this.sleep(ms);
    const { rung } = this;
    this.rung = false;
    return rung;
  }

  /** Waits `ms`; what rings meanwhile is heard as well. */
  async quietFor(ms: number): Promise<void> {
    const until = performance.now() + ms;
    for (let left = ms; left > 0 && !this.signal.aborted; left = until - performance.now()) await this.sleep(left);
    this.rung = false;
  }

  private async sleep(ms: number): Promise<void> {
    if (this.signal.aborted) return;
    await new Promise<void>((resolve) => {
      const timer = setTimeout(resolve, ms);
      timer.unref();
      this.wake = () => {
        clearTimeout(timer);
        resolve();
      };
    });
    this.wake = undefined;
  }
}
