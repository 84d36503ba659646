import { setTimeout as sleep } from 'node:timers/promises';
import { describe, expect, it } from 'vitest';
import { systemClock } from '../../../verifier/experiment/clock.ts';
import { connectAdmin } from '../../../verifier/undo/admin-client.ts';
import { keepLease } from '../../../verifier/undo/lease-keeper.ts';
import type { FakeAdmin } from '../../support/fake-admin.ts';
import { startFakeAdmin } from '../../support/fake-admin.ts';

const LEASE_MS = 1200;

async function keeping(fake: FakeAdmin) {
  const admin = connectAdmin(fake.url, 500);
  const stop = new AbortController();
  const armedAtMs = systemClock.monotonicMs();
  await admin.put('r', { faults: [], ttl: `${LEASE_MS}ms` }, stop.signal);
  const keeper = keepLease(admin, 'r', { ms: LEASE_MS, armedAtMs }, systemClock, stop.signal);
  return {
    keeper,
    [Symbol.asyncDispose]: async () => {
      stop.abort();
      await keeper.ended;
      await admin[Symbol.asyncDispose]();
    },
  };
}

describe.concurrent('lease keeper', () => {
  it('keeps a rule armed far beyond its lease, and lets it end by itself when it stops', async () => {
    await using fake = await startFakeAdmin();
    {
      await using kept = await keeping(fake);
      await sleep(LEASE_MS * 3);
      expect(kept.keeper.lost).toBeNull();
      expect(fake.armed.has('r')).toBe(true);
    }
    await sleep(LEASE_MS + 200);
    expect(fake.armed.has('r')).toBe(false);
  });

  it('gets over a short silence', async () => {
    await using fake = await startFakeAdmin();
    await using kept = await keeping(fake);
    fake.mood.silentLeases = true;
    await sleep(LEASE_MS / 2);
    fake.mood.silentLeases = false;
    await sleep(LEASE_MS * 2);
    expect(kept.keeper.lost).toBeNull();
    expect(fake.armed.has('r')).toBe(true);
  });

  it('says that the lease is lost after a long silence', async () => {
    await using fake = await startFakeAdmin();
    await using kept = await keeping(fake);
    fake.mood.silentLeases = true;
    await kept.keeper.ended;
    expect(kept.keeper.lost?.reason).toMatch(/could not be renewed in time: .*no answer within 500 ms/);
  });

  it('allows for a renewal that is under way when it stops', async () => {
    await using fake = await startFakeAdmin();
    await using kept = await keeping(fake);
    fake.mood.silentLeases = true;
    while (!fake.requests.includes('PUT /leases/r')) await sleep(5);
    const stoppedMs = systemClock.monotonicMs();
    await kept[Symbol.asyncDispose]();
    expect(kept.keeper.endsByMs).toBeGreaterThanOrEqual(stoppedMs + LEASE_MS);
  });

  it('says so at once when the sidecar has restarted without the rule', async () => {
    await using fake = await startFakeAdmin();
    await using kept = await keeping(fake);
    fake.restart();
    await kept.keeper.ended;
    expect(kept.keeper.lost?.reason).toContain('there is no rule r');
  });
});
