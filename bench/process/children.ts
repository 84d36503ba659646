/**
 * Every process the bench starts is started here, so that every one is ended, by its own pid: at the end, on Ctrl-C
 * and after an error.
 */
import { type ChildProcess, spawn } from 'node:child_process';
import { pinned } from './pinning.ts';

/** How long a process may take to obey SIGTERM. */
const GRACE_MS = 2000;
/** What is kept of a process's output, for the message when it fails. */
const OUTPUT_KEPT = 8192;

/** What to start. */
export interface Command {
  readonly file: string;
  readonly args: readonly string[];
  /** The core to run on; null leaves it to the scheduler. */
  readonly core: number | null;
  /** Opens a message channel: `process.send` in a child of ours. */
  readonly channel?: boolean;
}

/** How a process ended. */
interface Exit {
  readonly code: number | null;
  readonly signal: NodeJS.Signals | null;
}

/** A running process of the bench. */
export interface Child {
  readonly pid: number;
  readonly process: ChildProcess;
  readonly exited: Promise<Exit>;
  /** Standard output, whole. */
  readonly output: () => string;
  /** The end of standard output and error, for messages. */
  readonly tail: () => string;
  /** SIGTERM, then SIGKILL after two seconds; resolves when the process is gone. */
  readonly stop: () => Promise<void>;
}

/** The processes of one run of the bench. Disposing ends what is left of them. */
export class Children implements AsyncDisposable {
  readonly #running = new Set<Child>();
  #ended = false;

  /**
   * Starts a process.
   *
   * @throws Error when the program cannot be started, or the run is being ended
   */
  async start(command: Command): Promise<Child> {
    if (this.#ended) throw new Error(`${command.file} is not started: the run is being ended`);
    const { file, args } = pinned(command);
    const process = spawn(file, args, {
      stdio: command.channel === true ? ['ignore', 'pipe', 'pipe', 'ipc'] : ['ignore', 'pipe', 'pipe'],
    });
    const spawned = new Promise<void>((resolve, reject) => {
      process.once('spawn', resolve);
      process.once('error', (cause) => {
        reject(new Error(`Cannot start ${command.file}: ${cause.message}`, { cause }));
      });
    });
    // Without a pid there is no process, and `spawned` says why.
    if (process.pid === undefined) await spawned;
    const child = watched(process);
    this.#running.add(child);
    void child.exited.then(() => this.#running.delete(child));
    await spawned;
    return child;
  }

  /** Whether the run is being ended: nothing more is started then. */
  get ended(): boolean {
    return this.#ended;
  }

  /** Ends what still runs, at once and without waiting: for the exit of the bench itself. */
  killNow(): void {
    for (const child of this.#running) child.process.kill('SIGKILL');
  }

  async [Symbol.asyncDispose](): Promise<void> {
    this.#ended = true;
    await Promise.all([...this.#running].map((child) => child.stop()));
  }
}

/**
 * Runs a command to its end.
 *
 * @throws Error with the end of its output when it does not exit with 0
 */
export async function runToEnd(children: Children, command: Command): Promise<string> {
  const child = await children.start(command);
  const { code, signal } = await child.exited;
  if (code === 0) return child.output();
  throw new Error(`${command.file} ended with ${signal ?? `code ${code}`}: ${child.tail()}`);
}

function watched(process: ChildProcess): Child {
  const { pid } = process;
  if (pid === undefined) throw new Error('a process that was spawned has a pid');
  const chunks: string[] = [];
  let tail = '';
  process.stdout?.setEncoding('utf8').on('data', (text: string) => {
    chunks.push(text);
    tail = (tail + text).slice(-OUTPUT_KEPT);
  });
  process.stderr?.setEncoding('utf8').on('data', (text: string) => {
    tail = (tail + text).slice(-OUTPUT_KEPT);
  });
  // 'close' and not 'exit': only then all of the output has been read.
  const exited = new Promise<Exit>((resolve) => {
    process.once('close', (code, signal) => {
      resolve({ code, signal });
    });
  });
  const stop = async (): Promise<void> => {
    process.kill('SIGTERM');
    const timer = setTimeout(() => process.kill('SIGKILL'), GRACE_MS);
    await exited;
    clearTimeout(timer);
  };
  return { pid, process, exited, output: () => chunks.join(''), tail: () => tail.trim(), stop };
}
