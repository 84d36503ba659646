import { describe, expect, it } from 'vitest';
import { systemClock } from '../../../verifier/experiment/clock.ts';
import { connectAdmin } from '../../../verifier/undo/admin-client.ts';
import { undoAll } from '../../../verifier/undo/undo.ts';
import type { FakeAdmin } from '../../support/fake-admin.ts';
import { startFakeAdmin } from '../../support/fake-admin.ts';

const never = new AbortController().signal;

async function armed(fake: FakeAdmin, ttl = '10s') {
  const admin = connectAdmin(fake.url, 300);
  await admin.put('r', { share: '100%', faults: [{ abort: 503 }], ttl }, never);
  const endsByMs = systemClock.monotonicMs() + Number.parseFloat(ttl) * 1000;
  return {
    target: 'app',
    admin,
    id: 'r',
    endsByMs: () => endsByMs,
    [Symbol.asyncDispose]: () => admin[Symbol.asyncDispose](),
  };
}

describe.concurrent('undo', () => {
  it('removes the rule and confirms it by rules and ledger', async () => {
    await using fake = await startFakeAdmin();
    await using one = await armed(fake);
    fake.exchange();
    const outcome = await undoAll([one], systemClock, never);
    expect(outcome).toMatchObject({ confirmed: true, left: [] });
    expect(outcome.atMs).toBeGreaterThan(0);
    expect(fake.armed.size).toBe(0);
    expect(fake.requests).toEqual(['PUT /rules/r', 'DELETE /rules/r', 'GET /rules', 'GET /ledger', 'GET /ledger']);
  });

  it('waits for the end of the lease where the sidecar keeps the rule', async () => {
    await using fake = await startFakeAdmin();
    await using one = await armed(fake, '1s');
    fake.mood.ignoreDelete = true;
    expect(await undoAll([one], systemClock, never)).toMatchObject({ confirmed: true, left: [] });
    expect(fake.armed.size).toBe(0);
  });

  it('ends when it is told to, also for a lease that never ends', async () => {
    await using fake = await startFakeAdmin();
    await using one = await armed(fake, '60s');
    fake.mood.ignoreDelete = true;
    const leave = AbortSignal.timeout(600);
    const forever = { ...one, endsByMs: () => systemClock.monotonicMs() + 1000 };
    const outcome = await undoAll([forever], systemClock, leave);
    expect(leave.aborted).toBe(true);
    expect(outcome).toMatchObject({ confirmed: false });
  });

  it('says where a fault may be left, and what clears it, where nobody answers', async () => {
    await using fake = await startFakeAdmin();
    await using one = await armed(fake, '0.5s');
    fake.mood.silent = true;
    const outcome = await undoAll([one], systemClock, never);
    expect(outcome.confirmed).toBe(false);
    expect(outcome.atMs).toBeNull();
    expect(outcome.left[0]).toContain(`sidequake fault clear r --admin ${fake.url}`);
    expect(outcome.left[0]).toContain('rule r on app');
  });

  it('is not fooled by something else that answers', async () => {
    await using fake = await startFakeAdmin();
    await using one = await armed(fake, '0.1s');
    fake.mood.html = true;
    expect((await undoAll([one], systemClock, never)).confirmed).toBe(false);
  });

  it('still clears the others when one sidecar is silent', async () => {
    await using silent = await startFakeAdmin();
    await using fine = await startFakeAdmin();
    await using one = await armed(silent, '0.1s');
    await using other = await armed(fine);
    silent.mood.silent = true;
    const outcome = await undoAll([one, other], systemClock, never);
    expect(outcome.left).toHaveLength(1);
    expect(fine.armed.size).toBe(0);
  });

  it('leaves at once when told to', async () => {
    await using fake = await startFakeAdmin();
    await using one = await armed(fake);
    fake.mood.silent = true;
    const leave = new AbortController();
    setTimeout(() => leave.abort(), 100);
    const startedMs = performance.now();
    const outcome = await undoAll([one], systemClock, leave.signal);
    expect(performance.now() - startedMs).toBeLessThan(290);
    expect(outcome.left[0]).toContain('its lease ends in 10 s at the latest');
  });

  it('confirms a sidecar that has restarted without the rule', async () => {
    await using fake = await startFakeAdmin();
    await using one = await armed(fake);
    fake.restart();
    expect((await undoAll([one], systemClock, never)).confirmed).toBe(true);
  });
});
