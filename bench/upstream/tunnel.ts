/** The raw byte stream of the tunnel scenario: both ends know what byte belongs where. */
import type { Socket } from 'node:net';

/** The stream repeats this block. */
export const BLOCK = buildBlock(65_536);

/**
 * What a client says first, then a number of bytes and a line end. It is neither HTTP nor TLS, so every engine has to
 * treat the connection as bytes.
 */
export const GREETING = 'stream ';

/** Reads `stream N\n` and sends N bytes, as fast as the other side takes them, then ends. */
export function serveTunnel(socket: Socket): void {
  let asked = '';
  socket.on('error', () => socket.destroy());
  const onData = (chunk: Buffer): void => {
    asked += chunk.toString('latin1');
    if (!asked.includes('\n')) return;
    socket.off('data', onData).resume();
    pump(socket, Number(asked.slice(GREETING.length)));
  };
  socket.on('data', onData);
}

/** Whether a chunk that starts at this place in the stream is what was sent, at its first and last byte. */
export function belongs(chunk: Buffer, offset: number): boolean {
  const last = chunk.length - 1;
  return chunk[0] === BLOCK[offset % BLOCK.length] && chunk[last] === BLOCK[(offset + last) % BLOCK.length];
}

function pump(socket: Socket, bytes: number): void {
  let left = bytes;
  const send = (): void => {
    while (left > 0) {
      const size = Math.min(left, BLOCK.length);
      left -= size;
      if (!socket.write(size === BLOCK.length ? BLOCK : BLOCK.subarray(0, size))) return;
    }
    socket.off('drain', send).end();
  };
  socket.on('drain', send);
  send();
}

function buildBlock(size: number): Buffer {
  const block = Buffer.alloc(size);
  // 251 is prime: a shift by any power of two shows.
  for (let at = 0; at < size; at++) block[at] = at % 251;
  return block;
}
