// The configuration file of a running sidecar: new texts are taken up, bad ones refused, listeners come and go.
import { mkdtemp, rename, rm, writeFile } from 'node:fs/promises';
import http from 'node:http';
import net from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, expect, test } from 'vitest';
import { call, startApp, type Got } from '../../support/app.ts';
import { startSidecar, valueOf } from '../../support/sidecar-process.ts';

let folder = '';
let path = '';
beforeEach(async () => {
  folder = await mkdtemp(join(tmpdir(), 'sidequake-'));
  path = join(folder, 'sidequake.yaml');
});
afterEach(() => rm(folder, { recursive: true }));

async function freePort(): Promise<number> {
  const server = net.createServer();
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  const { port } = server.address() as net.AddressInfo;
  await new Promise((resolve) => server.close(resolve));
  return port;
}

/** Replaced by another file of the same name, as editors do. */
async function write(text: string): Promise<void> {
  await writeFile(`${path}.new`, text);
  await rename(`${path}.new`, path);
}

/** Until it holds; the milliseconds it took. */
async function eventually(holds: () => Promise<boolean>): Promise<number> {
  const startedAt = performance.now();
  while (!(await holds())) {
    if (performance.now() - startedAt > 10_000) throw new Error('it does not come to hold');
    await new Promise((resolve) => setTimeout(resolve, 20));
  }
  return performance.now() - startedAt;
}

/** On a connection of its own: idle ones are closed by a change, and a request can cross that on its way. */
function alone(port: number, path: string): Promise<Got> {
  return call(port, path, { agent: new http.Agent() });
}

const rule = (status: number): string => `rules: [{ id: r, faults: [{ abort: ${status} }] }]\n`;

test('a good text is taken up within a second or so, a bad one leaves everything as it was and says so everywhere', async () => {
  await using app = await startApp();
  await write(rule(418));
  await using sidecar = await startSidecar(['--listen', '0', '--upstream', String(app.port), '--config', path]);
  const statusIs = (status: number) => async () => (await call(sidecar.port, '/')).status === status;
  expect(await statusIs(418)()).toBe(true);

  await write(rule(429));
  expect(await eventually(statusIs(429))).toBeLessThan(3000);
  await sidecar.logged('configuration taken up');

  await write('rules: [{ id: r, faults: [{ abrot: 503 }] }]\n');
  const line = await sidecar.logged('configuration refused, the one before goes on');
  expect(String(line['problem'])).toContain(`${path}:1:`);
  expect(await statusIs(429)()).toBe(true);
  const metrics = await sidecar.metrics();
  expect(valueOf(metrics, 'sidequake_config_reloads_total{outcome="refused"}')).toBe(1);
  expect(valueOf(metrics, 'sidequake_config_reloads_total{outcome="loaded"}')).toBe(2);
  expect(valueOf(metrics, 'sidequake_config_last_reload_successful')).toBe(0);
  expect(JSON.parse((await sidecar.admin('GET', '/config')).text)).toMatchObject({
    file: path,
    error: { problems: [{ file: path, line: 1 }] },
  });

  await write(rule(503));
  await eventually(statusIs(503));
  expect(await sidecar.metric('sidequake_config_last_reload_successful')).toBe(1);
  expect(JSON.parse((await sidecar.admin('GET', '/config')).text)).toMatchObject({ error: null });
  expect(JSON.parse((await sidecar.admin('GET', '/ledger')).text)).toMatchObject({ rules: { r: { skipped: {} } } });
});

test('a file that vanishes takes nothing with it, and is taken up again when it is back', async () => {
  await using app = await startApp();
  await write(rule(418));
  await using sidecar = await startSidecar(['--listen', '0', '--upstream', String(app.port), '--config', path]);
  await rm(path);
  await sidecar.logged('configuration cannot be read');
  expect((await call(sidecar.port, '/')).status).toBe(418);
  await write('rules: []\n');
  await eventually(async () => (await call(sidecar.port, '/')).status === 200);
});

test('listeners are added, changed and removed; one that cannot be had refuses the whole text', async () => {
  await using app = await startApp();
  await using other = await startApp();
  const [one, two] = [await freePort(), await freePort()];
  const listeners = (...list: string[]): Promise<void> => write(`listeners: [${list.join(', ')}]\n`);
  const at = (listen: number, upstream: number): string => `{ listen: ${listen}, upstream: ${upstream} }`;
  await listeners(at(one, app.port));
  await using sidecar = await startSidecar(['--config', path]);
  const answers = (port: number) => () =>
    alone(port, '/').then(
      () => true,
      () => false,
    );
  const silent = (port: number) => async () => !(await answers(port)());

  await listeners(at(one, app.port), at(two, app.port));
  await eventually(answers(two));
  await listeners(at(one, other.port), at(two, app.port));
  await eventually(async () => (await alone(one, '/moved')) !== null && other.requests.includes('GET /moved'));

  await listeners(at(one, app.port), at(app.port, one));
  const refused = await sidecar.logged('configuration refused, the one before goes on');
  expect(String(refused['problem'])).toMatch(/in use/);
  await alone(one, '/still');
  expect(other.requests).toContain('GET /still');
  expect(await answers(two)()).toBe(true);

  await listeners(at(two, app.port));
  await eventually(silent(one));
  expect(await answers(two)()).toBe(true);
});
