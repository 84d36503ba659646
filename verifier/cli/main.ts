import { EXIT_BAD_INPUT, EXIT_DONE, EXIT_INTERNAL } from '../exit.ts';
import { commands } from './commands/all.ts';
import { processIo } from './io.ts';
import type { Io } from './io.ts';
import { describeCrash, stackOf } from './describe-crash.ts';
import { parseCommandLine } from './register.ts';
import { UserError } from './user-error.ts';
import { VERSION } from './version.ts';

/** What a finished command leaves open has this long. */
const LINGER_MS = 1000;

/** Runs one command line (without `sidequake` itself) and gives its exit code. */
export async function main(argv: readonly string[]): Promise<number> {
  const io = processIo((error, io) => io.leave(tell(error, io)));
  const code = await runCommandLine(argv, io);
  // The process ends when nothing is open any more. Should something be left open (a connection that is still being
  // made, say), it must not turn a finished command into a process that stays.
  setInterval(() => io.flushed() && io.leave(code), LINGER_MS).unref();
  return code;
}

async function runCommandLine(argv: readonly string[], io: Io): Promise<number> {
  try {
    const parsed = await parseCommandLine(argv, commands, VERSION);
    if (parsed.kind === 'command') return await parsed.command.run(parsed.args, io);
    if (parsed.kind === 'text') {
      io.out(`${parsed.text}\n`);
      return EXIT_DONE;
    }
    io.err(`sidequake: ${parsed.message}\n`);
    return EXIT_BAD_INPUT;
  } catch (error) {
    return tell(error, io);
  }
}

/** Says what went wrong; the exit code. */
function tell(error: unknown, io: Io): number {
  const debug = (io.env['SIDEQUAKE_DEBUG'] ?? '') !== '';
  if (error instanceof UserError) {
    io.err(`sidequake: ${error.message}\n`);
    if (debug) io.err(`${stackOf(error)}\n`);
    return error.exitCode;
  }
  io.err(describeCrash(error));
  return EXIT_INTERNAL;
}
