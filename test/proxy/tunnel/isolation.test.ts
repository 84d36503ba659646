import { createHash } from 'node:crypto';
import http from 'node:http';
import net from 'node:net';
import { expect, test } from 'vitest';
import { startListener } from '../../support/listener.ts';

const MB = 1024 * 1024;

/** Bytes that tell where they belong: each 4-byte word holds the stream's number and the word's own. */
function pattern(stream: number, length: number): Buffer {
  const words = new Uint32Array(length / 4);
  for (let i = 0; i < words.length; i++) words[i] = (stream << 24) | (i & 0xffffff);
  return Buffer.from(words.buffer);
}

async function startServer(server: net.Server): Promise<number> {
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  return (server.address() as net.AddressInfo).port;
}

function fetchBody(port: number, path: string, agent: http.Agent): Promise<Buffer> {
  return new Promise((resolve, reject) => {
    http
      .get({ port, host: '127.0.0.1', path, agent }, (response) => {
        const chunks: Buffer[] = [];
        response.on('data', (chunk: Buffer) => chunks.push(chunk)).on('end', () => resolve(Buffer.concat(chunks)));
      })
      .on('error', reject);
  });
}

test('a slow reader of 40 MB beside 16 busy connections gets its own bytes and no other', async () => {
  const large = pattern(99, 40 * MB);
  const server = http.createServer((request, response) => {
    const stream = Number(request.url?.slice(1));
    response.end(stream === 99 ? large : pattern(stream, 4096 * (1 + (stream % 5))));
  });
  const port = await startServer(server);
  await using proxy = await startListener(port);

  let reading = true;
  const busy = Array.from({ length: 16 }, async (_, stream) => {
    const agent = new http.Agent({ keepAlive: true });
    const expected = pattern(stream, 4096 * (1 + (stream % 5)));
    let rounds = 0;
    while (reading) {
      expect((await fetchBody(proxy.port, `/${stream}`, agent)).equals(expected)).toBe(true);
      rounds++;
    }
    agent.destroy();
    return rounds;
  });

  const hash = createHash('sha256');
  let received = 0;
  await new Promise<void>((resolve, reject) => {
    const socket = net.connect({ port: proxy.port, host: '127.0.0.1' });
    socket.write('GET /99 HTTP/1.1\r\nHost: app\r\nConnection: close\r\n\r\n');
    let head = true;
    socket
      .on('data', (chunk) => {
        const body = head ? chunk.subarray(chunk.indexOf('\r\n\r\n') + 4) : chunk;
        head = false;
        hash.update(body);
        received += body.length;
        // Reads in fits and starts: writes to it block again and again.
        socket.pause();
        setTimeout(() => socket.resume(), received % 7 === 0 ? 5 : 1);
      })
      .on('end', resolve)
      .on('error', reject);
  });
  reading = false;
  const rounds = await Promise.all(busy);
  server.close();
  server.closeAllConnections();

  expect(received).toBe(large.length);
  expect(hash.digest('hex')).toBe(createHash('sha256').update(large).digest('hex'));
  expect(Math.min(...rounds)).toBeGreaterThan(10);
});

test('50 MB both ways at once arrive whole, whichever side ends first', async () => {
  const up = pattern(1, 50 * MB);
  const down = pattern(2, 50 * MB);
  const arrived = Promise.withResolvers<string>();
  const server = net.createServer({ allowHalfOpen: true }, (socket) => {
    const hash = createHash('sha256');
    socket.on('data', (chunk) => hash.update(chunk)).on('end', () => arrived.resolve(hash.digest('hex')));
    socket.on('error', arrived.reject);
    socket.end(down);
  });
  const port = await startServer(server);
  await using proxy = await startListener(port, { protocol: 'tcp' });
  const hash = createHash('sha256');
  await new Promise<void>((resolve, reject) => {
    const socket = net.connect({ port: proxy.port, host: '127.0.0.1', allowHalfOpen: true });
    socket
      .on('data', (chunk) => hash.update(chunk))
      .on('close', () => resolve())
      .on('error', reject);
    socket.end(up);
  });
  expect(hash.digest('hex')).toBe(createHash('sha256').update(down).digest('hex'));
  expect(await arrived.promise).toBe(createHash('sha256').update(up).digest('hex'));
  server.close();
});

test('an answer of 200 MB to a reader that does not read stays in the app', async () => {
  const block = Buffer.alloc(MB, 'x');
  let sent = 0;
  const server = net.createServer((socket) => {
    socket.once('data', () => {
      socket.write(`HTTP/1.1 200 OK\r\nContent-Length: ${200 * MB}\r\n\r\n`);
      const more = (): void => {
        while (sent < 200) {
          sent++;
          if (!socket.write(block)) return void socket.once('drain', more);
        }
      };
      more();
    });
    socket.on('error', () => undefined);
  });
  const port = await startServer(server);
  await using proxy = await startListener(port);
  const socket = net.connect({ port: proxy.port, host: '127.0.0.1' });
  socket.on('error', () => undefined);
  await new Promise<void>((resolve) => socket.on('connect', resolve));
  socket.pause();
  socket.write('GET / HTTP/1.1\r\nHost: app\r\n\r\n');
  let before = -1;
  while (before !== sent || sent === 0) {
    before = sent;
    await new Promise((resolve) => setTimeout(resolve, 200));
  }
  // What has left the app lies in kernel buffers on both hops and at most in a few buffers of ours.
  expect(sent).toBeLessThan(20);
  expect(proxy.listener.bufferedBytes).toBeLessThan(5 * MB);
  socket.destroy();
  server.close();
});
