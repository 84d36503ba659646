import { randomUUID } from 'node:crypto';
import { join, resolve } from 'node:path';
import { systemClock } from '../experiment/clock.ts';
import type { Experiment } from '../experiment/experiment.ts';
import { checkOnly, runExperiment } from '../experiment/run.ts';
import type { RunPorts } from '../experiment/run-state.ts';
import { writeWhole } from '../experiment/write-whole.ts';
import { EXIT } from '../exit.ts';
import { startOpenLoop } from '../load/open-loop.ts';
import { renderHtml } from '../report/html.ts';
import type { Journal } from '../report/journal.ts';
import type { Prometheus } from '../source/prometheus.ts';
import { connectAdmin } from '../undo/admin-client.ts';
import type { Arguments } from './command.ts';
import { experimentOf, prometheusOf, whyNot } from './experiment-file.ts';
import { explanationOf } from './explanation.ts';
import type { Io } from './io.ts';
import { noticesScreen } from './screen.ts';
import type { Screen } from './screen.ts';
import { linesScreen } from './screen-lines.ts';
import { terminalScreen } from './screen-terminal.ts';
import { summaryOf } from './summary.ts';
import { VERSION } from './version.ts';

/** How long a fault outlives a runner that is killed. */
const LEASE_MS = 10_000;

/** `sidequake run FILE`: exits with the verdict, also when its journal could not be written (which is said loudly). */
export async function runCommand(args: Arguments, io: Io): Promise<number> {
  const experiment = await experimentOf(args, io);
  await using prometheus = prometheusOf(experiment);
  const stop = new AbortController();
  const leave = new AbortController();
  using screen = screenFor(args, io);
  using _signals = io.onSignal((signal) => onSignal(signal, { stop, leave, screen, io }));
  const ports = portsOf(prometheus, screen, stop.signal, leave.signal);
  if (args.flag('dry-run')) return await dryRun(experiment, ports, io);
  // Asked before anything is armed: the folder may be gone at the end.
  const here = process.cwd();
  const journal = await runExperiment(experiment, ports);
  screen[Symbol.dispose]();
  if (args.flag('json')) io.out(`${JSON.stringify(journal, null, 2)}\n`);
  else io.out(summaryOf(journal, { colour: io.colour }));
  const places = placesOf(args, journal);
  for (const [what, file, text] of [
    ['journal', places.journal, () => `${JSON.stringify(journal, null, 2)}\n`],
    ['report', places.report, () => renderHtml(journal)],
  ] as const) {
    const written = await writeOne(what, resolve(here, file), text, io);
    if (written && !args.flag('json') && !args.flag('quiet')) io.out(`  ${what.padEnd(8)}  ${file}\n`);
  }
  return journal.exitCode;
}

/** The first signal ends the run in order, the next one at once. */
function onSignal(
  signal: string,
  { stop, leave, screen, io }: { stop: AbortController; leave: AbortController; screen: Screen; io: Io },
): void {
  if (!stop.signal.aborted) {
    screen.show({ kind: 'notice', text: `${signal}: taking the faults back (once more: leave at once)` });
    stop.abort(new Error('stopped by the operator'));
    return;
  }
  leave.abort(new Error('the operator left'));
  screen[Symbol.dispose]();
  io.err(
    `${signal} again: left without looking. A fault that was armed ends by itself within ${LEASE_MS / 1000} s, ` +
      'when its lease does.\n',
  );
  io.leave(EXIT['undo-failed']);
}

function portsOf(prometheus: Prometheus, screen: Screen, stop: AbortSignal, leave: AbortSignal): RunPorts {
  return {
    clock: systemClock,
    prometheus,
    connectAdmin: (address) => connectAdmin(address),
    startLoad: (spec) => startOpenLoop(spec),
    progress: (event) => screen.show(event),
    stop,
    leave,
    leaseMs: LEASE_MS,
    version: VERSION,
    id: randomUUID(),
  };
}

async function dryRun(experiment: Experiment, ports: RunPorts, io: Io): Promise<number> {
  const { finding, scrapeSeconds } = await checkOnly(experiment, ports);
  io.out(explanationOf(experiment, { scrapeSeconds }));
  if (finding === null) {
    io.out('\nDry run: Prometheus, the queries and the sidecars are fine; nothing was armed.\n');
    return EXIT.pass;
  }
  io.err(`sidequake: a run would be ${finding.verdict}: ${finding.reason}\n`);
  return EXIT[finding.verdict];
}

function screenFor(args: Arguments, io: Io): Screen {
  const monotonicMs = (): number => systemClock.monotonicMs();
  if (args.flag('quiet') || args.flag('json')) return noticesScreen(io.err);
  if (io.terminal !== null) return terminalScreen(io.err, io.terminal, monotonicMs);
  return linesScreen(io.err, monotonicMs);
}

function placesOf(args: Arguments, journal: Journal): { readonly journal: string; readonly report: string } {
  // Colons are no part of a file's name everywhere.
  const start = journal.startedAt.replaceAll(/[:.]/g, '');
  const folder = join('sidequake-runs', `${journal.experiment}-${start}`);
  return {
    journal: args.text('journal') ?? join(folder, 'journal.json'),
    report: args.text('report') ?? join(folder, 'report.html'),
  };
}

/** False when it could not be written, which is said and changes nothing else: the verdict stands. */
async function writeOne(what: string, file: string, text: () => string, io: Io): Promise<boolean> {
  try {
    await writeWhole(file, text());
    return true;
  } catch (error) {
    io.err(`sidequake: THE ${what.toUpperCase()} IS LOST, ${file} cannot be written: ${whyNot(error)}\n`);
    return false;
  }
}
