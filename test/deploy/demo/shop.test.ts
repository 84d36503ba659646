// The shop with real sidecars, without Prometheus: what a fault at ratings does to the users of both versions.
import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { freePorts } from '../../../deploy/demo/free-ports.ts';
import { startShop, type Shop } from '../../../deploy/demo/shop.ts';
import { member, planShop, PORTS_NEEDED, type Version } from '../../../deploy/demo/topology.ts';

const members = planShop(await freePorts(PORTS_NEEDED));
const lost: string[] = [];
let folder: string;
let shop: Shop;

beforeAll(async () => {
  folder = await mkdtemp(join(tmpdir(), 'sidequake-shop-'));
  shop = await startShop({
    members,
    logDir: join(folder, 'logs'),
    stateDir: join(folder, 'state'),
    sidequake: fileURLToPath(new URL('../../../verifier/main.ts', import.meta.url)),
    onLost: (sentence) => lost.push(sentence),
  });
  await shop.ready();
});
afterAll(async () => {
  await shop[Symbol.asyncDispose]();
  await rm(folder, { recursive: true });
});

const status = async (version: Version): Promise<number> => {
  const response = await fetch(`${shop.url(version)}/products/1`);
  await response.text();
  return response.status;
};

test('both versions work through their sidecars', async () => {
  expect(await status('careless')).toBe(200);
  expect(await status('careful')).toBe(200);
  const metrics = await fetch(`http://127.0.0.1:${member(members, 'ratings').sidecar.observe}/metrics`);
  expect(await metrics.text()).toMatch(/^sidequake_http_requests_total\{[^}]*code="200"[^}]*\} 2$/m);
});

test('an error of ratings reaches the users of the careless version only', async () => {
  const rule = { match: { path: '/ratings/{id}' }, ttl: '30s', faults: [{ abort: { status: 503 } }] };
  const put = await fetch(`${shop.admin('ratings')}/rules/broken`, { method: 'PUT', body: JSON.stringify(rule) });
  expect(put.status, await put.text()).toBe(200);
  expect(await status('careless')).toBe(500);
  expect(await status('careful')).toBe(200);
  expect((await fetch(`${shop.admin('ratings')}/rules/broken`, { method: 'DELETE' })).status).toBe(204);
  expect(await status('careless')).toBe(200);
  expect(lost).toEqual([]);
});
