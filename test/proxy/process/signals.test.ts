// How a sidecar ends.
import http from 'node:http';
import net from 'node:net';
import { expect, test } from 'vitest';
import { call, startApp } from '../../support/app.ts';
import { playClient, scriptedServer, send, until, untilEnd, end } from '../../support/wire.ts';
import { startSidecar } from '../../support/sidecar-process.ts';

async function eventually(holds: () => Promise<boolean>): Promise<void> {
  for (let i = 0; i < 500 && !(await holds()); i++) await new Promise((resolve) => setTimeout(resolve, 10));
  expect(await holds()).toBe(true);
}

test('SIGTERM releases and answers what is held, ends idle connections, and the process ends with 0', async () => {
  await using app = await startApp();
  await using sidecar = await startSidecar(['--listen', '0', '--upstream', String(app.port)]);
  const idle = playClient(sidecar.port, [send('GET /idle HTTP/1.1\r\nHost: a\r\n\r\n'), until(1), untilEnd, end]);
  await eventually(() => Promise.resolve(app.requests.length === 1));
  await sidecar.admin('PUT', '/rules/r', { faults: [{ delay: '10m' }] });
  const held = [
    call(sidecar.port, '/held'),
    call(sidecar.port, '/held', { method: 'POST', body: 'x'.repeat(200_000) }),
  ];
  await eventually(async () => (await sidecar.metric('sidequake_rule_active_exchanges{rule="r"}')) === 2);
  const sentAt = performance.now();
  sidecar.child.kill('SIGTERM');
  expect((await Promise.all(held)).map(({ status, body }) => `${status} ${body}`)).toEqual(['200 /held', '200 /held']);
  expect((await idle).end).toBe('fin');
  expect(await sidecar.ended).toEqual({ code: 0, signal: null });
  expect(performance.now() - sentAt).toBeLessThan(10_000);
  expect(sidecar.log.map(({ message }) => message)).toContain('draining');
  expect(sidecar.log.at(-1)).toMatchObject({ message: 'stopped', level: 'info' });
});

test('while it drains it is alive and not ready, and arms nothing', async () => {
  await using server = await scriptedServer([send('hello'), untilEnd, end]);
  await using sidecar = await startSidecar(['--listen', '0', '--upstream', String(server.port), '--protocol', 'tcp']);
  const client = net.connect({ port: sidecar.port, host: '127.0.0.1' });
  client.on('error', () => undefined);
  await new Promise((resolve) => client.once('data', resolve));
  sidecar.child.kill('SIGTERM');
  await sidecar.logged('draining');
  const observed = String((await sidecar.logged('listening'))['observe']);
  const status = async (path: string): Promise<number> => (await call(Number(observed.split(':')[1]), path)).status;
  expect([await status('/healthz'), await status('/readyz')]).toEqual([200, 503]);
  expect((await sidecar.admin('PUT', '/rules/late', { faults: [{ abort: 503 }] })).status).toBe(503);
  await expect(call(sidecar.port, '/')).rejects.toThrow(/ECONNREFUSED/);
  client.end();
  expect(await sidecar.ended).toEqual({ code: 0, signal: null });
});

test('a tunnel that stays is cut after --drain, and counted', async () => {
  await using server = await scriptedServer([send('hello'), untilEnd, end]);
  const args = ['--listen', '0', '--upstream', String(server.port), '--protocol', 'tcp', '--drain', '700ms'];
  await using sidecar = await startSidecar(args);
  const client = net.connect({ port: sidecar.port, host: '127.0.0.1' });
  const lost = new Promise((resolve) => client.on('error', resolve).on('close', resolve));
  await new Promise((resolve) => client.once('data', resolve));
  const sentAt = performance.now();
  sidecar.child.kill('SIGTERM');
  await lost;
  expect(performance.now() - sentAt).toBeGreaterThanOrEqual(650);
  expect(await sidecar.ended).toEqual({ code: 0, signal: null });
  expect(performance.now() - sentAt).toBeLessThan(10_000);
  expect(sidecar.log.at(-1)).toMatchObject({ message: 'stopped', level: 'warn', resetConnections: 1 });
});

test('a second SIGTERM ends at once', async () => {
  const app = http.createServer(() => undefined);
  await new Promise<void>((resolve) => app.listen(0, '127.0.0.1', resolve));
  const upstream = String((app.address() as net.AddressInfo).port);
  await using sidecar = await startSidecar(['--listen', '0', '--upstream', upstream, '--drain', '10m']);
  const lost = call(sidecar.port, '/never').catch((error: unknown) => error);
  await eventually(
    async () => (await sidecar.metric(`sidequake_connections_active{listener="127.0.0.1:${sidecar.port}"}`)) === 1,
  );
  sidecar.child.kill('SIGTERM');
  await sidecar.logged('draining');
  const sentAt = performance.now();
  sidecar.child.kill('SIGTERM');
  expect(await sidecar.ended).toEqual({ code: 0, signal: null });
  expect(performance.now() - sentAt).toBeLessThan(5000);
  expect(String(await lost)).toMatch(/ECONNRESET|socket hang up/);
  app.closeAllConnections();
  app.close();
});
