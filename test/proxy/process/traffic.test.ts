// A whole sidecar on every kind of address, with an app that is down, and with a log that nobody reads.
import { mkdtemp, rm } from 'node:fs/promises';
import http from 'node:http';
import net from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { expect, test } from 'vitest';
import { call, startApp } from '../../support/app.ts';
import { playClient, send, untilEnd } from '../../support/wire.ts';
import { ask, startSidecar } from '../../support/sidecar-process.ts';

test('an app that is down: its clients are reset at once, a metric says so, the process goes on', async () => {
  const reserved = net.createServer();
  await new Promise<void>((resolve) => reserved.listen(0, '127.0.0.1', resolve));
  const { port } = reserved.address() as net.AddressInfo;
  await new Promise((resolve) => reserved.close(resolve));
  await using sidecar = await startSidecar(['--listen', '0', '--upstream', String(port)]);
  const startedAt = performance.now();
  for (let i = 0; i < 5; i++) {
    const seen = await playClient(sidecar.port, [send('GET / HTTP/1.1\r\nHost: a\r\n\r\n'), untilEnd]);
    expect(seen).toEqual({ bytes: '', end: 'reset' });
  }
  expect(performance.now() - startedAt).toBeLessThan(5000);
  const listener = `listener="127.0.0.1:${sidecar.port}"`;
  const metrics = await sidecar.metrics();
  expect(metrics).toContain(`sidequake_upstream_connect_failures_total{${listener},reason="ECONNREFUSED"} 5\n`);
  expect(metrics).toContain(`sidequake_connections_active{${listener}} 0\n`);
  const app = http.createServer((_, response) => response.end('up'));
  await new Promise<void>((resolve) => app.listen(port, '127.0.0.1', resolve));
  expect((await call(sidecar.port, '/')).body).toBe('up');
  app.closeAllConnections();
  app.close();
});

test('unix sockets carry traffic, reach the app and serve the admin API', async () => {
  const folder = await mkdtemp(join(tmpdir(), 'sidequake-'));
  const at = (name: string): string => join(folder, `${name}.sock`);
  const app = http.createServer((request, response) => response.end(request.url));
  await new Promise<void>((resolve) => app.listen(at('app'), resolve));
  {
    const addresses = [
      '--listen',
      `unix:${at('in')}`,
      '--upstream',
      `unix:${at('app')}`,
      '--admin',
      `unix:${at('admin')}`,
    ];
    await using sidecar = await startSidecar(addresses);
    const get = (path: string): ReturnType<typeof ask> => ask({ kind: 'unix', path: at('in') }, 'GET', path);
    expect(await get('/x')).toEqual({ status: 200, text: '/x' });
    expect((await sidecar.admin('PUT', '/rules/r', { faults: [{ abort: 418 }] })).status).toBe(200);
    expect((await get('/y')).status).toBe(418);
    // A rule for addresses has nothing to compare here, and says so.
    await sidecar.admin('PUT', '/rules/r', { match: { source: { ip: '127.0.0.0/8' } }, faults: [{ abort: 418 }] });
    expect((await get('/z')).status).toBe(200);
    expect((await sidecar.admin('GET', '/ledger')).text).toContain('"source-unknown":1');
    sidecar.child.kill('SIGTERM');
    expect(await sidecar.ended).toEqual({ code: 0, signal: null });
    await using again = await startSidecar(addresses);
    expect(await get('/again')).toEqual({ status: 200, text: '/again' });
    // Killed: the socket files stay behind, and keep no later process from starting.
    again.child.kill('SIGKILL');
    await again.ended;
    await using third = await startSidecar(addresses);
    expect(await get('/third')).toEqual({ status: 200, text: '/third' });
    expect(third.listen).toEqual([{ kind: 'unix', path: at('in') }]);
  }
  app.closeAllConnections();
  app.close();
  await rm(folder, { recursive: true });
});

test('IPv6 carries traffic, reaches the app and serves the admin API', async () => {
  const app = http.createServer((request, response) => response.end(request.url));
  await new Promise<void>((resolve) => app.listen(0, '::1', resolve));
  const { port } = app.address() as net.AddressInfo;
  await using sidecar = await startSidecar([
    '--listen',
    '[::1]:0',
    '--upstream',
    `[::1]:${port}`,
    '--admin',
    '[::1]:0',
  ]);
  expect(sidecar.listen[0]).toMatchObject({ host: '::1' });
  const listen = { kind: 'tcp', host: '::1', port: sidecar.port } as const;
  expect(await ask(listen, 'GET', '/x')).toEqual({ status: 200, text: '/x' });
  await sidecar.admin('PUT', '/rules/r', { match: { source: { ip: '::1/128' } }, faults: [{ abort: 418 }] });
  expect((await ask(listen, 'GET', '/x')).status).toBe(418);
  app.closeAllConnections();
  app.close();
});

test('a name as upstream is resolved, whatever family the app listens on', async () => {
  await using app = await startApp();
  await using sidecar = await startSidecar(['--listen', '0', '--upstream', `localhost:${app.port}`]);
  expect((await call(sidecar.port, '/named')).body).toBe('/named');
});

async function abortMany(port: number, count: number): Promise<void> {
  const agent = new http.Agent({ keepAlive: true, maxSockets: 16 });
  const path = `/${'long'.repeat(100)}`;
  const got = await Promise.all(Array.from({ length: count }, () => call(port, path, { agent })));
  expect(got.every(({ status }) => status === 503)).toBe(true);
  agent.destroy();
}

test('a reader of the log that goes away does not take the traffic with it', async () => {
  await using app = await startApp();
  await using sidecar = await startSidecar(['--listen', '0', '--upstream', String(app.port)]);
  await sidecar.admin('PUT', '/rules/r', { match: { path: '/long*' }, faults: [{ abort: 503 }] });
  sidecar.child.stdout.destroy();
  await abortMany(sidecar.port, 300);
  expect((await call(sidecar.port, '/after')).status).toBe(200);
  sidecar.child.kill('SIGTERM');
  expect(await sidecar.ended).toEqual({ code: 0, signal: null });
});

test('a reader of the log that stands still neither stops the traffic nor fills the memory, nor holds up the end', async () => {
  await using app = await startApp();
  await using sidecar = await startSidecar(['--listen', '0', '--upstream', String(app.port)]);
  await sidecar.admin('PUT', '/rules/r', { match: { path: '/long*' }, faults: [{ abort: 503 }] });
  sidecar.child.stdout.pause();
  // About 7 MB of lines.
  for (let i = 0; i < 10; i++) await abortMany(sidecar.port, 1200);
  expect((await call(sidecar.port, '/after')).status).toBe(200);
  sidecar.child.kill('SIGTERM');
  const exited = new Promise((resolve) => sidecar.child.on('exit', (code) => resolve(code)));
  expect(await exited).toBe(0);
  sidecar.child.stdout.resume();
  await sidecar.ended;
  // What waited was cut off: less than two megabytes came of it.
  const lines = sidecar.log.filter(({ message }) => message === 'injected').length;
  expect(lines).toBeGreaterThan(100);
  expect(lines).toBeLessThan(4000);
});
