import { fileURLToPath } from 'node:url';
import { expect, test } from 'vitest';
import { runCommand } from '../../../deploy/demo/command.ts';
import { EXPERIMENT_FILE } from '../../../deploy/demo/experiment.ts';
import { findPrometheus, startPrometheus } from '../../../deploy/demo/prometheus.ts';
import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';

const SIDEQUAKE = fileURLToPath(new URL('../../../verifier/main.ts', import.meta.url));

test('the experiment of the demo is valid, its queries included', async () => {
  const dataDir = await mkdtemp(join(tmpdir(), 'sidequake-experiment-'));
  try {
    const { binary } = await findPrometheus();
    await using prometheus = await startPrometheus({ binary, config: 'scrape_configs: []', dataDir });
    const validate = (...more: string[]): ReturnType<typeof runCommand> =>
      runCommand(
        process.execPath,
        [
          SIDEQUAKE,
          'validate',
          EXPERIMENT_FILE,
          `--prometheus-url=${prometheus.url}`,
          '--var=VERSION=careful',
          ...more,
        ],
        { env: process.env, timeoutMs: 20_000 },
      );
    const valid = await validate('--var=FRONTEND=http://127.0.0.1:1', '--var=RATINGS_ADMIN=http://127.0.0.1:2');
    expect(valid.code, valid.output).toBe(0);
    const lacking = await validate('--var=FRONTEND=http://127.0.0.1:1');
    expect(lacking.code, lacking.output).toBe(2);
    expect(lacking.output).toMatch(/RATINGS_ADMIN is not set/);
  } finally {
    await rm(dataDir, { recursive: true, force: true });
  }
});
