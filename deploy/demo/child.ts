// One child process with an owner: it ends when it is disposed and when we die, and its last words are kept for the
// sentence that says why something went wrong.
//
//   this process ==stdin pipe==> child          the pipe breaks when we die: the child ends (see `end-with-parent.ts`)
//                ==stdin pipe==> leash -> program      the same for a program that does not watch its stdin
import { spawn, type ChildProcess } from 'node:child_process';
import { createWriteStream, type WriteStream } from 'node:fs';
import { fileURLToPath } from 'node:url';

/** What to start, and how it is tied to us. */
export interface ChildOptions {
  /** For messages. */
  readonly name: string;
  /** `leash: 'process'`: program and arguments. `leash: 'preload'`: a Node script and its arguments. */
  readonly command: readonly string[];
  readonly leash: 'process' | 'preload';
  /** `inherit` shows its output to the user as it comes; otherwise it is kept for `says` and `complaint`. */
  readonly output?: 'keep' | 'inherit';
  /** Also writes the kept output to this file. */
  readonly logFile?: string;
  /** Added to our own environment. */
  readonly env?: NodeJS.ProcessEnv;
  readonly cwd?: string;
}

/** A running child process. */
export interface Child extends AsyncDisposable {
  readonly name: string;
  readonly pid: number;
  readonly running: boolean;
  /** Exit status once it has ended; null before, and when a signal ended it. */
  readonly exitCode: number | null;
  /** Settles when the process has ended, whatever the reason. Never rejects. */
  readonly ended: Promise<void>;
  /**
   * Waits for a line of its output.
   *
   * @throws Error when it ends, or `timeoutMs` pass, without that line.
   */
  says(line: RegExp, timeoutMs: number): Promise<RegExpExecArray>;
  /** A sentence: what went wrong, and the last lines the child wrote. */
  complaint(what: string): string;
  /** Sends `signal`, and SIGKILL to it and its children after `graceMs`. Settles when it has ended. */
  stop(signal?: NodeJS.Signals, graceMs?: number): Promise<void>;
}

const KEPT_LINES = 60;
const SHOWN_LINES = 5;
const GRACE_MS = 7_000;

/** Starts a child process. It is in a group of its own: a Ctrl-C at the terminal reaches only us, and we end it. */
export function startChild(options: ChildOptions): Child {
  const node =
    options.leash === 'process'
      ? [file('leash.ts')]
      : ['--import', new URL('end-with-parent.ts', import.meta.url).href];
  const output = options.output === 'inherit' ? 'inherit' : 'pipe';
  const process_ = spawn(process.execPath, [...node, ...options.command], {
    detached: true,
    stdio: ['pipe', output, output],
    env: { ...process.env, ...options.env },
    ...(options.cwd === undefined ? {} : { cwd: options.cwd }),
  });
  const log = options.logFile === undefined ? null : createWriteStream(options.logFile);
  return new ChildOwner(options.name, process_, log);
}

class ChildOwner implements Child {
  readonly name: string;
  readonly ended: Promise<void>;
  readonly #process: ChildProcess;
  readonly #lines: string[] = [];
  readonly #listeners = new Set<(line: string) => void>();
  #startError: Error | null = null;

  constructor(name: string, process_: ChildProcess, log: WriteStream | null) {
    this.name = name;
    this.#process = process_;
    // Writing to a child that has just ended is no event: that it has ended is.
    process_.stdin?.on('error', () => undefined);
    for (const stream of [process_.stdout, process_.stderr]) {
      if (stream === null) continue;
      if (log !== null) stream.pipe(log, { end: false });
      let rest = '';
      stream.setEncoding('utf8').on('data', (chunk: string) => {
        const lines = (rest + chunk).split('\n');
        rest = lines.pop() ?? '';
        for (const line of lines) this.#keep(line);
      });
    }
    this.ended = new Promise((settle) => {
      process_.once('error', (error) => {
        this.#startError = error;
        settle();
      });
      process_.once('close', () => settle());
    });
    void this.ended.then(() => log?.end());
  }

  get pid(): number {
    return this.#process.pid ?? -1;
  }

  get running(): boolean {
    return this.#startError === null && this.#process.exitCode === null && this.#process.signalCode === null;
  }

  get exitCode(): number | null {
    return this.#process.exitCode;
  }

  says(line: RegExp, timeoutMs: number): Promise<RegExpExecArray> {
    return new Promise((found, failed) => {
      const look = (text: string): boolean => {
        const match = line.exec(text);
        if (match === null) return false;
        stopLooking();
        found(match);
        return true;
      };
      const timer = setTimeout(() => {
        stopLooking();
        failed(new Error(this.complaint(`did not start within ${timeoutMs / 1000} s`)));
      }, timeoutMs);
      const stopLooking = (): void => {
        clearTimeout(timer);
        this.#listeners.delete(look);
      };
      if (this.#lines.some(look)) return;
      this.#listeners.add(look);
      void this.ended.then(() => {
        if (!this.#listeners.has(look)) return;
        stopLooking();
        failed(new Error(this.complaint('ended at its start')));
      });
    });
  }

  complaint(what: string): string {
    const words = this.#startError === null ? lastWords(this.#lines) : [this.#startError.message];
    return [`${this.name} ${what}${words.length === 0 ? '.' : ':'}`, ...words.map((line) => `  ${line}`)].join('\n');
  }

  async stop(signal: NodeJS.Signals = 'SIGTERM', graceMs: number = GRACE_MS): Promise<void> {
    if (!this.running) return this.ended;
    this.#process.kill(signal);
    const timer = setTimeout(() => killGroup(this.pid), graceMs);
    await this.ended;
    clearTimeout(timer);
  }

  [Symbol.asyncDispose](): Promise<void> {
    return this.stop();
  }

  #keep(line: string): void {
    this.#lines.push(line);
    if (this.#lines.length > KEPT_LINES) this.#lines.shift();
    for (const listener of this.#listeners) listener(line);
  }
}

/** What most likely says why: the last line about an error with what follows it, else the end. */
function lastWords(lines: readonly string[]): readonly string[] {
  const told = lines.filter((line) => !/^\s+at /.test(line)); // no stack
  const error = told.findLastIndex((line) => /Error\b|\berror\b|\bfatal\b/.test(line));
  return error === -1 ? told.slice(-SHOWN_LINES) : told.slice(error, error + SHOWN_LINES);
}

function killGroup(pid: number): void {
  try {
    process.kill(-pid, 'SIGKILL');
  } catch (error) {
    // Gone in the meantime: that is what was wanted.
    if ((error as NodeJS.ErrnoException).code !== 'ESRCH') throw error;
  }
}

function file(name: string): string {
  return fileURLToPath(new URL(name, import.meta.url));
}
