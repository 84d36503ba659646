/**
 * Everything that touches Node's less public surface, in one place. `test/proxy/listen/private-net.test.ts` fails when
 * a Node release changes what is relied on here.
 */
import net from 'node:net';

/** The native handle of an accepted connection, before any socket has been made for it. */
export interface AcceptedHandle {
  setNoDelay?: (on: boolean) => void;
}

interface ServerInternals {
  _handle: { onconnection?: (error: number, handle: AcceptedHandle) => void } | null;
}

/**
 * Hands over each accepted connection as its native handle. A listening server makes a socket of its own for every
 * connection, and that one cannot be given a read buffer (`onread`): each connection would pay for two sockets.
 *
 * @param onError - called where the kernel refuses to accept (out of descriptors): nothing was accepted then
 */
export function takeAcceptedHandles(
  server: net.Server,
  onAccept: (handle: AcceptedHandle) => void,
  onError: () => void,
): void {
  const handle = (server as unknown as ServerInternals)._handle;
  if (typeof handle?.onconnection !== 'function') {
    throw new Error(`Node ${process.versions.node} does not let a server hand over accepted connections`);
  }
  handle.onconnection = (error, accepted) => {
    if (error) onError();
    else onAccept(accepted);
  };
}

/** A socket on an accepted handle that reads into the buffers it is given. It does not read before `resume()`. */
export function adoptHandle(handle: AcceptedHandle, onread: net.OnReadOpts): net.Socket {
  handle.setNoDelay?.(true);
  const options = { handle, allowHalfOpen: true, manualStart: true, onread };
  return new net.Socket(options as unknown as net.SocketConstructorOpts);
}

/**
 * Ends a connection by RST, throwing away what was not sent. A unix socket knows no reset, and libuv refuses one while
 * a FIN is on its way (its handle would leak): those are closed.
 */
export function resetNow(socket: net.Socket): void {
  const handle = (socket as unknown as { _handle: { reset?: unknown } | null })._handle;
  const finPending = socket.writableEnded && !socket.writableFinished;
  if (typeof handle?.reset === 'function' && !socket.connecting && !finPending) socket.resetAndDestroy();
  else socket.destroy();
}
