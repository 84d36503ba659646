import { createServer, type Server, type ServerResponse } from 'node:http';
import type { AddressInfo } from 'node:net';
import { fileURLToPath } from 'node:url';
import { describe, expect, test } from 'vitest';
import { startChild } from '../../../deploy/demo/child.ts';
import { freePorts } from '../../../deploy/demo/free-ports.ts';

interface Service extends AsyncDisposable {
  readonly url: string;
  /** Value of a sample, by its name and labels. */
  metric(sample: string): Promise<number | undefined>;
}

async function service(app: string, ...args: string[]): Promise<Service> {
  const [listen, metrics] = await freePorts(2);
  const child = startChild({
    name: app,
    command: [
      fileURLToPath(new URL(`../../../deploy/demo/shop/${app}.ts`, import.meta.url)),
      ...[`--listen=${listen}`, `--metrics=${metrics}`].concat(args),
    ],
    leash: 'preload',
  });
  await child.says(/ listens on /, 20_000);
  return {
    url: `http://127.0.0.1:${listen}`,
    async metric(sample) {
      const text = await (await fetch(`http://127.0.0.1:${metrics}/metrics`)).text();
      const line = text.split('\n').find((one) => one.startsWith(`${sample} `));
      return line === undefined ? undefined : Number(line.slice(sample.length));
    },
    [Symbol.asyncDispose]: () => child[Symbol.asyncDispose](),
  };
}

/** Ratings in the hands of the test. */
async function ratings(
  answer: (response: ServerResponse, n: number) => void,
): Promise<AsyncDisposable & { address: string; asked(): number }> {
  let asked = 0;
  const server: Server = createServer((_request, response) => answer(response, ++asked));
  await new Promise<void>((listening) => server.listen(0, '127.0.0.1', listening));
  return {
    address: `127.0.0.1:${(server.address() as AddressInfo).port}`,
    asked: () => asked,
    async [Symbol.asyncDispose]() {
      server.closeAllConnections();
      await new Promise((closed) => server.close(closed));
    },
  };
}

const upstream = (one: Service): string => `--upstream=${new URL(one.url).host}`;

test('a page holds what came all the way from the store', async () => {
  await using store = await service('store');
  await using stars = await service('ratings', upstream(store));
  await using reviews = await service('reviews', upstream(stars));
  await using frontend = await service('frontend', upstream(reviews));

  const response = await fetch(`${frontend.url}/products/1`);
  expect(response.status).toBe(200);
  expect(await response.text()).toMatch(/A table.*4\.3 of 5 stars.*It stands\./);
  expect((await fetch(`${frontend.url}/products/99`)).status).toBe(404);

  expect(await frontend.metric('shop_requests_total{code="200"}')).toBe(1);
  expect(await frontend.metric('shop_requests_total{code="404"}')).toBe(1);
  expect(await frontend.metric('shop_requests_total{code="500"}')).toBe(0);
  expect(await frontend.metric('shop_request_seconds_count')).toBe(2);
  expect(await frontend.metric('shop_request_seconds_bucket{le="+Inf"}')).toBe(2);
  expect(await store.metric('shop_requests_total{code="200"}')).toBe(1);
});

describe('careless reviews', () => {
  test('hand on an error of ratings', async () => {
    await using broken = await ratings((response) => response.writeHead(503).end());
    await using reviews = await service('reviews', `--upstream=${broken.address}`);
    const response = await fetch(`${reviews.url}/reviews/1`);
    expect(response.status).toBe(500);
    expect(await response.text()).toMatch(/answered 503/);
    expect(broken.asked()).toBe(1);
    expect(await reviews.metric('shop_requests_total{code="500"}')).toBe(1);
  });

  test('wait for ratings as long as it takes', async () => {
    await using slow = await ratings((response) => void setTimeout(() => response.end('{}'), 1_200));
    await using reviews = await service('reviews', `--upstream=${slow.address}`);
    expect((await fetch(`${reviews.url}/reviews/1`)).status).toBe(200);
    expect(await reviews.metric('shop_request_seconds_bucket{le="1"}')).toBe(0);
    expect(await reviews.metric('shop_request_seconds_count')).toBe(1);
  });
});

// Their timeout is real, 200 ms: a machine that stands still for longer makes them give up on a healthy answer.
describe('careful reviews', { retry: 2 }, () => {
  const starsOf = async (reviews: Service): Promise<unknown> =>
    ((await (await fetch(`${reviews.url}/reviews/1`)).json()) as { ratings: unknown }).ratings;

  test('ask a second time after an error', async () => {
    await using flaky = await ratings((response, n) => {
      if (n === 1) response.writeHead(503).end();
      else response.end('{"stars":5,"votes":1}');
    });
    await using reviews = await service('reviews', `--upstream=${flaky.address}`, '--careful');
    expect(await starsOf(reviews)).toEqual({ stars: 5, votes: 1 });
    expect(flaky.asked()).toBe(2);
    expect(await reviews.metric('shop_retries_total')).toBe(1);
    expect(await reviews.metric('shop_fallbacks_total')).toBe(0);
  });

  test('give the last stars they saw when ratings fall silent, and count it', async () => {
    await using silent = await ratings((response, n) => {
      if (n === 1) response.end('{"stars":2,"votes":9}');
    });
    await using reviews = await service('reviews', `--upstream=${silent.address}`, '--careful');
    expect(await starsOf(reviews)).toEqual({ stars: 2, votes: 9 });
    expect(await starsOf(reviews)).toEqual({ stars: 2, votes: 9 });
    expect(silent.asked()).toBe(3);
    expect(await reviews.metric('shop_fallbacks_total')).toBe(1);
  });

  test('give none rather than an error when they never saw any', async () => {
    await using broken = await ratings((response) => response.writeHead(500).end());
    await using reviews = await service('reviews', `--upstream=${broken.address}`, '--careful');
    expect(await starsOf(reviews)).toBeNull();
  });
});

test('a careful frontend shows the page without reviews when nobody answers', async () => {
  await using silent = await ratings(() => undefined);
  await using frontend = await service('frontend', `--upstream=${silent.address}`, '--careful');
  const response = await fetch(`${frontend.url}/products/2`);
  expect(response.status).toBe(200);
  expect(await response.text()).toMatch(/A chair/);
  expect(await frontend.metric('shop_fallbacks_total')).toBe(1);
});

test('a caller that gives up is counted apart from answers', async () => {
  await using silent = await ratings(() => undefined);
  await using frontend = await service('frontend', `--upstream=${silent.address}`);
  await expect(fetch(`${frontend.url}/products/2`, { signal: AbortSignal.timeout(300) })).rejects.toThrow();
  await expect.poll(() => frontend.metric('shop_requests_total{code="499"}')).toBe(1);
});
