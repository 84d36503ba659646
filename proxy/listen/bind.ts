/** Binds a control listener to its address, and says by flag and address why it cannot. */
import { chmod, lstat, stat, unlink } from 'node:fs/promises';
import { connect, type ListenOptions, type Server } from 'node:net';
import { dirname } from 'node:path';
import { formatAddress } from '../config/address.ts';
import type { Address } from '../config/rule.ts';

/**
 * Connections that wait to be accepted. Node's 511 is soon full when a thousand clients connect at once, and the kernel
 * then lets each wait a second or more for its next try; it cuts the number to its own limit (net.core.somaxconn).
 */
const BACKLOG = 4096;

/** A listener cannot be opened. The message names flag, address and cause. */
export class BindError extends Error {
  readonly code = 'cannot-listen';
}

/**
 * Listens. A unix socket that nobody serves any more is removed first.
 *
 * @param mode of a new unix socket; without it the process's umask decides
 * @param flag what the address was given by, like `--admin`
 * @returns the address with the port that the kernel has chosen where port 0 was asked for
 * @throws {BindError}
 */
export async function bind(server: Server, address: Address, flag: string, mode?: number): Promise<Address> {
  try {
    if (address.kind === 'unix') {
      await removeStale(address.path);
      await listen(server, { path: address.path, backlog: BACKLOG });
      if (mode !== undefined) await chmod(address.path, mode);
      return address;
    }
    await listen(server, { host: address.host, port: address.port, backlog: BACKLOG });
  } catch (error) {
    throw new BindError(`${flag} ${formatAddress(address)}: ${causeOf(error, address)}`, { cause: error });
  }
  const bound = server.address();
  return typeof bound === 'object' && bound !== null ? { ...address, port: bound.port } : address;
}

function listen(server: Server, options: ListenOptions): Promise<void> {
  return new Promise((resolve, reject) => {
    server.once('error', reject);
    server.listen(options, () => {
      server.off('error', reject);
      resolve();
    });
  });
}

/** A socket file outlives the process that made it: only an attempt to connect tells whether somebody is there. */
async function removeStale(path: string): Promise<void> {
  let isSocket: boolean;
  try {
    isSocket = (await lstat(path)).isSocket();
  } catch (error) {
    if (codeOf(error) !== 'ENOENT') throw error;
    // Asked here, as listen() says EACCES of a missing directory.
    await stat(dirname(path));
    return;
  }
  if (!isSocket) throw new Error('there is a file of this name that is not a socket');
  if (!(await isServed(path))) await unlink(path);
}

function isServed(path: string): Promise<boolean> {
  return new Promise((resolve, reject) => {
    const socket = connect(path);
    socket.once('connect', () => {
      socket.destroy();
      resolve(true);
    });
    socket.once('error', (error) => {
      const code = codeOf(error);
      if (code === 'ECONNREFUSED' || code === 'ENOENT') resolve(false);
      else reject(error);
    });
  });
}

function causeOf(error: unknown, address: Address): string {
  const what = address.kind === 'unix' ? 'socket' : 'port';
  switch (codeOf(error)) {
    case 'EADDRINUSE':
      return `the ${what} is in use by another process: end it or choose another one`;
    case 'EACCES':
      return `this user may not open the ${what}`;
    case 'EADDRNOTAVAIL':
      return 'this machine does not have that address';
    case 'ENOTFOUND':
    case 'EAI_AGAIN':
      return 'the name is not known to the resolver';
    case 'ENOENT':
      return 'the directory of the socket does not exist';
    default:
      return error instanceof Error ? error.message : String(error);
  }
}

function codeOf(error: unknown): unknown {
  return error instanceof Error ? (error as NodeJS.ErrnoException).code : undefined;
}
