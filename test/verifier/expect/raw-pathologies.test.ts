/** Raw samples that are well-formed and still no evidence. */
import { describe, expect, test } from 'vitest';
import { scrapedWorld, vector, type FakeSeries } from '../../support/fake-prometheus.ts';
import { up } from '../../support/series.ts';
import { isEvidence, judgeIn, kinds, PHASE, plain, pod, soundDepth, T0, total, twisted } from './spoiled-world.ts';

describe.concurrent('only in raw samples', () => {
  const asked = (change: (values: FakeSeries['values']) => unknown) =>
    judgeIn(kinds.ratio, (question) => (isEvidence(question) ? twisted(question, change, '5') : soundDepth(question)));

  test.each<[string, (values: FakeSeries['values']) => unknown, RegExp]>([
    ['samples that go back in time', (values) => values.toReversed(), /order of time/],
    ['two samples of one time', (values) => values.flatMap((value) => [value, value]), /order of time/],
    ['samples that were not asked for', (values) => [[T0 - 9999, '1'], ...values], /not asked for/],
    ['samples that are no pairs', () => [1, 2, 3], /not a sample/],
    ['times that are texts', (values) => values.map(([time, value]) => [String(time), value]), /not a sample/],
    ['a counter below zero', (values) => values.map(([time]) => [time, '-5']), /not a counter/],
    [
      'a counter that goes back a little',
      (values) => values.map(([time], index) => [time, String(5000 - (index % 2))]),
      /goes back/,
    ],
    ['a counter that stops', (values) => values.slice(0, 4), /ended in the phase/],
    ['a counter with a hole', (values) => values.filter((_, index) => index !== 4), /missing from a scrape/],
    ['a counter that stands still', (values) => values.map(([time]) => [time, '77']), /^No traffic/],
    [
      'a counter that hardly moves',
      (values) => values.map(([time], index) => [time, String(100 + index)]),
      /^Too little traffic/,
    ],
    ['nothing after the end', (values) => values.filter(([time]) => time < PHASE.to), /ended|missing/],
  ])('%s', async (_, change, reason) => {
    const judged = await asked(change);
    expect(judged.reason).toMatch(reason);
    expect(judged.verdict).toBe('inconclusive');
  });

  test('series that are there twice', async () => {
    const twice = scrapedWorld({
      req_total: ['a', 'b'].map((replica) => ({
        metric: { ...total.metric, prometheus_replica: replica },
        values: total.values,
      })),
      up: ['a', 'b'].map((replica) => {
        const one = plain(up(pod));
        return { ...one, metric: { ...one.metric, prometheus_replica: replica } };
      }),
    });
    const judged = await judgeIn(kinds.ratio, twice);
    expect(judged.verdict).toBe('inconclusive');
    expect(judged.reason).toContain('prometheus_replica (a, b)');
  });

  test('a target that fell silent where there is no up', async () => {
    const silent = scrapedWorld({ req_total: [total] });
    const judged = await judgeIn(kinds.ratio, (question) =>
      question.params.get('query')?.startsWith('count by (job, instance)') === true
        ? vector(PHASE.to, { labels: { job: 'app', instance: '10.0.0.2:80' }, value: '1' })
        : silent(question),
    );
    expect(judged.verdict).toBe('inconclusive');
    expect(judged.reason).toContain('app at 10.0.0.2:80 reported within the last 15m and is silent');
  });
});
