import { COLUMNS } from './wrap.ts';

/** What a command may touch of the process it runs in. */
export interface Io {
  readonly out: (text: string) => void;
  readonly err: (text: string) => void;
  /** Whether stderr is a terminal, and how wide. */
  readonly terminal: { readonly columns: number } | null;
  /** How wide stdout is; 80 where it is no terminal. */
  readonly columns: number;
  /** Whether words on stdout may be coloured. */
  readonly colour: boolean;
  readonly env: Readonly<Record<string, string | undefined>>;
  /** Calls back on SIGINT, SIGTERM and SIGHUP until it is disposed; they no longer end the process by themselves. */
  readonly onSignal: (listener: (signal: string) => void) => Disposable;
  /**
   * Calls back, instead of ending the process, when an error is thrown where nobody catches it, until it is disposed:
   * who has armed a fault takes it back first. A second error ends the process.
   */
  readonly onCrash: (listener: (error: unknown) => void) => Disposable;
  /** Whether all that was said has left the process. */
  readonly flushed: () => boolean;
  /** Ends the process at once, whatever is still open. */
  readonly leave: (code: number) => never;
}

const SIGNALS = ['SIGINT', 'SIGTERM', 'SIGHUP'] as const;

/** Nobody reads any more: a pipe is closed (`| head`), a terminal is gone (a lost connection). */
const NOBODY_READS: ReadonlySet<string | undefined> = new Set(['EPIPE', 'EIO', 'ERR_STREAM_DESTROYED']);

/** The real process. `die` tells of an error that nobody caught and ends the process. */
export function processIo(die: (error: unknown, io: Io) => never): Io {
  const { stdout, stderr } = process;
  // What cannot be said is lost, and that is no reason to leave a fault behind.
  stderr.on('error', () => undefined);
  stdout.on('error', (error: NodeJS.ErrnoException) => {
    if (!NOBODY_READS.has(error.code)) stderr.write(`sidequake: stdout cannot be written: ${error.message}\n`);
  });
  const onCrash = crashes((error) => die(error, io));
  const { env } = process;
  const plain = (env['NO_COLOR'] ?? '') !== '' || env['TERM'] === 'dumb';
  const io: Io = {
    out: (text) => void stdout.write(text),
    err: (text) => void stderr.write(text),
    terminal: stderr.isTTY && env['TERM'] !== 'dumb' ? terminalOf(stderr) : null,
    get columns() {
      return stdout.isTTY && stdout.columns > 0 ? stdout.columns : COLUMNS;
    },
    colour: stdout.isTTY && !plain,
    env,
    onSignal: (listener) => {
      for (const signal of SIGNALS) process.on(signal, listener);
      return {
        [Symbol.dispose]: () => {
          for (const signal of SIGNALS) process.off(signal, listener);
        },
      };
    },
    onCrash,
    flushed: () => stdout.writableLength === 0 && stderr.writableLength === 0,
    leave: (code) => process.exit(code),
  };
  return io;
}

/** Node's own answer to an error that nobody caught is exit code 1, which here means a verdict. */
function crashes(die: (error: unknown) => never): Io['onCrash'] {
  const listeners = new Set<(error: unknown) => void>();
  const onError = (error: unknown): void => {
    const told = [...listeners];
    listeners.clear();
    if (told.length === 0) die(error);
    for (const listener of told) listener(error);
  };
  process.on('uncaughtException', onError).on('unhandledRejection', onError);
  return (listener) => {
    listeners.add(listener);
    return { [Symbol.dispose]: () => void listeners.delete(listener) };
  };
}

function terminalOf(stream: NodeJS.WriteStream): { readonly columns: number } {
  return {
    // Asked anew each time: windows change their size.
    get columns() {
      return stream.columns > 0 ? stream.columns : COLUMNS;
    },
  };
}
