import { gzipSync, deflateSync } from 'node:zlib';
import { describe, expect, test } from 'vitest';
import { fakePrometheus, scalar, vector, type Question, type Reaction } from '../../support/fake-prometheus.ts';
import { clockSkew, scrapeInterval } from '../../../verifier/source/clock.ts';
import { InvalidPrometheusUrl } from '../../../verifier/source/endpoint.ts';
import { Prometheus, rangeText, type PrometheusOptions } from '../../../verifier/source/prometheus.ts';
import { parseSampleValue } from '../../../verifier/source/sample.ts';
import { settle } from '../../../verifier/source/settle.ts';

const T0 = 1_767_272_400;

async function withClient<T>(
  script: (question: Question) => Reaction | undefined,
  use: (prometheus: Prometheus, questions: readonly Question[]) => Promise<T>,
  options: (url: string) => PrometheusOptions = (url) => ({ url }),
): Promise<T> {
  await using fake = await fakePrometheus(script);
  await using prometheus = new Prometheus({ random: () => 0, timeoutMs: 3000, ...options(fake.url) });
  return await use(prometheus, fake.questions);
}

describe('numbers are read strictly', () => {
  test.each([
    ['1', 1],
    ['-2e-03', -0.002],
    ['.5', 0.5],
    ['1.', 1],
    ['+Inf', Infinity],
    ['-Inf', -Infinity],
  ])('%s', (text, value) => expect(parseSampleValue(text)).toBe(value));

  test('NaN is a number of Prometheus', () => expect(parseSampleValue('NaN')).toBeNaN());

  test.each([
    '',
    ' ',
    ' 1',
    '1 ',
    '0,5',
    '0x10',
    '1e999',
    'nan',
    '1_000',
    '1n',
    'true',
    'Infinity',
    null,
    1,
    [],
    ['1'],
    false,
    undefined,
    {},
  ])('%j is none', (value) => expect(parseSampleValue(value)).toBeNull());
});

describe('the address', () => {
  test('keeps its path and its parameters, uses its login and shows neither', async () => {
    const question = await withClient(
      () => vector(5, { value: '1' }),
      async (prometheus, questions) => {
        expect(prometheus.shownUrl).toMatch(/^http:\/\/127\.0\.0\.1:\d+\/prom$/);
        await prometheus.instant('up', 5);
        return questions[0];
      },
      (url) => ({ url: `${url.replace('//', '//me:p%40ss@')}/prom/?tenant=a`, headers: { 'X-Scope-OrgID': 'team' } }),
    );
    expect(question?.headers['authorization']).toBe(`Basic ${Buffer.from('me:p@ss').toString('base64')}`);
    expect(question?.headers['x-scope-orgid']).toBe('team');
    expect(question?.path).toBe('query');
    expect(Object.fromEntries(question?.params ?? [])).toMatchObject({
      tenant: 'a',
      query: 'up',
      time: '5.000',
      partial_response: 'false',
    });
  });

  test.each(['', 'localhost:9090', 'ftp://x', 'http://', 'me:secret@host'])(
    '%j is refused without being repeated',
    (url) => {
      expect(() => new Prometheus({ url })).toThrow(InvalidPrometheusUrl);
      expect(() => new Prometheus({ url })).not.toThrow(/secret/);
    },
  );

  test('a server that is not there is named without the login', async () => {
    await using prometheus = new Prometheus({
      url: 'http://me:hidden-word@127.0.0.1:1',
      timeoutMs: 2000,
      random: () => 0,
    });
    const answer = await prometheus.instant('up', 5);
    expect(answer).toMatchObject({ ok: false, failure: { code: 'unreachable' } });
    expect(JSON.stringify(answer)).toContain('127.0.0.1:1');
    expect(JSON.stringify(answer)).not.toMatch(/hidden-word|me:/);
  });
});

describe('asking', () => {
  test('long queries go into a form, short ones into the address', async () => {
    await withClient(
      () => vector(5, { value: '1' }),
      async (prometheus, questions) => {
        const long = `x{a="${'y'.repeat(2000)}"}`;
        await prometheus.instant('x', 5);
        await prometheus.instant(long, 5);
        expect(questions.map(({ method, params }) => [method, params.get('query')])).toEqual([
          ['GET', 'x'],
          ['POST', long],
        ]);
      },
    );
  });

  test.each([
    [500, 3],
    [503, 3],
    [400, 1],
    [404, 1],
    [422, 1],
    [429, 1],
  ])('HTTP %i is asked %i times', async (status, times) => {
    await withClient(
      () => ({ status, body: 'no' }),
      async (prometheus, questions) => {
        expect(await prometheus.instant('x', 5)).toMatchObject({ ok: false });
        expect(questions.length).toBe(times);
      },
    );
  });

  test('a server that recovers is believed', async () => {
    let asked = 0;
    await withClient(
      () => (++asked < 3 ? { status: 503, body: 'starting' } : vector(5, { value: '7' })),
      async (prometheus) => {
        expect(await prometheus.instant('x', 5)).toMatchObject({ ok: true, value: { elements: [{ value: 7 }] } });
      },
    );
  });

  test('the caller can withdraw the question', async () => {
    await withClient(
      () => ({ raw: () => undefined }),
      async (prometheus) => {
        const answer = await prometheus.instant('x', 5, AbortSignal.timeout(30));
        expect(answer).toMatchObject({ ok: false, failure: { code: 'aborted' } });
      },
    );
  });

  test.each([
    ['gzip', gzipSync],
    ['deflate', deflateSync],
  ] as const)('%s is unpacked', async (encoding, pack) => {
    const text = JSON.stringify({ status: 'success', data: { resultType: 'vector', result: [] } });
    await withClient(
      () => ({ headers: { 'content-encoding': encoding }, body: pack(text) }),
      async (prometheus) => expect(await prometheus.instant('x', 5)).toMatchObject({ ok: true }),
    );
  });

  test('infos that spoil nothing are kept', async () => {
    const info = 'metric might not be a counter';
    await withClient(
      () => ({ data: { resultType: 'vector', result: [] }, extra: { infos: [info], warnings: [] } }),
      async (prometheus) => expect(await prometheus.instant('x', 5)).toMatchObject({ ok: true, infos: [info] }),
    );
  });

  test('ranges in milliseconds only where needed', () => {
    expect([60, 1.5, 0.0001, 3600].map(rangeText)).toEqual(['60s', '1500ms', '1ms', '3600s']);
  });

  test('targets carry their interval', async () => {
    const target = (scrapeInterval: unknown) => ({
      labels: { job: 'a', instance: 'i' },
      health: 'up',
      lastError: '',
      scrapeInterval,
    });
    await withClient(
      () => ({ data: { activeTargets: ['15s', '1m30s', '500ms', '', 7].map(target) } }),
      async (prometheus) => {
        const targets = await prometheus.targets();
        expect(targets.ok && targets.value.map(({ scrapeIntervalSeconds }) => scrapeIntervalSeconds)).toEqual([
          15,
          90,
          0.5,
          null,
          null,
        ]);
      },
    );
  });
});

describe('clocks', () => {
  test('skew is measured against the middle of the question', async () => {
    let now = 1000;
    // Each question takes 40 ms by our clock, the server is 5 s ahead.
    const skew = await withClient(
      () => {
        now += 20;
        const reaction = scalar(1, String((now + 5000) / 1000));
        now += 20;
        return reaction;
      },
      (prometheus) => clockSkew(prometheus, () => now),
    );
    expect(skew.ok && skew.value.skewMs).toBeCloseTo(5000, 6);
    expect(skew.ok && skew.value.uncertaintyMs).toBe(20);
  });

  test('the interval is the longest of the targets concerned', async () => {
    const metric = (instance: string) => ({ job: 'a', instance });
    const targets = [
      { labels: metric('1'), scrapeInterval: '15s' },
      { labels: metric('2'), scrapeInterval: '30s' },
      { labels: metric('elsewhere'), scrapeInterval: '5m' },
    ];
    const interval = await withClient(
      ({ path }) =>
        path === 'targets'
          ? { data: { activeTargets: targets } }
          : {
              data: {
                resultType: 'matrix',
                result: ['1', '2'].map((instance) => ({ metric: metric(instance), values: [[T0, '1']] })),
              },
            },
      (prometheus) => scrapeInterval(prometheus, ['x'], T0),
    );
    expect(interval).toMatchObject({ ok: true, value: { seconds: 30, from: 'targets' } });
  });
});

describe('settling', () => {
  /** A server whose time goes on by a second per question, and whose newest samples are by target. */
  const server = (start: number, newest: (now: number) => readonly number[]) => {
    let now = start;
    return (question: Question): Reaction => {
      if (question.params.get('query') === 'time()') return scalar(++now, String(now));
      const at = Number(question.params.get('time'));
      return vector(
        at,
        ...newest(now).map((value, index) => ({ labels: { instance: `${index}` }, value: String(value) })),
      );
    };
  };
  const run = (script: (question: Question) => Reaction) =>
    withClient(script, async (prometheus, questions) => {
      const sleeps: number[] = [];
      const settled = await settle({
        prometheus,
        selectors: ['x'],
        end: T0,
        scrapeSeconds: 5,
        signal: AbortSignal.timeout(10_000),
        sleep: async (ms) => void sleeps.push(ms),
      });
      return { settled, sleeps, asked: questions.filter(({ params }) => params.get('query') === 'time()').length };
    });

  test('waits until the slowest target has been scraped after the end', async () => {
    const { settled, asked } = await run(server(T0, (now) => [now, now >= T0 + 4 ? T0 + 4 : T0 - 1]));
    expect(settled).toMatchObject({ ok: true, value: { complete: true } });
    expect(asked).toBe(4);
  });

  test('goes on after three scrapes and five seconds', async () => {
    const { settled, asked } = await run(server(T0, (now) => [now, T0 - 1]));
    expect(settled).toMatchObject({ ok: true, value: { complete: false } });
    expect(asked).toBe(20);
  });

  test('sleeps through a phase that has not ended', async () => {
    const { settled, sleeps } = await run(server(T0 - 3, (now) => [now]));
    expect(settled).toMatchObject({ ok: true, value: { complete: true } });
    expect(sleeps[0]).toBeGreaterThanOrEqual(2000);
  });

  test('ends with the failure of the server', async () => {
    const { settled } = await run(() => ({ status: 401, body: 'no' }));
    expect(settled).toMatchObject({ ok: false, failure: { code: 'http' } });
  });
});
