// A lease outlives the process that counts it, and no process prolongs it.
import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { expect, test } from 'vitest';
import { call, startApp } from '../../support/app.ts';
import { startSidecar } from '../../support/sidecar-process.ts';

test.concurrent.each(['file', 'api'] as const)(
  'killed and started again three times, a rule of the %s ends at its first deadline and stays dead',
  async (source) => {
    await using app = await startApp();
    const folder = await mkdtemp(join(tmpdir(), 'sidequake-'));
    const config = join(folder, 'sidequake.yaml');
    const ttl = 12_000;
    const rule = { faults: [{ abort: 418 }], ttl: `${ttl}ms` };
    await writeFile(config, JSON.stringify({ rules: source === 'file' ? [{ id: 'r', ...rule }] : [] }));
    const args = [
      '--listen',
      '0',
      '--upstream',
      String(app.port),
      '--config',
      config,
      '--state',
      join(folder, 'state'),
    ];

    let deadline = 0;
    for (let life = 0; life < 3; life++) {
      await using sidecar = await startSidecar(args);
      if (life === 0) {
        if (source === 'api') expect((await sidecar.admin('PUT', '/rules/r', rule)).status).toBe(200);
        const { rules } = JSON.parse((await sidecar.admin('GET', '/rules')).text) as { rules: { endsInMs: number }[] };
        deadline = performance.now() + (rules[0]?.endsInMs ?? NaN);
      }
      if (performance.now() < deadline - 500) expect((await call(sidecar.port, '/')).status).toBe(418);
      await new Promise((resolve) => setTimeout(resolve, 200));
      sidecar.child.kill('SIGKILL');
      await sidecar.ended;
    }
    await using last = await startSidecar(args);
    expect(performance.now()).toBeLessThan(deadline - 500);
    // What was sent too late must not be broken any more, what came back too early must not be whole yet.
    for (let whole = false; !whole && performance.now() < deadline + 5000;) {
      const sentAt = performance.now();
      whole = (await call(last.port, '/')).status === 200;
      if (whole) expect(performance.now()).toBeGreaterThan(deadline - 500);
      else expect(sentAt).toBeLessThan(deadline + 500);
      await new Promise((resolve) => setTimeout(resolve, 20));
    }
    last.child.kill('SIGKILL');
    await last.ended;
    await using dead = await startSidecar(args);
    expect((await call(dead.port, '/')).status).toBe(200);
    expect((await dead.admin('GET', '/rules')).text).toMatch(/"state":"ended"/);
    await rm(folder, { recursive: true });
  },
);
