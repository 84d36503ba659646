import net from 'node:net';
import { expect, test } from 'vitest';
import { reasonOf } from '../../proxy/http1/ambiguity.ts';
import type { TunnelReason } from '../../proxy/observe/connection-metrics.ts';
import { BOUNDS, FLAGS, METHODS, OUTCOMES } from '../../proxy/observe/exchange-metrics.ts';
import { SKIP_REASONS } from '../../proxy/rules/ledger.ts';
import { call, startApp } from '../support/app.ts';
import { startProxy } from '../support/proxy.ts';
import { codeBlocks, marked, prose, tableRows } from './pages.ts';

const PAGE = 'docs/metrics.md';

/** Families of an exposition: type, and the labels that its samples had. */
type Families = Map<string, { readonly type: string; readonly labels: Set<string> }>;

function read(exposition: string, families: Families): void {
  for (const line of exposition.split('\n')) {
    const [, name = '', type = ''] = /^# TYPE (\S+) (\S+)$/.exec(line) ?? [];
    if (name !== '' && !families.has(name)) families.set(name, { type, labels: new Set() });
    const sample = /^([a-z_0-9]+?)(?:\{(.*)\})? \S+$/.exec(line);
    if (sample === null) continue;
    const family = families.get(sample[1] ?? '') ?? families.get((sample[1] ?? '').replace(/_(bucket|sum|count)$/, ''));
    if (family === undefined) throw new Error(`a sample without a family: ${line}`);
    for (const [, label = ''] of (sample[2] ?? '').matchAll(/([a-z_]+)="/g)) family.labels.add(label);
  }
}

/** Sends bytes, and waits until the other side ends. */
async function send(port: number, bytes: string): Promise<void> {
  const socket = net.connect(port, '127.0.0.1').on('error', () => undefined);
  socket.end(bytes);
  await new Promise((resolve) => socket.resume().on('close', resolve));
}

/** What proxies render that have met everything which makes a series. */
async function rendered(): Promise<Families> {
  const families: Families = new Map();
  await using app = await startApp();
  await using usual = await startProxy(app.port, { config: 'routes: [{ name: all, path: "*" }]' });
  await usual.put('some-abort', { match: { path: '/broken' }, faults: [{ abort: 503 }] });
  await call(usual.port, '/');
  await call(usual.port, '/broken');
  await send(usual.port, 'no HTTP at all\r\n\r\n');
  read(usual.proxy.metricsText(), families);
  await using strict = await startProxy(app.port, { strict: true });
  await send(strict.port, 'GET / HTTP/1.1\nhost: x\n\n');
  read(strict.proxy.metricsText(), families);
  await using orphan = await startProxy('/nowhere/sidequake-test.sock');
  await send(orphan.port, 'GET / HTTP/1.1\r\nhost: x\r\n\r\n');
  read(orphan.proxy.metricsText(), families);
  return families;
}

const rows = tableRows(PAGE).filter(([first = '']) => /^`(sidequake|istio|process)_/.test(first));
const documented = rows.filter(([, second = '']) => /^(counter|gauge|histogram)$/.test(second));

test('docs/metrics.md lists what a proxy renders, with its type, and nothing else', async () => {
  const families = await rendered();
  const listed = Object.fromEntries(documented.map(([name = '', type = '']) => [marked(name)[0], type]));
  expect(Object.keys(listed).length).toBe(documented.length);
  // Only where the system tells.
  if (!families.has('process_open_fds')) delete listed['process_open_fds'];
  expect(Object.fromEntries([...families].map(([name, { type }]) => [name, type]))).toEqual(listed);
});

test('docs/metrics.md names the labels of every metric', async () => {
  const families = await rendered();
  const text = prose(PAGE);
  for (const [name = '', , labels = ''] of documented) {
    const family = families.get(marked(name)[0] ?? '');
    if (family === undefined) continue;
    const found = [...family.labels].toSorted();
    if (name.includes('istio_')) {
      expect(found.length).toBeGreaterThan(20);
      expect(found.filter((label) => label !== 'le' && !text.includes(`\`${label}\``))).toEqual([]);
    } else expect({ name, labels: found }).toEqual({ name, labels: marked(labels).toSorted() });
  }
});

test('docs/metrics.md names every value of the closed sets', () => {
  const words = new Set(marked(prose(PAGE)));
  const ambiguities: string[] = [];
  for (let code = -1; code >= -13; code--) ambiguities.push(reasonOf(code));
  expect(() => reasonOf(-14)).toThrow(RangeError);
  // The compiler names one that is missing here.
  const others: Record<Exclude<TunnelReason, ReturnType<typeof reasonOf>>, true> = {
    declared: true,
    tls: true,
    http2: true,
    'server-first': true,
    upgrade: true,
  };
  const values = [...METHODS, ...OUTCOMES, ...FLAGS, ...SKIP_REASONS, ...ambiguities, ...Object.keys(others)];
  expect(values.filter((value) => !words.has(value))).toEqual([]);
  expect(prose(PAGE)).toContain(BOUNDS.join(', '));
});

test('the queries of docs/metrics.md speak of metrics and labels that there are', async () => {
  const families = await rendered();
  const queries = codeBlocks(PAGE, 'promql');
  expect(queries.length).toBeGreaterThan(5);
  for (const query of queries) {
    for (const [, name = '', matchers = ''] of query.matchAll(/\b((?:sidequake|istio)_[a-z_0-9]+)(?:\{([^}]*)\})?/g)) {
      const family = families.get(name) ?? families.get(name.replace(/_bucket$/, ''));
      expect({ name, known: family !== undefined }).toEqual({ name, known: true });
      const labels = [...matchers.matchAll(/([a-z_]+)(?:=|!=)/g)].map(([, label = '']) => label);
      expect(labels.filter((label) => !family?.labels.has(label))).toEqual([]);
    }
  }
});
