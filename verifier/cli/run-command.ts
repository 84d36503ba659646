import { randomUUID } from 'node:crypto';
import { tmpdir } from 'node:os';
import { join, resolve } from 'node:path';
import { systemClock } from '../experiment/clock.ts';
import type { Experiment } from '../experiment/experiment.ts';
import { checkOnly, runExperiment } from '../experiment/run.ts';
import { Crash } from '../experiment/run-state.ts';
import type { RunPorts } from '../experiment/run-state.ts';
import { writeWhole } from '../experiment/write-whole.ts';
import { EXIT } from '../exit.ts';
import { startOpenLoop } from '../load/open-loop.ts';
import { renderHtml } from '../report/html.ts';
import type { Journal } from '../report/journal.ts';
import type { Prometheus } from '../source/prometheus.ts';
import { connectAdmin } from '../undo/admin-client.ts';
import type { Arguments } from './command.ts';
import { prometheusOf, readExperimentOf, whyNot } from './experiment-file.ts';
import { explanationOf } from './explanation.ts';
import type { Io } from './io.ts';
import type { Screen } from './screen.ts';
import { linesScreen, noticesScreen } from './screen-lines.ts';
import { terminalScreen } from './screen-terminal.ts';
import { describeCrash } from './describe-crash.ts';
import { placeLines, summaryOf } from './summary.ts';
import { UserError } from './user-error.ts';
import { VERSION } from './version.ts';
import { wrap } from './wrap.ts';

/** How long a fault outlives a runner that is killed. */
const LEASE_MS = 10_000;

/** `sidequake run FILE`: exits with the verdict, also when its journal could not be written (which is said loudly). */
export async function runCommand(args: Arguments, io: Io): Promise<number> {
  const { experiment, rerun } = await readExperimentOf(args, io);
  // Asked before anything is armed: the folder may be gone at the end.
  const here = currentFolder();
  await using prometheus = prometheusOf(experiment);
  const now: Now = { stop: new AbortController(), leave: new AbortController(), mayBeArmed: false, journal: null };
  using screen = screenFor(args, io);
  using _signals = io.onSignal((signal) => onSignal(signal, now, screen, io));
  using _crashes = io.onCrash((error) => now.stop.abort(new Crash(error)));
  const ports = portsOf(prometheus, screen, now, rerun);
  if (args.flag('dry-run')) return await dryRun(experiment, ports, io);
  const { journal, crash } = await runExperiment(experiment, ports);
  now.journal = journal;
  screen[Symbol.dispose]();
  if (args.flag('json')) io.out(`${JSON.stringify(journal, null, 2)}\n`);
  else io.out(summaryOf(journal, io));
  const written = await writeAll(journal, placesOf(args, journal, here), io);
  if (!args.flag('json')) io.out(`\n${written.map(({ what, file }) => placeLines(what, file, io.columns)).join('')}`);
  if (crash !== null) io.err(describeCrash(crash.error));
  return journal.exitCode;
}

/** What the signal handlers have to know. */
interface Now {
  readonly stop: AbortController;
  readonly leave: AbortController;
  mayBeArmed: boolean;
  /** Once the run is over. */
  journal: Journal | null;
}

/** The first signal ends the run in order, the next one at once. */
function onSignal(signal: string, now: Now, screen: Screen, io: Io): void {
  if (!now.stop.signal.aborted) {
    const what = now.mayBeArmed ? 'taking the faults back' : 'ending the run';
    const doing = now.journal === null ? what : 'the run is over, its journal is being written';
    screen.show({ kind: 'notice', text: `${signal}: ${doing} (once more: leave at once)` });
    now.stop.abort(new Error('stopped by the operator'));
    return;
  }
  now.leave.abort(new Error('the operator left'));
  screen[Symbol.dispose]();
  if (now.mayBeArmed) {
    const lines = wrap(
      `${signal} again: left without looking. A fault that was armed ends by itself within ${LEASE_MS / 1000} s, when its lease does.`,
      io.columns,
    );
    io.err(`${lines.join('\n')}\n`);
    io.leave(EXIT['undo-failed']);
  }
  io.err(`${signal} again: left; there is no journal. No fault is armed.\n`);
  io.leave(now.journal?.exitCode ?? EXIT.aborted);
}

function portsOf(prometheus: Prometheus, screen: Screen, now: Now, rerun: string): RunPorts {
  return {
    clock: systemClock,
    prometheus,
    connectAdmin: (address) => connectAdmin(address),
    startLoad: (spec) => startOpenLoop(spec),
    progress: (event) => {
      if (event.kind === 'armed') now.mayBeArmed = event.armed;
      screen.show(event);
    },
    stop: now.stop.signal,
    leave: now.leave.signal,
    leaseMs: LEASE_MS,
    version: VERSION,
    id: randomUUID(),
    rerun,
  };
}

async function dryRun(experiment: Experiment, ports: RunPorts, io: Io): Promise<number> {
  const { finding, scrapeSeconds } = await checkOnly(experiment, ports);
  io.out(explanationOf(experiment, { scrapeSeconds }, io.columns));
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

interface Places {
  readonly journal: string;
  readonly report: string;
  readonly here: string;
}

function placesOf(args: Arguments, journal: Journal, here: string): Places {
  // Colons are no part of a file's name everywhere.
  const start = journal.startedAt.replaceAll(/[:.]/g, '');
  const folder = join('sidequake-runs', `${journal.experiment}-${start}`);
  return {
    journal: args.text('journal') ?? join(folder, 'journal.json'),
    report: args.text('report') ?? join(folder, 'report.html'),
    here,
  };
}

interface Written {
  readonly what: string;
  readonly file: string;
}

/** What could be written, and where. */
async function writeAll(journal: Journal, places: Places, io: Io): Promise<readonly Written[]> {
  const { here } = places;
  const text = `${JSON.stringify(journal, null, 2)}\n`;
  const written: Written[] = [];
  if (await writeOne('journal', places.journal, here, () => text, io)) {
    written.push({ what: 'journal', file: places.journal });
  } else {
    // The run may have taken hours.
    const spare = join(tmpdir(), `sidequake-${journal.experiment}-${journal.id}.json`);
    if (await writeOne('journal', spare, here, () => text, io)) written.push({ what: 'journal', file: spare });
  }
  if (await writeOne('report', places.report, here, () => renderHtml(journal), io)) {
    written.push({ what: 'report', file: places.report });
  }
  return written;
}

/** False when it could not be written, which is said and changes nothing else: the verdict stands. */
async function writeOne(what: string, file: string, here: string, text: () => string, io: Io): Promise<boolean> {
  try {
    await writeWhole(resolve(here, file), text());
    return true;
  } catch (error) {
    io.err(
      `sidequake: THE ${what.toUpperCase()} IS NOT WHERE IT SHOULD BE, ${file} cannot be written: ${whyNot(error)}\n`,
    );
    return false;
  }
}

/** @throws UserError where it has been deleted */
function currentFolder(): string {
  try {
    return process.cwd();
  } catch (error) {
    throw new UserError('the current folder has been deleted: go to another one', { cause: error });
  }
}
