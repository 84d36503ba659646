import type { RequestHead } from './request-head.ts';
import type { HeadScan } from './scan-head.ts';

/** The client does not expect the connection to go on: it says so, or speaks HTTP/1.0 (RFC 9112, 9.3). */
export function asksToClose(head: RequestHead, scan: HeadScan): boolean {
  return scan.minor === 0 || /(?:^|,)[ \t]*close[ \t]*(?:,|$)/i.test(head.header('connection') ?? '');
}

/**
 * Whether the connection has to end behind an answer in the app's place. A client that asked `Expect: 100-continue` may
 * or may not send the body then, so what follows cannot be told apart.
 */
export function wantsClose(head: RequestHead, scan: HeadScan): boolean {
  return scan.expect || asksToClose(head, scan);
}
