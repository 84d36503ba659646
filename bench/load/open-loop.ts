/** Runs paced load and waits for its report. */
import { fileURLToPath } from 'node:url';
import { nextMessage } from '../process/channel.ts';
import type { Children } from '../process/children.ts';
import type { AnswerPath } from '../upstream/answers.ts';

/** What the paced client has to do. */
export interface OpenLoopJob {
  readonly port: number;
  readonly path: AnswerPath;
  readonly requestsPerSecond: number;
  /** At first, not measured. */
  readonly warmSeconds: number;
  readonly seconds: number;
  /** At least as many as there are requests in flight. */
  readonly connections: number;
}

/** What the paced client saw. */
export interface OpenLoopReport {
  /** From the write of a request to the last byte of its answer. */
  readonly latenciesMs: readonly number[];
  /** From the due time of a request to its write: the client's own unpunctuality. */
  readonly latenessMs: readonly number[];
  readonly sent: number;
  readonly answered: number;
  /** How often a request was due and no connection free. */
  readonly starved: number;
  readonly errors: readonly string[];
}

/** Runs the job in a process of its own. */
export async function openLoop(children: Children, core: number | null, job: OpenLoopJob): Promise<OpenLoopReport> {
  const program = fileURLToPath(new URL('open-loop-program.ts', import.meta.url));
  const child = await children.start({
    file: process.execPath,
    args: [program, JSON.stringify(job)],
    core,
    channel: true,
  });
  const report = await nextMessage<OpenLoopReport>(child, (job.warmSeconds + job.seconds) * 1000 + 30_000);
  await child.exited;
  return report;
}

/** A hiccup of the machine delays a few requests; more would be another load than the one declared. */
const STARVED_ALLOWED = 0.01;

/** Why a report must not be used; empty for a sound one. */
export function openLoopProblems(job: OpenLoopJob, report: OpenLoopReport): string[] {
  const problems = [...report.errors];
  const total = Math.round((job.warmSeconds + job.seconds) * job.requestsPerSecond);
  if (report.answered !== total) problems.push(`${report.answered} answers instead of ${total}`);
  if (report.starved > total * STARVED_ALLOWED)
    problems.push(`no connection was free ${report.starved} times: the load was not paced`);
  return problems;
}

/** The smallest value with at least this share (0..1) of the values at or below it. */
export function quantile(values: readonly number[], share: number): number | null {
  const sorted = values.toSorted((a, b) => a - b);
  return sorted[Math.max(0, Math.ceil(share * sorted.length) - 1)] ?? null;
}
