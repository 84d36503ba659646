// Runs one program to its end and gives back what it said. For the short errands of the demo (`--version`, `apt-get`,
// `tar`); what runs for long is started by `child.ts`.
import { spawn } from 'node:child_process';
import { constants } from 'node:fs';
import { access } from 'node:fs/promises';
import { delimiter, join, resolve } from 'node:path';

/** How a program ended. */
export interface Outcome {
  /** Exit status; null when it could not be started or a signal ended it. */
  readonly code: number | null;
  /** stdout and stderr together, in the order they came. */
  readonly output: string;
}

/** Runs `binary` and waits for its end, at most `timeoutMs`. Never throws: what went wrong is in the outcome. */
export function runCommand(
  binary: string,
  args: readonly string[],
  options: { readonly env: NodeJS.ProcessEnv; readonly timeoutMs: number },
): Promise<Outcome> {
  return new Promise((settle) => {
    const child = spawn(binary, args, { env: options.env, stdio: ['ignore', 'pipe', 'pipe'] });
    // Not spawn's own `timeout`: after a program that could not be started it goes on and keeps this process alive.
    const timer = setTimeout(() => child.kill('SIGKILL'), options.timeoutMs);
    let output = '';
    const take = (chunk: Buffer): void => {
      output += chunk.toString();
    };
    const end = (outcome: Outcome): void => {
      clearTimeout(timer);
      settle(outcome);
    };
    child.stdout.on('data', take);
    child.stderr.on('data', take);
    child.once('error', (error) => end({ code: null, output: error.message }));
    child.once('close', (code, signal) => end({ code, output: signal ? `${output}\nended by ${signal}` : output }));
  });
}

/** The first executable file called `name` in the folders of PATH, or null. */
export async function onPath(name: string, env: NodeJS.ProcessEnv): Promise<string | null> {
  for (const folder of (env['PATH'] ?? '').split(delimiter)) {
    if (folder === '') continue;
    const file = resolve(join(folder, name));
    if (await isExecutable(file)) return file;
  }
  return null;
}

/** Whether `file` is there and may be run by us. */
export async function isExecutable(file: string): Promise<boolean> {
  return access(file, constants.X_OK).then(
    () => true,
    () => false,
  );
}
