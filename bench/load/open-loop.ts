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

/** A hiccup of the machine delays a few requests; more would be another load than the one declared. */
const STARVED_ALLOWED = 0.01;
/** A client that is later than this itself cannot tell a proxy that is. Timers alone make it 1.2 ms late. */
const LATENESS_ALLOWED_MS = 2;
const MOST_TRIES = 3;

/**
 * Runs the job in a process of its own; again where the machine was too busy to pace it. What the proxy did wrong is
 * never tried again.
 *
 * @param onTry - called before each try
 * @returns the last report, with why it must not be used; no problems when it is sound
 */
export async function openLoop(
  children: Children,
  core: number | null,
  job: OpenLoopJob,
  onTry: () => void = () => undefined,
): Promise<OpenLoopReport & { readonly problems: readonly string[] }> {
  for (let tries = 1; ; tries++) {
    onTry();
    const report = await runOnce(children, core, job);
    const wrong = answerProblems(job, report);
    const unpaced = paceProblems(job, report);
    if (wrong.length > 0 || unpaced.length === 0 || tries === MOST_TRIES) {
      return { ...report, problems: [...wrong, ...unpaced] };
    }
  }
}

/** What the proxy did wrong. */
export function answerProblems(job: OpenLoopJob, { errors, answered }: OpenLoopReport): string[] {
  const total = Math.round((job.warmSeconds + job.seconds) * job.requestsPerSecond);
  return answered === total ? [...errors] : [...errors, `${answered} answers instead of ${total}`];
}

/** Why the load was not the one declared. */
export function paceProblems(job: OpenLoopJob, { starved, sent, latenessMs }: OpenLoopReport): string[] {
  const problems: string[] = [];
  if (starved > sent * STARVED_ALLOWED) {
    problems.push(`not paced: ${starved} times none of ${job.connections} connections was free`);
  }
  const late = quantile(latenessMs, 0.99) ?? 0;
  if (late > LATENESS_ALLOWED_MS) problems.push(`not paced: the client itself was late, p99 ${late.toFixed(1)} ms`);
  return problems;
}

/** The smallest value with at least this share (0..1) of the values at or below it. */
export function quantile(values: readonly number[], share: number): number | null {
  const sorted = values.toSorted((a, b) => a - b);
  return sorted[Math.max(0, Math.ceil(share * sorted.length) - 1)] ?? null;
}

async function runOnce(children: Children, core: number | null, job: OpenLoopJob): Promise<OpenLoopReport> {
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
