/**
 * A Prometheus that scrapes: what synthetic blocks cannot show. That `up` and the samples of one scrape carry one time,
 * that a stale marker ends a series, that a judged phase waits for the scrape after its end.
 */
import { createServer } from 'node:http';
import type { AddressInfo } from 'node:net';
import { setTimeout as sleep } from 'node:timers/promises';
import { expect, test } from 'vitest';
import { realPrometheus } from '../../support/prometheus.ts';
import { latency } from '../../../verifier/expect/latency.ts';
import { query } from '../../../verifier/expect/query.ts';
import { ratio } from '../../../verifier/expect/ratio.ts';
import { scrapeInterval } from '../../../verifier/source/clock.ts';
import { Prometheus } from '../../../verifier/source/prometheus.ts';
import { scrapeAt } from '../../../verifier/source/targets.ts';

/** An app with 200 events a second, of which half fail from a moment on. */
async function app() {
  const started = performance.now();
  let failing: number | null = null;
  const server = createServer((_, response) => {
    const total = Math.round((performance.now() - started) / 5);
    const bad = failing === null ? 0 : Math.round((performance.now() - failing) / 10);
    const lines = ['# TYPE req_total counter', `req_total{code="200"} ${total - bad}`];
    if (bad > 0) lines.push(`req_total{code="500"} ${bad}`);
    lines.push(
      '# TYPE lat_seconds histogram',
      `lat_seconds_bucket{le="0.1"} ${total - bad}`,
      `lat_seconds_bucket{le="1"} ${total}`,
    );
    lines.push(`lat_seconds_bucket{le="+Inf"} ${total}`, `lat_seconds_count ${total}`, 'lat_seconds_sum 1');
    lines.push('# TYPE depth gauge', 'depth 4', '');
    response.setHeader('content-type', 'text/plain; version=0.0.4');
    response.end(lines.join('\n'));
  });
  await new Promise<void>((listening) => server.listen(0, '127.0.0.1', listening));
  const close = async (): Promise<void> => {
    server.closeAllConnections();
    await new Promise((closed) => server.close(closed));
  };
  return {
    port: (server.address() as AddressInfo).port,
    fail: () => void (failing = performance.now()),
    stop: close,
    [Symbol.asyncDispose]: async () => (server.listening ? close() : undefined),
  };
}

test('phases of a live target are judged exactly', { timeout: 60_000, retry: 1 }, async () => {
  await using target = await app();
  const config = `
global: { scrape_interval: 1s, scrape_timeout: 1s }
scrape_configs: [{ job_name: app, static_configs: [{ targets: ['127.0.0.1:${target.port}'] }] }]`;
  await using real = await realPrometheus({ config });
  await using prometheus = new Prometheus({ url: real.url });
  const signal = AbortSignal.timeout(50_000);
  const now = async (): Promise<number> => {
    const time = await prometheus.serverTime(signal);
    if (!time.ok) throw new Error(time.failure.message);
    return time.value;
  };
  const evidence = { prometheus, scrapeSeconds: 1, signal };
  const availability = ratio.params.parse({
    name: 'a',
    bad: 'req_total{code="500"}',
    total: 'req_total',
    objective: '90%',
    minEvents: 20,
  });
  const p90 = latency.params.parse({
    name: 'p',
    histogram: 'lat_seconds',
    quantile: 0.9,
    below: '100ms',
    minEvents: 20,
  });
  const depth = query.params.parse({ name: 'd', promql: 'sum(depth)', below: 5 });

  // Prometheus takes up to 5 s to begin.
  for (let seen = 0; seen < 4; await sleep(250)) {
    const raw = await prometheus.rawRange('req_total', 60, await now(), signal);
    seen = raw.ok ? (raw.value[0]?.samples.length ?? 0) : 0;
  }
  const baseline = { name: 'baseline', from: (await now()) - 2, to: await now() };
  // At once: the scrape after the end is waited for inside.
  const healthy = await Promise.all([
    ratio.judge(availability, baseline, evidence),
    latency.judge(p90, baseline, evidence),
    query.judge(depth, baseline, evidence),
  ]);
  expect(healthy.map(({ verdict, reason }) => [verdict, reason])).toEqual(
    healthy.map(({ reason }) => ['pass', reason]),
  );

  // The counter of failures does not exist before this moment.
  const from = await now();
  target.fail();
  await sleep(4000);
  const to = await now();
  const fault = { name: 'fault', from, to };
  const [failed, slow, reading] = await Promise.all([
    ratio.judge(availability, fault, evidence),
    latency.judge(p90, fault, evidence),
    ratio.read(availability, to, 4, evidence),
  ]);
  expect(failed.verdict).toBe('deviated');
  expect(failed.low).toBeLessThan(0.5);
  expect(failed.high).toBeGreaterThan(0.5);
  expect(slow).toMatchObject({ verdict: 'deviated', low: 0.1, high: 1 });
  expect(reading.value).toBeGreaterThan(0.3);
  expect(reading.value).toBeLessThan(0.7);
  expect(await scrapeInterval(prometheus, ['req_total'], to)).toMatchObject({
    ok: true,
    value: { seconds: 1, from: 'targets' },
  });

  // What counting rests on: every sample carries the time of its scrape, and so does up.
  const [series, ups] = await Promise.all(
    ['req_total', 'up'].map((selector) => prometheus.rawRange(selector, 30, to, signal)),
  );
  const times = ups?.ok === true ? (ups.value[0]?.samples ?? []).map(({ at }) => at) : [];
  const samples = series?.ok === true ? series.value.flatMap((one) => one.samples) : [];
  expect(samples.length).toBeGreaterThan(8);
  expect(samples.filter(({ at }) => scrapeAt(times, at) < 0)).toEqual([]);

  // The target goes dark: Prometheus ends its series by a stale marker, and up says 0.
  await target.stop();
  await sleep(3500);
  const dark = await ratio.read(availability, await now(), 3, evidence);
  expect(dark).toMatchObject({ value: null, reason: expect.stringMatching(/could not be scraped|went dark/) });
  expect((await query.read(depth, await now(), 3, evidence)).value).toBeNull();
});
