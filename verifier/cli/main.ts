import { EXIT_BAD_INPUT, EXIT_DONE, EXIT_INTERNAL } from '../exit.ts';
import { commands } from './commands/all.ts';
import { processIo } from './io.ts';
import type { Io } from './io.ts';
import { parseCommandLine } from './register.ts';
import { UserError } from './user-error.ts';
import { VERSION } from './version.ts';

/** Runs one command line (without `sidequake` itself) and gives its exit code. */
export async function main(argv: readonly string[]): Promise<number> {
  const io = processIo();
  // Node's own answer to an error that nobody caught is exit code 1, which here means a verdict.
  const die = (error: unknown): never => io.leave(tell(error, io));
  process.on('uncaughtException', die).on('unhandledRejection', die);
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
  io.err(`sidequake: internal error, please report it with these lines:\n${stackOf(error)}\n`);
  return EXIT_INTERNAL;
}

function stackOf(error: unknown): string {
  if (!(error instanceof Error)) return String(error);
  const own = error.stack ?? error.message;
  return error.cause === undefined ? own : `${own}\ncaused by ${stackOf(error.cause)}`;
}
