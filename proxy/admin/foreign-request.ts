/**
 * Keeps web pages out of the admin listener. It asks for no credentials, since who can reach it on loopback could as
 * well end the process; but a browser on the same machine reaches it too, on behalf of any page.
 */
import { isIP } from 'node:net';
import type { Address } from '../config/rule.ts';
import type { ControlRequest } from './control-request.ts';
import type { ErrorCode } from './reply.ts';

export interface Foreign {
  readonly code: Extract<ErrorCode, 'foreign-host' | 'foreign-origin'>;
  readonly message: string;
}

/** Why a request is refused; undefined where it is not. */
export function foreign({ header }: Pick<ControlRequest, 'header'>, address: Address): Foreign | undefined {
  if (header('origin') !== undefined) {
    // Browsers send it with every request that could change something; programs have no reason to.
    return { code: 'foreign-origin', message: 'requests of web pages (with an Origin header) are not taken here' };
  }
  const host = header('host');
  // A browser cannot open a unix socket, and it never leaves the Host header out.
  if (address.kind === 'unix' || host === undefined || isOwnName(host, address.host)) return undefined;
  // DNS rebinding: a page's own name that points to 127.0.0.1 for a moment. Its Host header still has the name.
  return {
    code: 'foreign-host',
    message: `the Host header ${JSON.stringify(host)} is not an IP address, localhost or ${address.host}`,
  };
}

/** Whether only this machine can reach the address. */
export function isLoopback(address: Address): boolean {
  if (address.kind === 'unix') return true;
  const host = address.host.toLowerCase();
  return host === 'localhost' || host === '::1' || /^(::ffff:)?127\.\d+\.\d+\.\d+$/.test(host);
}

function isOwnName(host: string, listenHost: string): boolean {
  const name = host.toLowerCase().replace(/:\d*$/, '');
  const bare = name.replace(/^\[(.*)\]$/, '$1');
  return isIP(bare) !== 0 || name === 'localhost' || name.endsWith('.localhost') || name === listenHost.toLowerCase();
}
