/**
 * What the proxy costs, side by side with its peers in one run:
 *
 *     npm run bench                    everything, under eight minutes
 *     npm run bench -- --quick         what the targets are about
 *     npm run bench -- --gate          exit 1 when a ratio got worse
 */
import { fileURLToPath } from 'node:url';
import { ENGINES } from './engines/registry.ts';
import { findAutocannon } from './load/autocannon.ts';
import { findWrk } from './load/wrk.ts';
import { describeMachine, describeVersions } from './machine.ts';
import { type Conditions, ROUNDS, type RunResult, type ScenarioResult } from './model.ts';
import { type Options, helpText, parseOptions } from './options.ts';
import { Children } from './process/children.ts';
import { otherShare, readTicks } from './process/other-load.ts';
import { chooseCores } from './process/pinning.ts';
import { readBaseline, writeBaseline, writeResults } from './report/files.ts';
import { baselineOf } from './report/gate.ts';
import { conditionsAsText, noiseWarning, scenarioAsText, targetsAsText } from './report/table.ts';
import { judgeTargets } from './report/targets.ts';
import { passGate } from './gate-run.ts';
import { select } from './selection.ts';
import { SCENARIOS } from './scenarios/registry.ts';
import { type Session, runSession } from './session.ts';

const KNOWN = { engines: ENGINES.map(({ name }) => name), scenarios: SCENARIOS.map(({ name }) => name) };
/** How long a run that was interrupted may take to end. */
const LONGEST_END_MS = 5000;
const RESULTS = fileURLToPath(new URL('results', import.meta.url));

/** Exit codes: 0 done, 1 the gate failed or a row is invalid, 2 bad arguments, 70 the bench itself failed. */
async function main(): Promise<number> {
  let options: Options;
  try {
    options = parseOptions(process.argv.slice(2), KNOWN);
  } catch (error) {
    console.error(`${(error as Error).message}\n\n${helpText(KNOWN)}`);
    return 2;
  }
  if (options.help) {
    console.log(helpText(KNOWN));
    return 0;
  }
  await using children = new Children();
  endOnSignal(children);
  // Awaited here: the processes are ended when this scope is left.
  return await run(options, children);
}

async function run(options: Options, children: Children): Promise<number> {
  const startedAt = new Date();
  const folder = options.results ?? RESULTS;
  const baseline = options.gate ? await readBaseline(folder) : null;
  const { engines, scenarios, missing } = select(options, ENGINES, SCENARIOS, baseline);
  const wrk = findWrk();
  const load = wrk ?? findAutocannon();
  const cautions = load.caution === null ? [] : [load.caution];
  const session: Session = {
    children,
    cores: chooseCores(),
    load,
    engines,
    scenarios,
    rounds: options.rounds,
    seconds: options.seconds,
    fromSource: options.fromSource,
    say: progress,
    done: (result) => {
      progress('');
      console.log(`${scenarioAsText(result)}\n`);
    },
  };
  const conditions: Omit<Conditions, 'seconds' | 'otherLoad'> = {
    startedAt: startedAt.toISOString(),
    machine: describeMachine(),
    versions: describeVersions(engines, load),
    load: load.name,
    cores: session.cores.said,
    rounds: String(options.rounds ?? `${ROUNDS.targeted} (${ROUNDS.other} where no target depends on it)`),
    secondsPerRound: options.seconds,
    missing: [...missing, ...cautions],
  };
  console.log(`${conditionsAsText(conditions)}\n`);
  const ticksBefore = readTicks();
  let scenarioResults: readonly ScenarioResult[] = await runSession(session);
  let passed = true;
  if (baseline !== null) ({ results: scenarioResults, passed } = await passGate(baseline, scenarioResults, session));
  const result: RunResult = {
    schema: 'sidequake/bench/v1',
    conditions: {
      ...conditions,
      seconds: (Date.now() - startedAt.getTime()) / 1000,
      otherLoad: otherShare(ticksBefore, readTicks()),
    },
    scenarios: scenarioResults,
    targets: judgeTargets(scenarioResults),
  };
  progress('');
  console.log(`${targetsAsText(result.targets)}\n`);
  const warning = noiseWarning(result.conditions.otherLoad);
  if (warning !== null) console.log(`${warning}\n`);
  const whole = !options.quick && !options.gate && options.only === null && options.scenarios === null;
  const files = await writeResults(folder, result, whole);
  if (options.saveBaseline)
    files.push(await writeBaseline(folder, baselineOf(scenarioResults, startedAt.toISOString())));
  console.log(`Written: ${files.join(', ')}`);
  const sound = scenarioResults.every(({ rows }) => rows.every(({ problems }) => problems.length === 0));
  if (!sound) console.error('Some rows are invalid: see above.');
  return passed && sound ? 0 : 1;
}

/** One line that is written over, where there is a person to see it. */
function progress(text: string): void {
  if (process.stderr.isTTY) process.stderr.write(`\r\u001b[K${text.slice(0, 99)}`);
}

function endOnSignal(children: Children): void {
  for (const [signal, code] of [
    ['SIGINT', 130],
    ['SIGTERM', 143],
    ['SIGHUP', 129],
  ] as const) {
    process.once(signal, () => {
      console.error(`\nEnding what was started (${signal}).`);
      process.exitCode = code;
      // The run then fails for lack of its processes, and takes its files down on the way out.
      void children[Symbol.asyncDispose]();
      setTimeout(() => process.exit(code), LONGEST_END_MS).unref();
    });
  }
  // Whatever ends the bench, its processes end with it.
  process.once('exit', () => {
    children.killNow();
  });
}

try {
  const code = await main();
  process.exitCode ??= code;
} catch (error) {
  // A run that was interrupted has its exit code already, and nothing to complain of.
  if (process.exitCode === undefined) {
    console.error(`The bench failed: ${error instanceof Error ? error.message : String(error)}`);
    process.exitCode = 70;
  }
}
