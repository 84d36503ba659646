// A Prometheus of one's own: finds the binary, or gets one, and runs it on loopback for as long as it is needed.
import { mkdir, writeFile } from 'node:fs/promises';
import { dirname, join, resolve } from 'node:path';
import { isExecutable, onPath, runCommand } from './command.ts';
import { startChild, type Child } from './child.ts';
import { thisMachine, type Machine } from './machine.ts';
import { installPackage } from './prometheus-package.ts';
import { cachedRelease, downloadRelease } from './prometheus-release.ts';

/** A Prometheus that has been seen to run. */
export interface FoundPrometheus {
  /** Absolute path. */
  readonly binary: string;
  /** Absolute path of the promtool beside it or on PATH; null where there is none. */
  readonly promtool: string | null;
  /** As it names itself: "2.42.0+ds". */
  readonly version: string;
}

/** How to run a Prometheus. */
export interface StartOptions {
  readonly binary: string;
  /** The text of its configuration; kept as `prometheus.yml` in `dataDir`. */
  readonly config: string;
  /** Where it keeps its data; made if it is not there. Blocks made by promtool may lie in it already. */
  readonly dataDir: string;
  /** On 127.0.0.1; left out or 0: the system chooses a free one. */
  readonly port?: number;
  /** More command line flags, such as `--storage.tsdb.retention.time=100y`. */
  readonly flags?: readonly string[];
  /** How long it may take to answer its readiness probe; 30 s by default. */
  readonly readyMs?: number;
}

/** A running Prometheus; disposing it ends it. `dataDir` stays. */
export interface RunningPrometheus extends AsyncDisposable {
  /** Without a slash at its end: `http://127.0.0.1:9090`. */
  readonly url: string;
  readonly port: number;
  /** Settles when the process has ended, whatever the reason. */
  readonly ended: Promise<void>;
}

/**
 * Looks for Prometheus: `SIDEQUAKE_PROMETHEUS`, PATH, an earlier download, Debian's package (as root), the official
 * release. Says what it does before it changes anything on the machine.
 *
 * @throws Error with one sentence that says what to do, when there is none and none can be had, or when
 * `SIDEQUAKE_PROMETHEUS` names something that is no Prometheus (an explicit wish is never replaced in silence).
 */
export async function findPrometheus(replaced: Partial<Machine> = {}): Promise<FoundPrometheus> {
  const machine = thisMachine(replaced);
  const wished = machine.env['SIDEQUAKE_PROMETHEUS'];
  if (wished) {
    const found = await identify(resolve(wished), machine);
    if ('missing' in found) {
      throw new Error(`SIDEQUAKE_PROMETHEUS must be the path of a prometheus binary: ${found.missing}.`);
    }
    return found;
  }
  const reasons: string[] = [];
  const sources = [
    { name: 'PATH', look: async () => asBinary(await onPath('prometheus', machine.env)) },
    { name: 'the cache', look: async () => asBinary(await cachedRelease(machine)) },
    { name: "Debian's package", look: () => installPackage(machine) },
    { name: 'the download', look: () => downloadRelease(machine) },
  ];
  for (const source of sources) {
    const place = await source.look();
    const found = 'binary' in place ? await identify(place.binary, machine) : place;
    if ('version' in found) return found;
    if (found.missing !== '') reasons.push(`${source.name}: ${found.missing}`);
  }
  throw new Error(
    'No Prometheus found and none could be had: install one (https://prometheus.io/download/) and put it on PATH, ' +
      `or set SIDEQUAKE_PROMETHEUS to its binary (${reasons.join('; ')}).`,
  );
}

/**
 * Runs Prometheus on loopback and waits until it is ready. It ends when the returned value is disposed, and also when
 * this process dies.
 *
 * @example
 * await using prometheus = await startPrometheus({ binary, config: 'scrape_configs: []', dataDir });
 * await fetch(`${prometheus.url}/api/v1/query?query=up`);
 *
 * @throws Error with the last words of Prometheus when it ends or is not ready in time.
 */
export async function startPrometheus(options: StartOptions): Promise<RunningPrometheus> {
  await mkdir(options.dataDir, { recursive: true });
  const configFile = join(options.dataDir, 'prometheus.yml');
  await writeFile(configFile, options.config);
  const child = startChild({
    name: 'prometheus',
    command: [
      options.binary,
      `--config.file=${configFile}`,
      `--storage.tsdb.path=${options.dataDir}`,
      `--web.listen-address=127.0.0.1:${options.port ?? 0}`,
      ...(options.flags ?? []),
    ],
    leash: 'process',
  });
  try {
    const readyMs = options.readyMs ?? 30_000;
    // It logs the port it really has: no other process can take it in between.
    const [, port] = await child.says(/msg="?Listening on"?.* address=\S*:(\d+)/, readyMs);
    const url = `http://127.0.0.1:${port}`;
    await answersReady(url, child, readyMs);
    return {
      url,
      port: Number(port),
      ended: child.ended,
      [Symbol.asyncDispose]: () => child[Symbol.asyncDispose](),
    };
  } catch (error) {
    await child[Symbol.asyncDispose]();
    throw error;
  }
}

async function answersReady(url: string, child: Child, readyMs: number): Promise<void> {
  const deadline = performance.now() + readyMs;
  while (child.running && performance.now() < deadline) {
    // Refused while it starts, 503 while it replays its log.
    const status = await fetch(`${url}/-/ready`, { signal: AbortSignal.timeout(2_000) }).then(
      async (response) => response.text().then(() => response.status),
      () => null,
    );
    if (status === 200) return;
    await new Promise((wake) => setTimeout(wake, 50));
  }
  throw new Error(child.complaint(child.running ? `was not ready within ${readyMs / 1000} s` : 'ended at its start'));
}

async function identify(binary: string, machine: Machine): Promise<FoundPrometheus | { missing: string }> {
  const asked = await runCommand(binary, ['--version'], { env: machine.env, timeoutMs: 20_000 });
  const version = /prometheus, version (\d+\.\d+\.\d+\S*)/.exec(asked.output)?.[1];
  if (version === undefined) {
    return { missing: `\`${binary} --version\` said ${JSON.stringify(asked.output.trim().slice(0, 120))}` };
  }
  const beside = join(dirname(binary), 'promtool');
  const promtool = (await isExecutable(beside)) ? beside : await onPath('promtool', machine.env);
  return { binary, promtool, version };
}

function asBinary(binary: string | null): { binary: string } | { missing: '' } {
  return binary === null ? { missing: '' } : { binary };
}
