/**
 * Addresses of listeners and upstreams: `host:port`, `[v6]:port`, a bare port (then on 127.0.0.1) or `unix:PATH`.
 * Loads nothing but node:net, since a proxy without a file reads addresses too.
 */
import { isIPv6 } from 'node:net';
import { parsed, quoted, refused, type Parsed } from './parsed.ts';
import type { Address } from './rule.ts';

/** The longest path of a unix socket on Linux, in bytes (sun_path, unix(7)). */
const SOCKET_PATH_MOST = 107;
const FORMS = 'write host:port, [v6]:port, a port alone (on 127.0.0.1) or unix:PATH';

export function parseAddress(text: string): Parsed<Address> {
  const written = text.trim();
  if (written.startsWith('unix:')) return unixAddress(written.slice('unix:'.length), text);
  if (/^\d+$/.test(written)) return tcpAddress('127.0.0.1', written, text);
  if (/^[a-z][a-z0-9+.-]*:\/\//i.test(written)) {
    return refused(`${quoted(text)} is a URL: ${FORMS}, without a scheme`);
  }
  const bracketed = /^\[([^\]]*)\]:(\d+)$/.exec(written);
  if (bracketed !== null) {
    const host = bracketed[1] ?? '';
    if (!isIPv6(host)) return refused(`${quoted(text)}: ${quoted(host)} is not an IPv6 address`);
    return tcpAddress(host, bracketed[2] ?? '', text);
  }
  if (isIPv6(written) || /^[^[\]]*:[^[\]]*:/.test(written)) {
    return refused(`${quoted(text)}: an IPv6 address needs brackets and a port, like [::1]:8080`);
  }
  const plain = /^([^:[\]]+):(\d+)$/.exec(written);
  if (plain === null) return refused(`${quoted(text)} is not an address: ${FORMS}`);
  const host = plain[1] ?? '';
  if (!isHostName(host)) return refused(`${quoted(text)}: ${quoted(host)} is not a host name or an IP address`);
  return tcpAddress(host, plain[2] ?? '', text);
}

/** The text that `parseAddress` gives the same address back for. */
export function formatAddress(address: Address): string {
  if (address.kind === 'unix') return `unix:${address.path}`;
  return isIPv6(address.host) ? `[${address.host}]:${address.port}` : `${address.host}:${address.port}`;
}

function unixAddress(path: string, text: string): Parsed<Address> {
  if (path === '') return refused(`${quoted(text)} has no path: write unix:/run/sidequake/admin.sock`);
  if (path.includes('\0')) return refused(`${quoted(text)}: the path of a unix socket cannot hold a zero byte`);
  const bytes = Buffer.byteLength(path);
  if (bytes > SOCKET_PATH_MOST) {
    return refused(`${quoted(text)}: the path has ${bytes} bytes, a unix socket can have ${SOCKET_PATH_MOST}`);
  }
  return parsed({ kind: 'unix', path });
}

/** Port 0 asks the kernel for a free port. */
function tcpAddress(host: string, port: string, text: string): Parsed<Address> {
  const number = Number(port);
  if (number > 65_535) return refused(`${quoted(text)}: a port is at most 65535`);
  return parsed({ kind: 'tcp', host, port: number });
}

/** Names as the resolver takes them (underscores occur in clusters), dotted numbers only as a whole IPv4 address. */
function isHostName(host: string): boolean {
  if (/^[\d.]+$/.test(host))
    return /^(\d{1,3}\.){3}\d{1,3}$/.test(host) && host.split('.').every((part) => Number(part) <= 255);
  return host.length <= 253 && /^[a-z0-9_]([a-z0-9_-]*[a-z0-9_])?(\.[a-z0-9_]([a-z0-9_-]*[a-z0-9_])?)*\.?$/i.test(host);
}
