// Runs a program that knows nothing of us, and ends it when our stdin ends: `node leash.ts PROGRAM ARGS...`. The
// process that started us holds the other end of stdin, so the program cannot outlive it, not even a SIGKILL.
import { spawn } from 'node:child_process';

const GRACE_MS = 4_000;
const [program, ...args] = process.argv.slice(2);
if (program === undefined) throw new Error('leash.ts needs a program to run');

const child = spawn(program, args, { stdio: ['ignore', 'inherit', 'inherit'] });
const endChild = (): void => {
  child.kill('SIGTERM');
  setTimeout(() => child.kill('SIGKILL'), GRACE_MS).unref();
};

process.stdin.once('end', endChild).once('error', endChild).resume();
process.once('SIGTERM', endChild).once('SIGINT', endChild);
child.once('error', (error) => {
  process.stderr.write(`${program} could not be started: ${error.message}\n`);
  process.exit(127);
});
child.once('exit', (code) => process.exit(code ?? 1));
