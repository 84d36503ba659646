import { mkdtemp, readdir, rm, stat, writeFile } from 'node:fs/promises';
import { Agent, request } from 'node:http';
import { connect, createServer, type Server } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { bind } from '../../../proxy/listen/bind.ts';
import type { ControlServer } from '../../../proxy/admin/control-server.ts';
import { startObserve, type ObserveOptions } from '../../../proxy/admin/observe-server.ts';
import type { Address } from '../../../proxy/config/rule.ts';
import { ask, LOOPBACK } from './serve.ts';

const failures: string[] = [];

function observe(options: Partial<ObserveOptions> = {}): Promise<ControlServer> {
  return startObserve({
    address: LOOPBACK,
    metrics: () => '# HELP a b\n# TYPE a counter\na{x="ü"} 1\n',
    readiness: () => ({ ready: true, reason: 'ready' }),
    warn: (message) => failures.push(message),
    ...options,
  });
}

beforeEach(() => {
  failures.length = 0;
});

describe('the observe listener', () => {
  it('serves metrics in the text format', async () => {
    await using server = await observe();
    const answer = await ask(server.address, '/metrics');
    expect(answer.status).toBe(200);
    expect(answer.headers['content-type']).toBe('text/plain; version=0.0.4; charset=utf-8');
    expect(answer.text).toBe('# HELP a b\n# TYPE a counter\na{x="ü"} 1\n');
    expect(answer.headers['content-length']).toBe(String(Buffer.byteLength(answer.text)));
    const head = await ask(server.address, '/metrics', { method: 'HEAD' });
    expect([head.status, head.text, head.headers['content-length']]).toEqual([
      200,
      '',
      answer.headers['content-length'],
    ]);
  });

  it('takes a name of a cluster as its host', async () => {
    await using server = await observe();
    expect((await ask(server.address, '/metrics', { headers: { host: 'reviews.shop.svc:15021' } })).status).toBe(200);
  });

  it('fails a scrape as a whole where the metrics cannot be rendered', async () => {
    await using server = await observe({ metrics: () => Promise.reject(new Error('boom')) });
    expect(await ask(server.address, '/metrics')).toMatchObject({
      status: 500,
      json: { error: { code: 'metrics-failed' } },
    });
    expect(failures.join()).toContain('boom');
  });

  it('is alive, and ready only where it says so', async () => {
    let readiness = { ready: true, reason: 'ready' };
    await using server = await observe({ readiness: () => readiness });
    expect(await ask(server.address, '/healthz')).toMatchObject({ status: 200, text: 'ok\n' });
    expect(await ask(server.address, '/readyz')).toMatchObject({ status: 200, text: 'ready\n' });
    readiness = { ready: false, reason: 'draining' };
    expect(await ask(server.address, '/readyz')).toMatchObject({ status: 503, text: 'draining\n' });
    expect((await ask(server.address, '/healthz')).status).toBe(200);
  });

  it.each([
    ['PUT', '/metrics', 405],
    ['DELETE', '/healthz', 405],
    ['GET', '/rules', 404],
    ['PUT', '/rules/a', 404],
  ])('changes nothing: %s %s is %d', async (method, path, status) => {
    await using server = await observe();
    expect((await ask(server.address, path, { method })).status).toBe(status);
  });

  it('ends with idle connections at once', async () => {
    const server = await observe();
    const agent = new Agent({ keepAlive: true });
    await new Promise<void>((resolve, reject) => {
      const { address } = server;
      if (address.kind !== 'tcp') throw new Error('not TCP');
      request({ host: address.host, port: address.port, path: '/healthz', agent }, (response) => {
        response.resume().on('end', resolve);
      })
        .on('error', reject)
        .end();
    });
    const started = performance.now();
    await server[Symbol.asyncDispose]();
    expect(performance.now() - started).toBeLessThan(900);
    agent.destroy();
    await server[Symbol.asyncDispose]();
    await expect(ask(server.address, '/healthz')).rejects.toThrow('ECONNREFUSED');
  });

  it('does not wait for a client that never ends its request', async () => {
    const server = await observe();
    if (server.address.kind !== 'tcp') throw new Error('not TCP');
    const socket = connect(server.address.port, server.address.host);
    const closed = new Promise<void>((resolve) => socket.on('close', () => resolve()).on('error', () => undefined));
    await new Promise<void>((resolve) =>
      socket.write('GET /healthz HTTP/1.1\r\nHost: a\r\nContent-Length: 5\r\n\r\n', () => resolve()),
    );
    await expect(ask(server.address, '/healthz')).resolves.toMatchObject({ status: 200 });
    await server[Symbol.asyncDispose]();
    await closed;
  });
});

describe('the address of a control listener', () => {
  let folder: string;
  let path: string;
  const servers: Server[] = [];

  beforeEach(async () => {
    folder = await mkdtemp(join(tmpdir(), 'sidequake-bind-'));
    path = join(folder, 'a.sock');
  });

  afterEach(async () => {
    for (const server of servers.splice(0)) server.close();
    await rm(folder, { recursive: true });
  });

  function occupy(address: Address): Promise<Address> {
    const server = createServer((socket) => socket.destroy());
    servers.push(server);
    return bind(server, address, '--test');
  }

  it('gets the port that the kernel has chosen', async () => {
    await using server = await observe();
    expect(server.address).toEqual({ kind: 'tcp', host: '127.0.0.1', port: expect.any(Number) });
    expect(server.address).not.toEqual(LOOPBACK);
  });

  it.each<[what: string, address: Address, message: string]>([
    [
      'not of this machine',
      { kind: 'tcp', host: '192.0.2.1', port: 1 },
      '--observe 192.0.2.1:1: this machine does not have that address',
    ],
    [
      'not a name',
      { kind: 'tcp', host: 'no-such-host.invalid', port: 1 },
      '--observe no-such-host.invalid:1: the name is not known',
    ],
    [
      'without folder',
      { kind: 'unix', path: '/no/such/folder/a.sock' },
      '--observe unix:/no/such/folder/a.sock: the directory of the socket does not exist',
    ],
  ])('that is %s is named with its flag', async (_what, address, message) => {
    await expect(observe({ address })).rejects.toMatchObject({
      code: 'cannot-listen',
      message: expect.stringContaining(message),
    });
  });

  it('that is in use is named with its flag', async () => {
    const taken = await occupy(LOOPBACK);
    if (taken.kind !== 'tcp') throw new Error('not TCP');
    await expect(observe({ address: taken })).rejects.toThrow(
      `--observe 127.0.0.1:${taken.port}: the port is in use by another process: end it or choose another one`,
    );
  });

  it('may be a unix socket, for its owner alone, which goes with the listener', async () => {
    const server = await observe({ address: { kind: 'unix', path } });
    expect((await stat(path)).mode & 0o777).toBe(0o600);
    expect((await ask(server.address, '/healthz', { headers: { host: 'anything' } })).status).toBe(200);
    await server[Symbol.asyncDispose]();
    expect(await readdir(folder)).toEqual([]);
  });

  it('may be a unix socket that a process left behind when it was killed', async () => {
    const { spawn } = await import('node:child_process');
    const script = `require('node:net').createServer().listen(${JSON.stringify(path)}, () => console.log('up'))`;
    const child = spawn(process.execPath, ['-e', script], { stdio: ['ignore', 'pipe', 'inherit'] });
    await new Promise((resolve) => child.stdout.once('data', resolve));
    child.kill('SIGKILL');
    await new Promise((resolve) => child.once('exit', resolve));
    expect(await readdir(folder)).toEqual(['a.sock']);
    await using server = await observe({ address: { kind: 'unix', path } });
    expect((await ask(server.address, '/healthz')).status).toBe(200);
  });

  it('is not taken from a process that serves the unix socket', async () => {
    await occupy({ kind: 'unix', path });
    await expect(observe({ address: { kind: 'unix', path } })).rejects.toThrow(
      `--observe unix:${path}: the socket is in use by another process`,
    );
    const socket = connect(path);
    await new Promise((resolve, reject) => socket.once('connect', resolve).once('error', reject));
    socket.destroy();
  });

  it('is not a file that happens to lie there', async () => {
    await writeFile(path, 'precious');
    await expect(observe({ address: { kind: 'unix', path } })).rejects.toThrow('is not a socket');
    expect((await stat(path)).size).toBe(8);
  });
});
