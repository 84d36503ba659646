import { expect, test } from 'vitest';
import { gather } from '../../../verifier/source/gather.ts';
import { Prometheus } from '../../../verifier/source/prometheus.ts';
import { fakePrometheus, scrapedWorld } from '../../support/fake-prometheus.ts';

const TARGET = { job: 'app', instance: 'a:1' };
const NOW = 1_800_000_000;
const WINDOW = { from: NOW - 30, to: NOW, scrapeSeconds: 5 };

/** Samples every 5 s, the newest `age` seconds old. */
const samples = (age: number) =>
  Array.from({ length: 12 }, (_, index): [number, string] => [NOW - age - (11 - index) * 5, String(100 + index)]);
const up = (age: number) => ({
  metric: { __name__: 'up', ...TARGET },
  values: samples(age).map(([at]) => [at, '1'] as const),
});
const counter = (age: number) => ({ metric: { __name__: 'x_total', ...TARGET }, values: samples(age) });

async function problemsOf(counterAge: number, upAge: number, now: boolean): Promise<readonly string[]> {
  await using fake = await fakePrometheus(scrapedWorld({ x_total: [counter(counterAge)], up: [up(upAge)] }, NOW));
  await using prometheus = new Prometheus({ url: fake.url });
  const gathered = await gather(prometheus, ['x_total'], WINDOW, [], new AbortController().signal, now);
  if (!gathered.ok) throw new Error(gathered.failure.message);
  return gathered.value.problems;
}

test('a scrape that comes in between two questions spoils no figure of now', async () => {
  expect(await problemsOf(5, 0, true)).toEqual([]);
  expect(await problemsOf(0, 0, true)).toEqual([]);
});

test('a series that ended two scrapes ago is told, and of the past also one that ended at the last', async () => {
  expect(await problemsOf(10, 0, true)).toEqual([
    expect.stringContaining('ended in the phase though its target went on'),
  ]);
  expect(await problemsOf(5, 0, false)).toEqual([
    expect.stringContaining('ended in the phase though its target went on'),
  ]);
});
