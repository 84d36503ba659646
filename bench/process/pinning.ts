/**
 * Where processes run. The proxy has a core for itself, load and upstream share another: what the proxy costs is then
 * neither hidden by nor mixed with what it costs to ask it.
 */
import { availableParallelism } from 'node:os';
import { findProgram } from './programs.ts';

/** The cores of one run; null where processes are not pinned. */
export interface Cores {
  readonly proxy: number | null;
  readonly load: number | null;
  /** One sentence for the report. */
  readonly said: string;
}

/** Chooses the cores: 1 for the proxy, 0 for load and upstream, where there are two and `taskset` is installed. */
export function chooseCores(cores = availableParallelism(), taskset = findProgram('taskset')): Cores {
  if (cores < 2) {
    return { proxy: null, load: null, said: 'not pinned: one core only, so proxy and load disturb one another' };
  }
  if (taskset === null) {
    return { proxy: null, load: null, said: 'not pinned: taskset is missing (apt-get install util-linux)' };
  }
  return { proxy: 1, load: 0, said: 'proxy on core 1, load and upstream on core 0' };
}

/** A command as it has to be written to run on its core. `taskset` execs: the pid is the program's own. */
export function pinned(command: {
  readonly file: string;
  readonly args: readonly string[];
  readonly core: number | null;
}): {
  file: string;
  args: string[];
} {
  if (command.core === null) return { file: command.file, args: [...command.args] };
  return { file: 'taskset', args: ['--cpu-list', String(command.core), command.file, ...command.args] };
}
