import { mkdtemp, rm } from 'node:fs/promises';
import { createServer, type AddressInfo } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, expect, test } from 'vitest';
import { findPrometheus, startPrometheus } from '../../../deploy/demo/prometheus.ts';

let dataDir: string;
beforeEach(async () => {
  dataDir = await mkdtemp(join(tmpdir(), 'sidequake-prometheus-'));
});
afterEach(() => rm(dataDir, { recursive: true, force: true }));

test('answers queries as soon as it is there, and is gone once disposed', async () => {
  const { binary } = await findPrometheus();
  let url: string;
  {
    await using prometheus = await startPrometheus({ binary, config: 'scrape_configs: []', dataDir });
    url = prometheus.url;
    const answer = await fetch(`${url}/api/v1/query?query=vector(7)`);
    expect(await answer.json()).toMatchObject({
      status: 'success',
      data: { result: [{ value: [expect.any(Number), '7'] }] },
    });
  }
  await expect(fetch(`${url}/-/ready`)).rejects.toThrow();
});

test('a port in use and a wrong configuration are told in its own words', async () => {
  const { binary } = await findPrometheus();
  const holder = createServer();
  await new Promise<void>((listening) => holder.listen(0, '127.0.0.1', listening));
  const { port } = holder.address() as AddressInfo;
  await expect(startPrometheus({ binary, config: 'scrape_configs: []', dataDir, port })).rejects.toThrow(
    /prometheus ended at its start:[^]*address already in use/,
  );
  await new Promise((closed) => holder.close(closed));
  await expect(startPrometheus({ binary, config: 'scrape_configs: 3', dataDir })).rejects.toThrow(/cannot unmarshal/);
});
