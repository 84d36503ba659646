import { lstat, unlink } from 'node:fs/promises';
import net from 'node:net';
import type { Address } from '../config/rule.ts';

/** An address that cannot be listened on; the message is for people. */
export class ListenError extends Error {
  readonly code = 'cannot-listen';
}

/** An address as it is written on the command line. */
export function addressText(address: Address): string {
  if (address.kind === 'unix') return `unix:${address.path}`;
  return address.host.includes(':') ? `[${address.host}]:${address.port}` : `${address.host}:${address.port}`;
}

/**
 * Binds a server. A unix socket that a dead process left behind is removed first; one that answers is not.
 *
 * @param flag - the command-line flag that named the address, for the error
 * @returns the address really bound: port 0 asks the kernel for a free one
 * @throws ListenError
 */
export async function listenOn(server: net.Server, address: Address, flag: string, backlog = 511): Promise<Address> {
  if (address.kind === 'unix') await removeStaleSocket(address.path);
  const where = address.kind === 'unix' ? { path: address.path } : { host: address.host, port: address.port };
  await new Promise<void>((resolve, reject) => {
    const refused = (error: NodeJS.ErrnoException): void => {
      reject(new ListenError(`${flag} ${addressText(address)}: ${explain(error)}`, { cause: error }));
    };
    server.once('error', refused);
    server.listen({ ...where, backlog }, () => {
      server.off('error', refused);
      resolve();
    });
  });
  const bound = server.address();
  return typeof bound === 'object' && bound !== null && address.kind === 'tcp'
    ? { kind: 'tcp', host: address.host, port: bound.port }
    : address;
}

function explain(error: NodeJS.ErrnoException): string {
  switch (error.code) {
    case 'EADDRINUSE':
      return 'is in use by another process: choose another port or end that process';
    case 'EADDRNOTAVAIL':
      return 'is no address of this machine';
    case 'EACCES':
      return 'is not allowed: ports below 1024 need a privilege, a unix socket a folder that can be written';
    case 'ENOTFOUND':
    case 'EAI_AGAIN':
      return 'has a name that cannot be resolved';
    default:
      return error.message;
  }
}

async function removeStaleSocket(path: string): Promise<void> {
  const found = await lstat(path).catch(() => null);
  if (found === null || !found.isSocket()) return;
  const alive = await new Promise<boolean>((resolve) => {
    const probe = net.connect({ path }, () => resolve(true));
    probe.on('connect', () => probe.destroy()).on('error', () => resolve(false));
  });
  if (!alive) await unlink(path);
}
