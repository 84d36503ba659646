import type { RequestHead } from './request-head.ts';
import type { HeadScan } from './scan-head.ts';

/**
 * Whether the connection has to end behind an answer of ours. An HTTP/1.0 client may not expect it to go on; one that
 * asked `Expect: 100-continue` may or may not send the body, so what follows cannot be told apart.
 */
export function wantsClose(head: RequestHead, scan: HeadScan): boolean {
  if (scan.minor === 0 || scan.expect) return true;
  return /(?:^|,)[ \t]*close[ \t]*(?:,|$)/i.test(head.header('connection') ?? '');
}
