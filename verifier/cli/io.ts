/** What a command may touch of the process it runs in. */
export interface Io {
  readonly out: (text: string) => void;
  readonly err: (text: string) => void;
  /** Whether stderr is a terminal, and how wide. */
  readonly terminal: { readonly columns: number } | null;
  /** Whether words on stdout may be coloured. */
  readonly colour: boolean;
  readonly env: Readonly<Record<string, string | undefined>>;
  /** Calls back on SIGINT, SIGTERM and SIGHUP until it is disposed; they no longer end the process by themselves. */
  readonly onSignal: (listener: (signal: string) => void) => Disposable;
  /** Ends the process at once, whatever is still open. */
  readonly leave: (code: number) => never;
}

const SIGNALS = ['SIGINT', 'SIGTERM', 'SIGHUP'] as const;

/** The real process. */
export function processIo(): Io {
  // Nobody reads any more (`| head`): what is left to say is lost, and that is no reason to leave a fault behind.
  for (const stream of [process.stdout, process.stderr]) {
    stream.on('error', (error: NodeJS.ErrnoException) => {
      if (error.code !== 'EPIPE') throw error;
    });
  }
  const { env } = process;
  const plain = (env['NO_COLOR'] ?? '') !== '' || env['TERM'] === 'dumb';
  return {
    out: (text) => void process.stdout.write(text),
    err: (text) => void process.stderr.write(text),
    terminal: process.stderr.isTTY && env['TERM'] !== 'dumb' ? terminalOf(process.stderr) : null,
    colour: process.stdout.isTTY && !plain,
    env,
    onSignal: (listener) => {
      for (const signal of SIGNALS) process.on(signal, listener);
      return {
        [Symbol.dispose]: () => {
          for (const signal of SIGNALS) process.off(signal, listener);
        },
      };
    },
    leave: (code) => process.exit(code),
  };
}

function terminalOf(stream: NodeJS.WriteStream): { readonly columns: number } {
  return {
    // Asked anew each time: windows change their size.
    get columns() {
      return stream.columns > 0 ? stream.columns : 80;
    },
  };
}
