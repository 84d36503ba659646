// Guards what proxy/listen/private-net.ts relies on in Node: when this fails after an upgrade of Node, look there.
import net from 'node:net';
import { expect, test } from 'vitest';
import { adoptHandle, resetNow, takeAcceptedHandles } from '../../../proxy/listen/private-net.ts';

async function withServer(onSocket: (socket: net.Socket) => void, run: (port: number) => Promise<void>): Promise<void> {
  const server = net.createServer();
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  const buffer = Buffer.alloc(1024);
  takeAcceptedHandles(
    server,
    (handle) => {
      const socket = adoptHandle(handle, { buffer, callback: onRead });
      onSocket(socket);
    },
    () => expect.unreachable('the kernel accepts'),
  );
  await run((server.address() as net.AddressInfo).port);
  server.close();
}

function onRead(this: unknown, length: number, chunk: Uint8Array): boolean {
  const socket = this as net.Socket;
  socket.write(`got ${Buffer.from(chunk).toString('latin1', 0, length)}`);
  return true;
}

function collect(socket: net.Socket): Promise<string> {
  return new Promise((resolve) => {
    let text = '';
    socket
      .on('data', (chunk) => (text += String(chunk)))
      .on('end', () => resolve(`${text}|end`))
      .on('error', (error: NodeJS.ErrnoException) => resolve(`${text}|${error.code}`));
  });
}

test('an adopted connection reads into the given buffer, with the socket as `this`, once it is resumed', async () => {
  let adopted: net.Socket | undefined;
  await withServer(
    (socket) => {
      adopted = socket;
      socket.on('end', () => socket.end());
      setTimeout(() => socket.resume(), 40);
    },
    async (port) => {
      const client = net.connect({ port, host: '127.0.0.1', allowHalfOpen: true });
      client.write('hello');
      const seen = collect(client);
      while (adopted === undefined) await new Promise((resolve) => setTimeout(resolve, 1));
      expect(adopted.bytesRead).toBe(0);
      expect(adopted?.remoteAddress).toBe('127.0.0.1');
      await new Promise((resolve) => setTimeout(resolve, 60));
      client.end();
      expect(await seen).toBe('got hello|end');
    },
  );
});

test('an adopted connection stays half-open: what is written after the peer has ended arrives', async () => {
  await withServer(
    (socket) => {
      socket.resume();
      socket.on('end', () => setTimeout(() => socket.end('late'), 20));
    },
    async (port) => {
      const client = net.connect({ port, host: '127.0.0.1', allowHalfOpen: true });
      client.end();
      expect(await collect(client)).toBe('late|end');
    },
  );
});

test.each([
  ['that has said nothing', (socket: net.Socket) => resetNow(socket)],
  [
    'with a FIN on its way',
    (socket: net.Socket) => {
      socket.end();
      resetNow(socket);
    },
  ],
  [
    'twice',
    (socket: net.Socket) => {
      resetNow(socket);
      resetNow(socket);
    },
  ],
])('a reset of a connection %s closes it without an error', async (what, act) => {
  const closed = Promise.withResolvers<void>();
  await withServer(
    (socket) => {
      socket.on('close', () => closed.resolve()).on('error', closed.reject);
      act(socket);
    },
    async (port) => {
      const seen = await collect(net.connect({ port, host: '127.0.0.1' }));
      if (what === 'that has said nothing') expect(seen).toBe('|ECONNRESET');
      await closed.promise;
    },
  );
});

test('a reset of a connection that is still being made gives it up', async () => {
  const socket = net.connect({ port: 9, host: '127.0.0.1' });
  socket.on('error', () => undefined);
  const closed = new Promise((resolve) => socket.on('close', resolve));
  resetNow(socket);
  await closed;
  expect(socket.destroyed).toBe(true);
});
