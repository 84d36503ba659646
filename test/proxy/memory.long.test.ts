// What a real sidecar keeps in memory: neither large messages nor random requests may make it grow.
import net from 'node:net';
import { expect, test } from 'vitest';
import { startQuickApp, sumOf } from '../conformance/exact-counts.ts';
import { startSidecar, type Sidecar } from '../support/sidecar-process.ts';

const MB = 1024 * 1024;
const SIZE = 200 * MB;
/**
 * What a transfer may add to the resident memory: 5 MB, and as much again for V8, whose young generation grows and shrinks
 * with any traffic. Measured on a quiet machine: 0 to 3 MB for transfers, 6 MB for a million requests.
 */
const ALLOWED = 10 * MB;

const BLOCK = Buffer.alloc(MB, 'x');

async function serve(onSocket: (socket: net.Socket) => void): Promise<{ readonly port: number } & AsyncDisposable> {
  const sockets = new Set<net.Socket>();
  const server = net.createServer((socket) => {
    sockets.add(socket);
    socket.on('error', () => undefined);
    onSocket(socket);
  });
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  return {
    port: (server.address() as net.AddressInfo).port,
    [Symbol.asyncDispose]: async () => {
      for (const socket of sockets) socket.destroy();
      await new Promise((resolve) => server.close(resolve));
    },
  };
}

/** Writes as fast as the other side takes it. */
function pour(socket: net.Socket, bytes: number, onTaken: (bytes: number) => void): void {
  let left = bytes;
  const more = (): void => {
    while (left > 0 && !socket.destroyed) {
      const block = left >= BLOCK.length ? BLOCK : BLOCK.subarray(0, left);
      left -= block.length;
      onTaken(block.length);
      if (!socket.write(block)) return void socket.once('drain', more);
    }
  };
  more();
}

const rss = (sidecar: Sidecar): Promise<number> => sidecar.metric('process_resident_memory_bytes');

/** The most that the sidecar has in memory until the work is done, above what it had before. */
async function growthDuring(sidecar: Sidecar, work: Promise<unknown>): Promise<number> {
  const before = await rss(sidecar);
  let most = before;
  let done = false;
  const finished = work.finally(() => (done = true));
  do {
    most = Math.max(most, await rss(sidecar));
    await new Promise((resolve) => setTimeout(resolve, 20));
  } while (!done);
  await finished;
  most = Math.max(most, await rss(sidecar));
  return most - before;
}

/** Connects, asks, and reads in fits and starts: `pauseMs` after each chunk; null reads nothing. */
function download(
  port: number,
  pauseMs: number | null,
): { readonly done: Promise<number>; readonly socket: net.Socket } {
  const socket = net.connect({ port, host: '127.0.0.1' });
  socket.write('GET / HTTP/1.1\r\nHost: a\r\n\r\n');
  let read = 0;
  const done = new Promise<number>((resolve) => {
    socket.on('close', () => resolve(read)).on('error', () => resolve(read));
    if (pauseMs === null) return void socket.pause();
    socket.on('data', (bytes) => {
      read += bytes.length;
      if (read >= SIZE) socket.destroy();
      else if (pauseMs > 0 && read % 11 === 0) {
        socket.pause();
        setTimeout(() => socket.resume(), pauseMs);
      }
    });
  });
  return { done, socket };
}

async function until(still: () => number): Promise<void> {
  for (let before = -1; before !== still() || still() === 0;) {
    before = still();
    await new Promise((resolve) => setTimeout(resolve, 500));
  }
}

test('200 MB to a slow reader, and to one that stands still, stay with the app', async () => {
  let taken = 0;
  await using app = await serve((socket) => {
    socket.once('data', () => {
      socket.write(`HTTP/1.1 200 OK\r\nContent-Length: ${SIZE}\r\n\r\n`);
      pour(socket, SIZE, (bytes) => (taken += bytes));
    });
  });
  await using sidecar = await startSidecar(['--listen', '0', '--upstream', String(app.port)]);
  // Once at full speed: code is compiled and buffers are there.
  await download(sidecar.port, 0).done;

  taken = 0;
  const still = download(sidecar.port, null);
  const standing = await growthDuring(
    sidecar,
    until(() => taken),
  );
  expect(taken).toBeLessThan(20 * MB);
  still.socket.destroy();
  const slow = await growthDuring(sidecar, download(sidecar.port, 5).done);
  const fast = await growthDuring(sidecar, download(sidecar.port, 0).done);
  console.log(
    `memory: a reader that stands still adds ${mb(standing)}, a slow one ${mb(slow)}, a fast one ${mb(fast)}`,
  );
  expect(standing).toBeLessThan(ALLOWED);
  expect(slow).toBeLessThan(ALLOWED);
  expect(fast).toBeLessThan(ALLOWED);
});

test('200 MB to an app that does not read, and behind a held or an aborted exchange, stay with the client', async () => {
  await using app = await serve((socket) => socket.pause());
  await using sidecar = await startSidecar(['--listen', '0', '--upstream', String(app.port)]);
  const upload = (path: string): { readonly socket: net.Socket; readonly sent: () => number } => {
    let sent = 0;
    const socket = net.connect({ port: sidecar.port, host: '127.0.0.1' });
    socket.on('error', () => undefined).resume();
    socket.write(`POST ${path} HTTP/1.1\r\nHost: a\r\nContent-Length: ${SIZE}\r\n\r\n`);
    pour(socket, SIZE, (bytes) => (sent += bytes));
    return { socket, sent: () => sent };
  };
  await sidecar.admin('PUT', '/rules/hold', { match: { path: '/hold' }, faults: [{ delay: '10m' }] });
  await sidecar.admin('PUT', '/rules/abort', { match: { path: '/abort' }, faults: [{ abort: 503 }] });
  for (const path of ['/plain', '/hold']) {
    const { socket, sent } = upload(path);
    const growth = await growthDuring(sidecar, until(sent));
    console.log(`memory: an upload to ${path} adds ${mb(growth)}`);
    expect(sent()).toBeLessThan(20 * MB);
    expect(growth).toBeLessThan(ALLOWED);
    socket.destroy();
  }
  // Thrown away as it comes: the client may send all of it.
  const { socket, sent } = upload('/abort');
  const growth = await growthDuring(sidecar, until(sent));
  console.log(`memory: an upload that is thrown away adds ${mb(growth)}`);
  expect(sent()).toBe(SIZE);
  expect(growth).toBeLessThan(ALLOWED);
  socket.destroy();
});

test('a million random paths, hosts and methods add no series and no memory', async () => {
  await using app = await startQuickApp();
  await using sidecar = await startSidecar(['--listen', '0', '--upstream', String(app.port)]);
  await sidecar.admin('PUT', '/rules/r', { match: { path: '/x*' }, share: '50%', faults: [{ abort: 503 }], ttl: '1h' });
  const send = (from: number, count: number): Promise<void> =>
    new Promise((resolve, reject) => {
      const socket = net.connect({ port: sidecar.port, host: '127.0.0.1', noDelay: true });
      let next = from;
      let open = 0;
      const batch = (): void => {
        let text = '';
        for (; open < 100 && next < from + count; open++, next++) {
          const random = (next * 2654435761) >>> 0;
          const method = next % 10 === 0 ? `M${(random % 1e6).toString(36).toUpperCase()}` : 'GET';
          const path = next % 50 === 0 ? `/x${random}` : `/${random.toString(36)}/${next}?q=${random}`;
          text += `${method} ${path} HTTP/1.1\r\nHost: h${random % 9973}.example\r\n\r\n`;
        }
        if (text === '') socket.end();
        else socket.write(text);
      };
      let rest = '';
      socket
        .on('connect', batch)
        .on('data', (bytes) => {
          const heads = (rest + bytes.toString('latin1')).split('\r\n\r\n');
          rest = heads.pop() ?? '';
          open -= heads.length;
          if (open === 0) batch();
        })
        .on('close', () => resolve())
        .on('error', reject);
    });
  const series = async (): Promise<string[]> => {
    const lines = (await sidecar.metrics()).split('\n').filter((line) => !line.startsWith('#'));
    return lines.map((line) => line.slice(0, line.lastIndexOf(' ')));
  };
  await Promise.all(Array.from({ length: 8 }, (_, i) => send(i * 2500, 2500)));
  const before = await series();
  const work = Promise.all(Array.from({ length: 8 }, (_, i) => send(20_000 + i * 125_000, 125_000)));
  const growth = await growthDuring(sidecar, work);
  console.log(`memory: a million random requests add ${mb(growth)}`);
  expect(await series()).toEqual(before);
  expect(sumOf(await sidecar.metrics(), 'sidequake_http_requests_total')).toBe(1_020_000);
  expect(growth).toBeLessThan(ALLOWED);
});

function mb(bytes: number): string {
  return `${(bytes / MB).toFixed(1)} MB`;
}
