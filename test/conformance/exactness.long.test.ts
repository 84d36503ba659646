// As `exactness.test.ts`, with the rule put, changed and removed under way.
import { expect, test } from 'vitest';
import { startProxy } from '../support/proxy.ts';
import { get, sendAll, startQuickApp, sumOf } from './exact-counts.ts';

const COUNT = 100_000;

test('a rule that is put, changed and removed all the time loses no exchange of 100,000', async () => {
  await using app = await startQuickApp();
  await using proxy = await startProxy(app.port);
  let running = true;
  const changing = (async () => {
    for (let i = 0; running; i++) {
      if (i % 3 === 2) await proxy.remove('r');
      else await proxy.put('r', { share: i % 3 === 0 ? '10%' : '60%', faults: [{ abort: 503 }] });
      await new Promise((resolve) => setTimeout(resolve, 20));
    }
  })();
  const heads = Array.from({ length: COUNT }, (_, i) => get(`/item/${i % 997}`));
  const injected = (await sendAll(proxy.port, 32, heads)).injected.filter(Boolean).length;
  running = false;
  await changing;
  const counts = proxy.counts('r');
  expect(counts.injected).toBe(injected);
  expect(counts.matched).toBe(injected + (counts.skipped['share'] ?? 0));
  expect(counts.active).toBe(0);
  const metrics = proxy.proxy.metricsText();
  expect(sumOf(metrics, 'sidequake_rule_exchanges_total')).toBe(counts.matched);
  expect(sumOf(metrics, 'sidequake_http_requests_total')).toBe(COUNT);
  expect(sumOf(metrics, 'sidequake_http_requests_total', 'outcome="injected"')).toBe(injected);
});
