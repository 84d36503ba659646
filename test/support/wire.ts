// Two scripted peers on raw sockets: what each sends, byte by byte, and what each saw in the end.
import net from 'node:net';

/** One thing a peer does. Steps run in order. */
export type Step =
  | { readonly send: string | Buffer }
  /** Until this many bytes have come in all, or the peer has ended. */
  | { readonly until: number }
  /** Until the other side has sent its FIN, or the connection is gone. */
  | { readonly untilEnd: true }
  | { readonly pauseMs: number }
  | { readonly end: true }
  | { readonly reset: true };

export interface Seen {
  /** As latin1 text, so that a difference can be read in the output of a test. */
  readonly bytes: string;
  /** How the other side's bytes ended. */
  readonly end: 'fin' | 'reset';
}

export const send = (bytes: string | Buffer): Step => ({ send: bytes });
export const until = (bytes: number): Step => ({ until: bytes });
export const pause = (ms: number): Step => ({ pauseMs: ms });
export const end: Step = { end: true };
export const untilEnd: Step = { untilEnd: true };
export const reset: Step = { reset: true };

/** Runs the script on a connected socket; resolves when the connection is over. */
async function play(socket: net.Socket, steps: readonly Step[]): Promise<Seen> {
  const chunks: Buffer[] = [];
  let received = 0;
  let over = false;
  let how: Seen['end'] | null = null;
  let wake = (): void => undefined;
  const closed = new Promise<void>((resolve) => {
    socket
      .on('data', (chunk) => {
        chunks.push(chunk);
        received += chunk.length;
        wake();
      })
      .on('end', () => {
        how ??= 'fin';
        over = true;
        wake();
      })
      .on('error', () => {
        how = 'reset';
        over = true;
        wake();
      })
      .on('close', () => {
        over = true;
        wake();
        resolve();
      });
  });
  const waitFor = async (done: () => boolean): Promise<void> => {
    while (!done() && !over) await new Promise<void>((resolve) => (wake = resolve));
  };
  for (const step of steps) {
    if (socket.destroyed) break;
    if ('send' in step) socket.write(typeof step.send === 'string' ? Buffer.from(step.send, 'latin1') : step.send);
    else if ('until' in step) await waitFor(() => received >= step.until);
    else if ('untilEnd' in step) await waitFor(() => false);
    else if ('pauseMs' in step) await new Promise((resolve) => setTimeout(resolve, step.pauseMs));
    else if ('end' in step) socket.end();
    else {
      socket.resetAndDestroy();
      how ??= 'reset';
    }
  }
  if (!socket.destroyed && !socket.writableEnded) {
    await waitFor(() => false);
    socket.end();
  }
  await closed;
  return { bytes: Buffer.concat(chunks).toString('latin1'), end: how ?? 'fin' };
}

export interface ScriptedServer extends AsyncDisposable {
  readonly port: number;
  /** What the server saw of each connection, in order of accepting. */
  readonly seen: Promise<Seen>[];
}

/** A server that plays the same script on each connection. */
export async function scriptedServer(steps: readonly Step[]): Promise<ScriptedServer> {
  const seen: Promise<Seen>[] = [];
  const sockets = new Set<net.Socket>();
  const server = net.createServer({ allowHalfOpen: true, noDelay: true }, (socket) => {
    sockets.add(socket);
    seen.push(play(socket, steps));
  });
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  return {
    port: (server.address() as net.AddressInfo).port,
    seen,
    [Symbol.asyncDispose]: async () => {
      for (const socket of sockets) socket.destroy();
      await new Promise((resolve) => server.close(resolve));
    },
  };
}

/** Connects and plays a script; half-open, so that one side may end first. */
export async function playClient(port: number, steps: readonly Step[]): Promise<Seen> {
  const socket = net.connect({ port, host: '127.0.0.1', allowHalfOpen: true, noDelay: true });
  return play(socket, steps);
}
