import { readFile } from 'node:fs/promises';
import { describeProblem } from '../../proxy/config/problem.ts';
import type { Experiment } from '../experiment/experiment.ts';
import { readExperiment } from '../experiment/read.ts';
import { Prometheus } from '../source/prometheus.ts';
import type { Arguments } from './command.ts';
import type { Io } from './io.ts';
import { rerunCommand } from './rerun.ts';
import type { UsedVariable } from './rerun.ts';
import { UserError } from './user-error.ts';

/** Reads the experiment that a command line names. @throws UserError with all that is wrong */
export async function experimentOf(args: Arguments, io: Io): Promise<Experiment> {
  return (await readExperimentOf(args, io)).experiment;
}

/** The same, with the command that repeats it. @throws UserError with all that is wrong */
export async function readExperimentOf(
  args: Arguments,
  io: Io,
): Promise<{ readonly experiment: Experiment; readonly rerun: string }> {
  const file = args.text('file') ?? '';
  const text = await readText(file);
  const given = variablesOf(args.texts('var'));
  const url = args.text('prometheus-url');
  const used: UsedVariable[] = [];
  const read = readExperiment(text, {
    file,
    variables: (name, path) => {
      const value = given.get(name) ?? io.env[name];
      if (value !== undefined) used.push({ name, value, path });
      return value;
    },
    ...(url === undefined ? {} : { prometheusUrl: url }),
  });
  if (read.ok) return { experiment: read.experiment, rerun: rerunCommand(file, url, used) };
  const count = read.problems.length;
  const list = read.problems.map((problem) => `  ${describeProblem(problem)}`).join('\n');
  throw new UserError(`${file} has ${count === 1 ? 'a problem' : `${count} problems`}\n${list}`);
}

/** A client of the experiment's Prometheus. @throws UserError for a URL that is none */
export function prometheusOf(experiment: Experiment): Prometheus {
  try {
    return new Prometheus({ url: experiment.prometheus.url, headers: experiment.prometheus.headers });
  } catch (error) {
    throw new UserError(error instanceof Error ? error.message : String(error), { cause: error });
  }
}

/** @throws UserError naming the file and what is the matter with it */
export async function readText(file: string): Promise<string> {
  try {
    return await readFile(file, 'utf8');
  } catch (error) {
    throw new UserError(`${file} cannot be read: ${whyNot(error)}`, { cause: error });
  }
}

/** What the system said, in words. */
export function whyNot(error: unknown): string {
  const code = error instanceof Error && 'code' in error ? String(error.code) : '';
  const words: Record<string, string> = {
    ENOENT: 'there is no such file or folder',
    EISDIR: 'it is a folder',
    EACCES: 'permission denied',
    ENOSPC: 'the disk is full',
    EROFS: 'the disk is read-only',
    ENOTDIR: 'a part of the path is no folder',
  };
  return words[code] ?? (error instanceof Error ? error.message : String(error));
}

function variablesOf(given: readonly string[]): ReadonlyMap<string, string> {
  return new Map(
    given.map((text) => {
      const at = text.indexOf('=');
      const name = at === -1 ? text : text.slice(0, at);
      if (at === -1 || !/^[A-Za-z_][A-Za-z0-9_]*$/.test(name)) {
        throw new UserError(`--var ${text}: write it NAME=VALUE, with a name of letters, digits and _`);
      }
      return [name, text.slice(at + 1)];
    }),
  );
}
