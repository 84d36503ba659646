/** A real Prometheus over samples that a test has written, for as long as the test needs it. */
import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { execFile } from 'node:child_process';
import { promisify } from 'node:util';
import { findPrometheus, startPrometheus } from '../../deploy/demo/prometheus.ts';
import type { Series } from '../../verifier/source/sample.ts';

export interface RealPrometheus extends AsyncDisposable {
  readonly url: string;
  readonly version: string;
}

/** Runs a Prometheus that scrapes nothing. */
export async function realPrometheus(
  options: { readonly samples?: readonly Series[]; readonly config?: string } = {},
): Promise<RealPrometheus> {
  const { binary, promtool, version } = await findPrometheus();
  const dataDir = await mkdtemp(join(tmpdir(), 'sidequake-prometheus-'));
  try {
    if (options.samples !== undefined) {
      if (promtool === null) throw new Error('promtool is needed to write samples: it comes with Prometheus');
      await writeBlocks(promtool, dataDir, options.samples);
    }
    const running = await startPrometheus({
      binary,
      config: options.config ?? 'scrape_configs: []\n',
      dataDir,
      flags: ['--storage.tsdb.retention.time=100y'],
    });
    return {
      url: running.url,
      version,
      [Symbol.asyncDispose]: async () => {
        await running[Symbol.asyncDispose]();
        await rm(dataDir, { recursive: true, force: true });
      },
    };
  } catch (error) {
    await rm(dataDir, { recursive: true, force: true });
    throw error;
  }
}

/** promtool drops samples out of order without a word: what it says it wrote is compared with what was meant. */
async function writeBlocks(promtool: string, dataDir: string, samples: readonly Series[]): Promise<void> {
  const file = join(dataDir, 'samples.om');
  await writeFile(file, openMetrics(samples));
  const { stdout } = await promisify(execFile)(promtool, ['tsdb', 'create-blocks-from', 'openmetrics', file, dataDir]);
  await rm(file);
  // ULID, MIN TIME, MAX TIME, DURATION, NUM SAMPLES, ...
  const written = [...stdout.matchAll(/^[0-9A-Z]{26}\s+\d+\s+\d+\s+\S+\s+(\d+)/gm)].reduce(
    (sum, [, block]) => sum + Number(block),
    0,
  );
  const meant = samples.reduce((sum, series) => sum + series.samples.length, 0);
  if (written !== meant) throw new Error(`promtool wrote ${written} of ${meant} samples:\n${stdout}`);
}

function openMetrics(samples: readonly Series[]): string {
  const families = Map.groupBy(samples, (series) => series.labels['__name__'] ?? '');
  const lines: string[] = [];
  for (const [name, all] of families) {
    lines.push(`# TYPE ${name} unknown`);
    for (const { labels, samples } of all) {
      const pairs = Object.entries(labels).filter(([label]) => label !== '__name__');
      const text = pairs.map(([label, value]) => `${label}=${JSON.stringify(value)}`).join(',');
      for (const { at, value } of samples) lines.push(`${name}{${text}} ${value} ${at.toFixed(3)}`);
    }
  }
  return `${lines.join('\n')}\n# EOF\n`;
}
