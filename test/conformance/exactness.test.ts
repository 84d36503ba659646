// The caller's count, the ledger and the metrics agree to the last exchange, and the same requests meet the same faults.
import { describe, expect, test } from 'vitest';
import { startProxy } from '../support/proxy.ts';
import { expectSameCounts, expectShare, get, sendAll, startQuickApp } from './exact-counts.ts';

const RULE = { share: '10%', seed: 1, faults: [{ abort: 503 }] };

test('of 100,000 requests at 32 connections exactly those are injected that ledger and metrics say', async () => {
  await using app = await startQuickApp();
  await using proxy = await startProxy(app.port);
  await proxy.put('r', RULE);
  const heads = Array.from({ length: 100_000 }, (_, i) => get(`/item/${i % 997}`));
  const injected = (await sendAll(proxy.port, 32, heads)).injected.filter(Boolean).length;
  expectSameCounts(proxy, 'r', heads.length, injected);
  expectShare(injected, heads.length, 0.1);
});

test('a changed rule counts its draws anew, and its ledger goes on', async () => {
  await using app = await startQuickApp();
  await using proxy = await startProxy(app.port);
  const heads = Array.from({ length: 3000 }, () => get('/same'));
  const set = async (): Promise<readonly boolean[]> => (await sendAll(proxy.port, 1, heads)).injected;
  await proxy.put('r', RULE);
  const first = await set();
  await proxy.put('r', { ...RULE, share: '30%' });
  const second = await set();
  await proxy.put('r', RULE);
  const third = await set();
  // Which of the identical requests are chosen depends on their number since the rule's text is what it is.
  expect(third).toEqual(first);
  // Shares are nested: what a tenth chooses, three tenths choose too.
  expect(first.every((chosen, i) => !chosen || second[i])).toBe(true);
  const injected = [first, second, third].flat().filter(Boolean).length;
  expectSameCounts(proxy, 'r', 9000, injected);
});

describe('the same requests select the same set at concurrency 1 and 256', () => {
  const COUNT = 10_000;
  const hex = (i: number): string => (i + 1).toString(16).padStart(32, '0');
  // Requests on one line below are interchangeable: how many of them are chosen is then what has to agree.
  const kinds: Readonly<Record<string, { head: (i: number) => string; group: (i: number) => number }>> = {
    'with ids': { head: (i) => get('/a', `X-Request-Id: call-${i}`), group: (i) => i },
    'with traceparent': { head: (i) => get('/a', `Traceparent: 00-${hex(i)}-00f067aa0ba902b7-01`), group: (i) => i },
    'identical requests to a hundred paths': { head: (i) => get(`/${i % 100}`), group: (i) => i % 100 },
    'identical requests': { head: () => get('/same'), group: () => 0 },
  };
  test.each(Object.entries(kinds))('%s', async (_, { head, group }) => {
    await using app = await startQuickApp();
    const heads = Array.from({ length: COUNT }, (_, i) => head(i));
    const chosen: number[][] = [];
    for (const connections of [1, 256]) {
      await using proxy = await startProxy(app.port);
      await proxy.put('r', RULE);
      const { injected } = await sendAll(proxy.port, connections, heads);
      const byGroup = Array.from({ length: COUNT }, () => 0);
      for (const [i, was] of injected.entries()) if (was) byGroup[group(i)] = (byGroup[group(i)] ?? 0) + 1;
      chosen.push(byGroup);
      const count = injected.filter(Boolean).length;
      expectSameCounts(proxy, 'r', COUNT, count);
      expectShare(count, COUNT, 0.1);
    }
    expect(chosen[1]).toEqual(chosen[0]);
  });
});
