/**
 * The sidecar's process: arguments, configuration file, signals, exit code. 0 ended in order, 2 bad input (nothing was
 * started), 70 a defect.
 */
import { randomUUID } from 'node:crypto';
import { readFile } from 'node:fs/promises';
import { setFlagsFromString } from 'node:v8';
import { readCommandLine, USAGE, type Settings } from './command-line.ts';
import { ConfigFile } from './config-file.ts';
import { BindError } from './listen/bind.ts';
import { identityFrom } from './observe/identity.ts';
import { logOutput } from './observe/log-output.ts';
import { Log } from './observe/log.ts';
import { listeningFields, Proxy } from './proxy.ts';
import { readBootId } from './rules/boot-id.ts';
import { systemClock } from './rules/clock.ts';
import { compileFaults } from './rules/compile.ts';
import { StateError } from './rules/state-file.ts';
import { RuleStore } from './rules/store.ts';
import { VERSION } from './version.ts';

const EXIT_OK = 0;
const EXIT_BAD_INPUT = 2;
const EXIT_DEFECT = 70;
/** How long the last lines of the log wait for their reader. */
const LAST_LINES_MS = 1000;

/** Runs a sidecar until a signal ends it. Resolves with the exit code. */
export async function main(args: readonly string[]): Promise<number> {
  const commandLine = readCommandLine(args);
  switch (commandLine.kind) {
    case 'help':
      process.stdout.write(USAGE);
      return EXIT_OK;
    case 'version':
      process.stdout.write(`${VERSION}\n`);
      return EXIT_OK;
    case 'wrong':
      process.stderr.write(`${commandLine.message}\nsidequake proxy --help shows what can be given\n`);
      return EXIT_BAD_INPUT;
    case 'run':
      return run(commandLine.settings);
  }
}

async function run(settings: Settings): Promise<number> {
  spareMemory();
  const log = new Log(logOutput(process.stdout, Date.now), Date.now);
  try {
    return await serve(settings, log);
  } catch (error) {
    if (!(error instanceof BindError || error instanceof StateError || error instanceof BadInput)) throw error;
    process.stderr.write(`${error.message}\n`);
    return EXIT_BAD_INPUT;
  }
}

/**
 * A sidecar is paid for in every pod. Measured at 1,000 connections under load, without a difference in CPU per request:
 * a young generation that stays as small as it starts spares 9 MB (hardly anything lives long enough to be copied), and
 * leaving out V8's middle compiler 5 MB (what is hot here is soon compiled by the last one). V8 asks both flags whenever
 * it thinks of growing or compiling, so setting them now is early enough.
 */
function spareMemory(): void {
  setFlagsFromString('--semi-space-growth-factor=1');
  setFlagsFromString('--no-maglev');
}

/** A configuration that cannot be started with. */
class BadInput extends Error {
  readonly code = 'bad-input';
}

async function serve(settings: Settings, log: Log): Promise<number> {
  const { configFile: path, listener, stateDir, admin, observe, drainMs } = settings;
  const instance = randomUUID();
  await using stop = stopSignals();
  const store = await RuleStore.open({
    instance,
    clock: systemClock,
    ...(stateDir === null ? {} : { stateDir }),
    bootId: readBootId(),
    compile: compileFaults,
    readKept: async (written, id) => {
      const { readRule } = await import('./config/load.ts');
      const result = readRule(written, { id });
      return result.ok ? result.value : result.problems.map(({ message }) => message).join('; ');
    },
    warn: (message) => log.write('warn', message),
  });
  const file = new ConfigFile(path, () => Date.now());
  await using proxy = new Proxy({
    store,
    clock: systemClock,
    log,
    version: VERSION,
    instance,
    instanceName: process.env['SIDEQUAKE_POD'] ?? '',
    identity: identityFrom(process.env),
    reloads: () => file.counts,
  });
  const apply = (text: string): Promise<string | null> => file.take(text, (config) => proxy.apply(config, listener));
  if (path === null) await proxy.apply({ listeners: [], routes: [], rules: [] }, listener);
  else {
    const problem = await apply(await readText(path));
    if (problem !== null) throw new BadInput(problem);
    if (proxy.bound.length === 0)
      throw new BadInput(`${path} names no listeners: add some, or --listen and --upstream`);
  }
  const observed = observe === null ? null : await proxy.observe(observe);
  const administered = admin === null ? null : await proxy.admin(admin, () => file.status(store.current.generation));
  log.write('info', 'listening', { version: VERSION, instance, ...listeningFields(proxy, observed, administered) });
  if (path !== null) {
    watch(path, file, apply, log, stop.signal).catch((error: unknown) => {
      log.defect('the configuration file is no longer watched', error);
    });
  }

  const signal = await stop.first;
  log.write('info', 'draining', { signal });
  const reset = await Promise.race([proxy.drain(drainMs), stop.second.then(() => -1)]);
  log.write(reset === 0 ? 'info' : 'warn', 'stopped', reset > 0 ? { resetConnections: reset } : {});
  // The process ends by itself, unless the log waits for a reader that stands still.
  setTimeout(() => process.exit(), LAST_LINES_MS).unref();
  return EXIT_OK;
}

/** Takes up every new text of the configuration file; a bad one is told of and leaves everything as it was. */
async function watch(
  path: string,
  file: ConfigFile,
  apply: (text: string) => Promise<string | null>,
  log: Log,
  signal: AbortSignal,
): Promise<void> {
  const { watchFile } = await import('./config/watch.ts');
  await watchFile(
    path,
    async (text) => {
      const problem = await apply(text);
      if (problem === null) log.write('info', 'configuration taken up', { file: path });
      else log.write('error', 'configuration refused, the one before goes on', { file: path, problem });
    },
    signal,
    {
      known: file.text,
      onUnreadable: (error) =>
        log.write('error', 'configuration cannot be read', { file: path, problem: error.message }),
    },
  );
}

async function readText(path: string): Promise<string> {
  try {
    return await readFile(path, 'utf8');
  } catch (error) {
    throw new BadInput(`--config ${path}: ${error instanceof Error ? error.message : String(error)}`, { cause: error });
  }
}

/** SIGTERM and SIGINT: the first asks for an orderly end, the second for an end at once. */
function stopSignals(): AsyncDisposable & {
  readonly first: Promise<string>;
  readonly second: Promise<string>;
  readonly signal: AbortSignal;
} {
  const first = Promise.withResolvers<string>();
  const second = Promise.withResolvers<string>();
  const controller = new AbortController();
  let count = 0;
  const onSignal = (name: string): void => {
    controller.abort();
    (count++ === 0 ? first : second).resolve(name);
  };
  process.on('SIGTERM', onSignal).on('SIGINT', onSignal);
  return {
    first: first.promise,
    second: second.promise,
    signal: controller.signal,
    [Symbol.asyncDispose]: () => {
      controller.abort();
      process.off('SIGTERM', onSignal).off('SIGINT', onSignal);
      return Promise.resolve();
    },
  };
}

// `node proxy/main.ts ARGS` is `sidequake proxy ARGS`.
if (import.meta.main) {
  const defect = (error: unknown): never => {
    process.stderr.write(`a defect of sidequake: ${error instanceof Error ? error.stack : String(error)}\n`);
    process.exit(EXIT_DEFECT);
  };
  process.on('uncaughtException', defect).on('unhandledRejection', defect);
  process.exitCode = await main(process.argv.slice(2));
}
