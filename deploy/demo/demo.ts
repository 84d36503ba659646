// The demo from its start to its end: Prometheus, the shop, one experiment on two versions of it, the reports.
import { mkdir, mkdtemp, readFile, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { renderComparison } from '../../verifier/report/comparison.ts';
import type { Journal } from '../../verifier/report/journal.ts';
import { parseJournal } from '../../verifier/report/read-journal.ts';
import { runExperiment } from './experiment.ts';
import { freePorts } from './free-ports.ts';
import { trickle } from './keep.ts';
import { findPrometheus, startPrometheus } from './prometheus.ts';
import { startShop } from './shop.ts';
import { unlessStopped } from './stop-signal.ts';
import { planShop, PORTS_NEEDED, prometheusConfig, VERSIONS, type Version } from './topology.ts';
import { conclusion, introduction, playground, surprises } from './words.ts';

/** How to run the demo. */
export interface DemoOptions {
  /** Reports, journals and logs go here. */
  readonly outDir: string;
  /** Stay up after the runs, until `stop`. */
  readonly keep: boolean;
  /** Ends the demo; the demo itself aborts it when a process of the shop dies. */
  readonly stop: AbortController;
  /** Takes whole lines for the user. */
  readonly say: (text: string) => void;
}

const TARGETS_UP_MS = 20_000;
const OUTPUT = ['index.html', ...VERSIONS.flatMap((version) => [`${version}.json`, `${version}.html`])];

/**
 * Runs the demo. Returns true when both verdicts were the expected ones. Whatever happens, no process of it and no
 * fault is left when the promise settles.
 *
 * @throws Error with a sentence for the user; `Interrupted` when somebody asked for the end.
 */
export async function runDemo({ outDir, keep, stop, say }: DemoOptions): Promise<boolean> {
  const { signal } = stop;
  say(introduction());
  const found = await unlessStopped(signal, findPrometheus({ say }));
  await mkdir(outDir, { recursive: true });
  // Only our own files: somebody may have named a folder that holds more. An old journal must not pass for a new one.
  for (const file of OUTPUT) await rm(join(outDir, file), { force: true });

  let ending = false;
  const onLost = (sentence: string): void => {
    if (!ending) stop.abort(new Error(sentence));
  };
  await using scratch = await scratchFolder();
  const sidequake = project('verifier/main.ts');
  const members = planShop(await freePorts(PORTS_NEEDED));
  await using shop = await startShop({
    members,
    logDir: join(outDir, 'logs'),
    stateDir: join(scratch.path, 'state'),
    sidequake,
    onLost,
  });
  await using prometheus = await startPrometheus({
    binary: found.binary,
    config: prometheusConfig(members),
    dataDir: join(scratch.path, 'prometheus'),
  });
  void prometheus.ended.then(() => onLost('Prometheus ended by itself.'));
  // Disposed first, as it is declared last: from here on processes end because we end them.
  using _ending = { [Symbol.dispose]: () => void (ending = true) };
  await unlessStopped(signal, shop.ready());
  await unlessStopped(signal, everyTargetUp(prometheus.url, 2 * members.length));
  say(`Ready: ${members.length} services, ${members.length} sidecars, Prometheus ${found.version}.`);

  const runs: { version: Version; journal: Journal }[] = [];
  for (const version of VERSIONS) {
    say(`\n--- the ${version} version ---`);
    const exitCode = await runExperiment({
      version,
      sidequake,
      prometheusUrl: prometheus.url,
      frontend: shop.url(version),
      ratingsAdmin: shop.admin('ratings'),
      outDir,
      signal,
    });
    signal.throwIfAborted();
    runs.push({ version, journal: await journalOf(join(outDir, `${version}.json`), exitCode) });
  }
  await writeFile(
    join(outDir, 'index.html'),
    renderComparison(runs.map(({ version, journal }) => ({ journal, href: `${version}.html`, title: version }))),
  );
  const findings = runs.map(({ version, journal: { verdict, reason } }) => ({ version, verdict, reason }));
  say(conclusion(findings, outDir, keep));
  const wrong = surprises(findings);
  for (const sentence of wrong) say(sentence);

  if (keep) {
    const shops = { careless: shop.url('careless'), careful: shop.url('careful') };
    say(playground({ prometheus: prometheus.url, shops, ratingsAdmin: shop.admin('ratings') }));
    await trickle(
      Object.values(shops).map((url) => `${url}/products/1`),
      signal,
    );
    signal.throwIfAborted();
  }
  return wrong.length === 0;
}

/** Waits until Prometheus has scraped every target once. */
async function everyTargetUp(url: string, count: number): Promise<void> {
  const deadline = performance.now() + TARGETS_UP_MS;
  let up = '0';
  while (performance.now() < deadline) {
    const response = await fetch(`${url}/api/v1/query?query=${encodeURIComponent('sum(up)')}`);
    const answer = (await response.json()) as { data?: { result?: { value?: [number, string] }[] } };
    up = answer.data?.result?.[0]?.value?.[1] ?? '0';
    if (Number(up) === count) return;
    await new Promise((wake) => setTimeout(wake, 250));
  }
  throw new Error(`Prometheus reaches ${up} of ${count} targets after ${TARGETS_UP_MS / 1000} s.`);
}

async function journalOf(file: string, exitCode: number | null): Promise<Journal> {
  const text = await readFile(file, 'utf8').catch(() => null);
  if (text === null) {
    throw new Error(
      `The run ended with status ${exitCode ?? 'by a signal'} and wrote no journal: see its words above.`,
    );
  }
  const parsed = parseJournal(text);
  if (!parsed.ok) throw new Error(`${file} is no journal: ${parsed.problems.join('; ')}.`);
  return parsed.journal;
}

async function scratchFolder(): Promise<AsyncDisposable & { readonly path: string }> {
  const path = await mkdtemp(join(tmpdir(), 'sidequake-demo-'));
  return { path, [Symbol.asyncDispose]: () => rm(path, { recursive: true, force: true }) };
}

function project(file: string): string {
  return fileURLToPath(new URL(`../../${file}`, import.meta.url));
}
