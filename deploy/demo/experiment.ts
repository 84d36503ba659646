// One run of the experiment by the real command line, as anybody would start it, its live status on the terminal.
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { startChild } from './child.ts';
import type { Version } from './topology.ts';

/** What a run needs to know. */
export interface RunOptions {
  readonly version: Version;
  /** The Node script of the `sidequake` command. */
  readonly sidequake: string;
  readonly prometheusUrl: string;
  readonly frontend: string;
  readonly ratingsAdmin: string;
  /** Journal and report go here, as `VERSION.json` and `VERSION.html`. */
  readonly outDir: string;
  readonly signal: AbortSignal;
}

/** The experiment of the demo. */
export const EXPERIMENT_FILE: string = fileURLToPath(
  new URL('experiments/slow-and-failing-ratings.yaml', import.meta.url),
);

/** On Ctrl-C the run takes its fault back first; after this time it is ended the hard way, and the lease does it. */
const UNDO_MS = 15_000;

/** Runs the experiment to its end, or until `signal`; returns the exit status, null when a signal ended it. */
export async function runExperiment(options: RunOptions): Promise<number | null> {
  const { version, outDir } = options;
  options.signal.throwIfAborted();
  const child = startChild({
    name: `the experiment on the ${version} version`,
    command: [
      options.sidequake,
      'run',
      EXPERIMENT_FILE,
      `--prometheus-url=${options.prometheusUrl}`,
      `--journal=${join(outDir, `${version}.json`)}`,
      `--report=${join(outDir, `${version}.html`)}`,
      `--var=VERSION=${version}`,
      `--var=FRONTEND=${options.frontend}`,
      `--var=RATINGS_ADMIN=${options.ratingsAdmin}`,
    ],
    leash: 'preload',
    output: 'inherit',
  });
  const stop = (): void => void child.stop('SIGINT', UNDO_MS);
  options.signal.addEventListener('abort', stop, { once: true });
  try {
    await child.ended;
    return child.exitCode;
  } finally {
    options.signal.removeEventListener('abort', stop);
  }
}
