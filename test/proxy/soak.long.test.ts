// Three minutes of traffic with rules that come and go and clients that leave: nothing may be left in the end.
import { expect, test } from 'vitest';
import { startApp } from '../support/app.ts';
import { pacedLoad } from '../support/paced-load.ts';
import { startSidecar, valueOf } from '../support/sidecar-process.ts';

const SOAK_MS = Number(process.env['SOAK_SECONDS'] ?? 180) * 1000;
/** Before it the heap still grows to the size that this traffic needs. */
const WARM_SHARE = 1 / 3;
const MB = 1024 * 1024;
/** V8 sets its heap by traffic and by chance; a leak of 100 bytes for each exchange of the second half would be 6 MB. */
const RSS_NOISE = 5 * MB;

test('after minutes of toggled rules and leaving clients memory, descriptors and counts are as they were', async () => {
  await using app = await startApp();
  await using sidecar = await startSidecar(['--listen', '0', '--upstream', String(app.port)]);
  const value = async (name: string): Promise<number> => sidecar.metric(name);
  const warm = await pacedLoad(sidecar.port, 200, 2000, 0);
  expect(warm.errors).toEqual([]);
  await settled(async () => (await value(`sidequake_connections_active{listener="127.0.0.1:${sidecar.port}"}`)) === 0);
  const descriptors = await value('process_open_fds');

  const faults = [
    { id: 'slow', share: '30%', faults: [{ delay: { p50: '10ms', p99: '150ms' } }] },
    { id: 'broken', share: '10%', match: { method: ['GET'] }, faults: [{ abort: 503 }] },
    {
      id: 'both',
      share: '5%',
      faults: [{ delay: '20ms' }, { abort: { status: 429, body: 'slow down' } }],
      maxActive: 8,
    },
  ];
  const samples: { readonly atMs: number; readonly rss: number }[] = [];
  let running = true;
  const startedAt = performance.now();
  const toggling = (async () => {
    for (let i = 0; running; i++) {
      for (const [k, { id, ...rule }] of faults.entries()) {
        const answer =
          (i + k) % 2 === 0
            ? await sidecar.admin('PUT', `/rules/${id}`, rule)
            : await sidecar.admin('DELETE', `/rules/${id}`);
        expect([200, 204]).toContain(answer.status);
      }
      samples.push({ atMs: performance.now() - startedAt, rss: await value('process_resident_memory_bytes') });
      await new Promise((resolve) => setTimeout(resolve, 1000));
    }
  })();
  const load = await pacedLoad(sidecar.port, 500, SOAK_MS, 0.01);
  running = false;
  await toggling;
  for (const { id } of faults) await sidecar.admin('DELETE', `/rules/${id}`);
  await settled(async () => (await value(`sidequake_connections_active{listener="127.0.0.1:${sidecar.port}"}`)) === 0);

  const metrics = await sidecar.metrics();
  const { rules } = JSON.parse((await sidecar.admin('GET', '/ledger')).text) as {
    rules: Record<string, { matched: number; injected: number; skipped: Record<string, number>; active: number }>;
  };
  let aborts = 0;
  for (const [id, { matched, injected, skipped, active }] of Object.entries(rules)) {
    expect(matched).toBe(injected + Object.values(skipped).reduce((sum, count) => sum + count, 0));
    expect(injected).toBeGreaterThan(0);
    expect(active).toBe(0);
    if (id === 'broken') aborts += injected;
  }
  expect(Object.keys(rules).toSorted()).toEqual(['both', 'broken', 'slow']);
  // Callers that stayed have seen what the ledger says, up to those that left or were delayed and then released.
  expect(load.injected).toBeGreaterThanOrEqual(aborts - load.aborted);
  // A connection that the app or the toggling has not touched never breaks.
  expect(load.errors).toEqual([]);
  expect(load.ok + load.injected + load.aborted).toBe(load.sent);
  expect(load.sent).toBeGreaterThan((SOAK_MS / 1000) * 500 * 0.95);

  const later = samples.filter(({ atMs }) => atMs > SOAK_MS * WARM_SHARE);
  const mean = (part: readonly { readonly rss: number }[]): number =>
    part.reduce((sum, { rss }) => sum + rss, 0) / part.length;
  const third = Math.floor(later.length / 3);
  const growth = mean(later.slice(-third)) - mean(later.slice(0, third));
  const most = Math.max(...samples.map(({ rss }) => rss));
  console.log(
    `soak: ${load.sent} requests, ${load.aborted} left, growth ${(growth / MB).toFixed(1)} MB, at most ${(most / MB).toFixed(0)} MB`,
  );
  expect(growth).toBeLessThan(RSS_NOISE);
  expect(valueOf(metrics, 'process_open_fds')).toBe(descriptors);
});

async function settled(holds: () => Promise<boolean>): Promise<void> {
  for (let i = 0; i < 100 && !(await holds()); i++) await new Promise((resolve) => setTimeout(resolve, 100));
  expect(await holds()).toBe(true);
}
