import { spawn } from 'node:child_process';
import type { ChildProcess } from 'node:child_process';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';

/** The real command line in a process of its own. */

const running = new Set<ChildProcess>();

/** Ends the command when this process is gone, however it went: no test run leaves one behind. */
const LEASH = new URL('../../../deploy/demo/end-with-parent.ts', import.meta.url).href;

/** Half of the time that the command takes to start goes into reading our TypeScript. */
const CACHE = join(tmpdir(), 'sidequake-test-compile-cache');

/** For `afterAll`: a test that failed leaves its process behind. */
export function killAll(): void {
  for (const child of running) child.kill('SIGKILL');
}

const MAIN = fileURLToPath(new URL('../../../verifier/main.ts', import.meta.url));

export interface Ended {
  readonly code: number | null;
  readonly signal: string | null;
  readonly stdout: string;
  readonly stderr: string;
}

export interface Running {
  readonly child: ChildProcess;
  readonly ended: Promise<Ended>;
  /** Resolves when this has been said on stderr. */
  said(text: string): Promise<void>;
}

export interface Surroundings {
  readonly env?: Readonly<Record<string, string>>;
  readonly cwd?: string;
}

export function start(args: readonly string[], { env = {}, cwd }: Surroundings = {}): Running {
  const child = spawn(process.execPath, ['--import', LEASH, MAIN, ...args], {
    stdio: ['pipe', 'pipe', 'pipe'],
    env: { PATH: process.env['PATH'], HOME: process.env['HOME'], NODE_COMPILE_CACHE: CACHE, ...env },
    ...(cwd === undefined ? {} : { cwd }),
  });
  running.add(child);
  child.on('close', () => running.delete(child));
  let stdout = '';
  let stderr = '';
  const waiting = new Set<() => void>();
  child.stdout.setEncoding('utf8').on('data', (text: string) => (stdout += text));
  child.stderr.setEncoding('utf8').on('data', (text: string) => {
    stderr += text;
    for (const look of waiting) look();
  });
  const ended = new Promise<Ended>((resolve, reject) => {
    child.on('error', reject).on('close', (code, signal) => resolve({ code, signal, stdout, stderr }));
  });
  return {
    child,
    ended,
    said: async (text) => {
      await new Promise<void>((resolve, reject) => {
        const look = (): void => {
          if (!stderr.includes(text)) return;
          waiting.delete(look);
          resolve();
        };
        waiting.add(look);
        look();
        void ended.then(() => reject(new Error(`it ended without saying ${text}: ${stderr}`)));
      });
    },
  };
}

export async function sidequake(args: readonly string[], surroundings: Surroundings = {}): Promise<Ended> {
  return await start(args, surroundings).ended;
}
