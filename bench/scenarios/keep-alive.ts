/** Kept connections: what a request costs once its connection stands. */
import { loadScenario } from './load-scenario.ts';
import type { Scenario } from './scenario.ts';

/** Ten headers that a browser or a mesh adds: 600 bytes more to look at in each request. */
const REALISTIC_HEADERS: readonly string[] = [
  'Accept: text/html,application/xhtml+xml,application/xml;q=0.9,image/avif,image/webp,*/*;q=0.8',
  'Accept-Encoding: gzip, deflate, br, zstd',
  'Accept-Language: en-GB,en;q=0.7,de;q=0.3',
  'Cache-Control: no-cache',
  'Cookie: session=3f9a1c7e5b2d48a6; theme=dark; region=eu-central-1',
  'Referer: https://shop.example/catalogue/books?page=3',
  'User-Agent: Mozilla/5.0 (X11; Linux x86_64; rv:140.0) Gecko/20100101 Firefox/140.0',
  'X-Forwarded-For: 203.0.113.7, 10.244.1.9',
  'X-Request-Id: 0f8c4a52-6a77-4f0e-9f63-0c4a6d1b8e21',
  'traceparent: 00-4bf92f3577b34da6a3ce929d0e0e4736-00f067aa0ba902b7-01',
];

export const tiny: Scenario = loadScenario({
  name: 'tiny',
  title: '2 bytes, kept connections (32)',
  quick: false,
  shape: { path: '/tiny', connections: 32, headers: [] },
  variants: false,
});

export const oneKb: Scenario = loadScenario({
  name: '1k',
  title: '1 KB, kept connections (32)',
  quick: true,
  shape: { path: '/1k', connections: 32, headers: [] },
  variants: true,
});

export const oneKbHeaders: Scenario = loadScenario({
  name: '1k-headers',
  title: '1 KB, kept connections (32), ten more request headers',
  quick: false,
  shape: { path: '/1k', connections: 32, headers: REALISTIC_HEADERS },
  variants: false,
});

export const tenKb: Scenario = loadScenario({
  name: '10k',
  title: '10 KB, kept connections (32)',
  quick: false,
  shape: { path: '/10k', connections: 32, headers: [] },
  variants: false,
});

export const oneMb: Scenario = loadScenario({
  name: '1m',
  title: '1 MB, kept connections (8)',
  quick: true,
  shape: { path: '/1m', connections: 8, headers: [] },
  variants: false,
});
