import type { TunnelReason } from '../observe/connection-metrics.ts';
import { NOT_HTTP, reasonOf } from './ambiguity.ts';

/** First byte of a TLS record that carries a handshake (RFC 8446, 5.1). */
const TLS_HANDSHAKE = 0x16;
/** How the connection preface of HTTP/2 begins (RFC 9113, 3.4). */
const HTTP2_PREFACE = 'PRI * HTTP/2';

/**
 * Why a connection goes on as a tunnel.
 *
 * @param code - the ambiguity found in the client's bytes
 * @param bytes - where it was found
 * @param seen - how many request heads came before
 */
export function tunnelReason(code: number, bytes: Buffer, seen: number): TunnelReason {
  if (code !== NOT_HTTP) return reasonOf(code);
  if (seen > 0) return 'request-line';
  if (bytes[0] === TLS_HANDSHAKE) return 'tls';
  if (bytes.toString('latin1', 0, HTTP2_PREFACE.length) === HTTP2_PREFACE) return 'http2';
  return 'not-http';
}
