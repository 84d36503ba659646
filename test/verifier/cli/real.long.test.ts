import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { createServer } from 'node:http';
import type { AddressInfo } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { afterAll, describe, expect, it } from 'vitest';
import { parseJournal } from '../../../verifier/report/read-journal.ts';
import { realPrometheus } from '../../support/prometheus.ts';
import { killAll, sidequake, start } from './sidequake.ts';

/** Nothing is a stand-in here: the real sidecar, a real Prometheus that scrapes it, the real command line. */

async function freePort(): Promise<number> {
  const server = createServer();
  await new Promise<void>((resolve) => {
    server.listen(0, '127.0.0.1', resolve);
  });
  const { port } = server.address() as AddressInfo;
  await new Promise((resolve) => {
    server.close(resolve);
  });
  return port;
}

async function realWorld() {
  const stack = new AsyncDisposableStack();
  const folder = await mkdtemp(join(tmpdir(), 'sidequake-real-'));
  stack.defer(async () => await rm(folder, { recursive: true }));
  const app = createServer((_request, response) => response.end('ok'));
  await new Promise<void>((resolve) => {
    app.listen(0, '127.0.0.1', resolve);
  });
  stack.defer(() => app.closeAllConnections());
  stack.defer(() => void app.close());
  const [listen, observe] = [await freePort(), await freePort()];
  const admin = `unix:${join(folder, 'admin.sock')}`;
  const upstream = String((app.address() as AddressInfo).port);
  const sidecar = start([
    'proxy',
    '--listen',
    String(listen),
    '--upstream',
    upstream,
    '--admin',
    admin,
    '--observe',
    String(observe),
  ]);
  stack.defer(async () => {
    sidecar.child.kill('SIGKILL');
    await sidecar.ended;
  });
  const prometheus = stack.use(
    await realPrometheus({
      config: `scrape_configs: [{ job_name: sidecar, scrape_interval: 1s, scrape_timeout: 1s, static_configs: [{ targets: ['127.0.0.1:${observe}'] }] }]\n`,
    }),
  );
  // Prometheus looks at its targets after 5 s for the first time.
  await sleep(8000);
  const file = join(folder, 'real.yaml');
  await writeFile(
    file,
    `experiment: real
prometheus: { url: ${prometheus.url} }
targets: { app: { admin: "${admin}" } }
load: { url: "http://127.0.0.1:${listen}/", rate: 50/s }
phases: { baseline: 6s, fault: "\${FAULT:-8s}", recovery: 6s }
interval: 1s
faults:
  - { target: app, rule: { share: 50%, faults: [ abort: 503 ] } }
  - { target: app, rule: { share: 20%, faults: [ delay: 300ms ] } }
expect:
  - ratio:
      name: availability
      good: sidequake_http_requests_total{code="200"}
      total: sidequake_http_requests_total
      objective: "\${OBJECTIVE}"
`,
  );
  return { file, folder, admin, [Symbol.asyncDispose]: () => stack.disposeAsync() };
}

afterAll(killAll);

describe('on a real sidecar and a real Prometheus', () => {
  it('passes and deviates as the objective has it, with the same half of the traffic broken', async () => {
    await using world = await realWorld();
    for (const [objective, verdict, exit] of [
      ['20%', 'pass', 0],
      ['95%', 'deviated', 1],
    ] as const) {
      const { code, stdout } = await sidequake(['run', world.file, '--json', '--var', `OBJECTIVE=${objective}`], {
        cwd: world.folder,
      });
      const read = parseJournal(stdout);
      const journal = read.ok ? read.journal : null;
      expect(journal?.verdict, journal?.reason).toBe(verdict);
      expect(code).toBe(exit);
      // Prometheus, a second witness, has counted the same as the ledgers, and seen what was predicted.
      expect(journal?.injection).toMatchObject([
        { agrees: true, reason: expect.stringMatching(/Prometheus counts .* answers with status 503 and flag FI\./) },
        { agrees: true, reason: expect.stringMatching(/Prometheus counts .* held exchanges \(flag DI\) took/) },
      ]);
      expect(journal?.undo).toMatchObject({ confirmed: true, left: [] });
    }
  });

  it('leaves no fault behind when the runner is killed', async () => {
    await using world = await realWorld();
    const run = start(['run', world.file, '--var', 'OBJECTIVE=20%', '--var', 'FAULT=120s'], { cwd: world.folder });
    await run.said('fault for 120.0 s');
    await sleep(4000);
    expect((await sidequake(['status', '--admin', world.admin])).stdout).toContain('real-1  armed');
    run.child.kill('SIGKILL');
    await run.ended;
    await sleep(10_500);
    expect((await sidequake(['status', '--admin', world.admin])).stdout).not.toContain('armed');
  });
}, 180_000);
