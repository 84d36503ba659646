import * as fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { INCOMPLETE, reasonOf } from '../../../proxy/http1/ambiguity.ts';
import { RequestHead } from '../../../proxy/http1/request-head.ts';
import { HeadScan, scanRequestHead, scanResponseHead } from '../../../proxy/http1/scan-head.ts';

/** Scans in a buffer with other bytes before and stale ones behind, as a read buffer has them. */
function scan(text: string, kind: 'request' | 'response' = 'request'): string {
  const bytes = Buffer.from(`##${text}\r\nstale: x\r\n\r\n`, 'latin1');
  const end = 2 + Buffer.byteLength(text, 'latin1');
  const out = new HeadScan();
  const view = new RequestHead();
  const at = kind === 'request' ? scanRequestHead(bytes, 2, end, out, view) : scanResponseHead(bytes, 2, end, out);
  if (at === INCOMPLETE) return 'incomplete';
  if (at < 0) return reasonOf(at);
  const length = out.chunked ? 'chunked' : out.contentLength;
  const more = [out.upgrade ? ' upgrade' : '', out.expect ? ' expect' : ''].join('');
  const left = end - at;
  if (kind === 'response') return `${out.status} 1.${out.minor} ${length}${more} +${left}`;
  return `${view.method()} ${view.path()} ${view.host()} 1.${out.minor} ${length}${more} +${left}`;
}

const line = 'GET /a?b=c HTTP/1.1\r\n';

describe('request heads', () => {
  test.each([
    [`${line}\r\n`, 'GET /a undefined 1.1 -1 +0'],
    [`${line}Host: App:80\r\n\r\n`, 'GET /a app 1.1 -1 +0'],
    [`${line}Content-Length: 12\r\n\r\nrest`, 'GET /a undefined 1.1 12 +4'],
    [`${line}CONTENT-LENGTH:\t 7 \r\n\r\n`, 'GET /a undefined 1.1 7 +0'],
    [`${line}transfer-encoding: Chunked\r\n\r\n`, 'GET /a undefined 1.1 chunked +0'],
    [`${line}Transfer-Encoding: gzip, chunked\r\n\r\n`, 'GET /a undefined 1.1 chunked +0'],
    [`${line}Upgrade: h2c\r\nExpect: 100-continue\r\n\r\n`, 'GET /a undefined 1.1 -1 upgrade expect +0'],
    ['GET http://B:1/x?y HTTP/1.1\r\nHost: a\r\n\r\n', 'GET /x b 1.1 -1 +0'],
    ['GET http://B?y HTTP/1.1\r\n\r\n', 'GET / b 1.1 -1 +0'],
    ['OPTIONS * HTTP/1.0\r\n\r\n', 'OPTIONS * undefined 1.0 -1 +0'],
    ['', 'incomplete'],
    ['GET', 'incomplete'],
    ['GET /a', 'incomplete'],
    ['GET /a HTT', 'incomplete'],
    ['GET /a HTTP/1.1', 'incomplete'],
    [`${line}Host`, 'incomplete'],
    [`${line}Host: a`, 'incomplete'],
    [`${line}Host: a\r`, 'incomplete'],
    [`${line}Host: a\r\n`, 'incomplete'],
    [`${line}Host: a\r\n\r`, 'incomplete'],
    ['\x16\x03\x01', 'not-http'],
    ['PING\r\n', 'not-http'],
    ['*1\r\n$4\r\n', 'not-http'],
    ['PRI * HTTP/2.0\r\n\r\n', 'not-http'],
    ['HELO a b\r\n', 'not-http'],
    ['GET /a\r\n', 'request-line'],
    ['GET  /a HTTP/1.1\r\n\r\n', 'request-line'],
    ['GET /a b HTTP/1.1\r\n\r\n', 'request-line'],
    ['GET /a HTTP/1.2\r\n\r\n', 'request-line'],
    ['GET /a HTTP/1.1 \r\n\r\n', 'request-line'],
    ['GET /a HTTP/1.1\nHost: a\n\n', 'bare-line-end'],
    [`${line}Host: a\n\r\n`, 'bare-line-end'],
    [`${line}Host: a\rb\r\n\r\n`, 'bare-line-end'],
    [`${line}Host: a\r\n\n`, 'bare-line-end'],
    [`${line}Host: a\0\r\n\r\n`, 'control-character'],
    [`${line}Host: a\x7f\x01\r\n\r\n`, 'control-character'],
    [`${line}Host : a\r\n\r\n`, 'header-name'],
    [`${line}: a\r\n\r\n`, 'header-name'],
    [`${line}Hö: a\r\n\r\n`, 'header-name'],
    [`${line}X: a\r\n b\r\n\r\n`, 'header-fold'],
    [`${line}\tX: a\r\n\r\n`, 'header-fold'],
    [`${line}Content-Length: 1\r\nContent-Length: 1\r\n\r\n`, 'content-length'],
    [`${line}Content-Length: 1, 1\r\n\r\n`, 'content-length'],
    [`${line}Content-Length: -1\r\n\r\n`, 'content-length'],
    [`${line}Content-Length: 0x1\r\n\r\n`, 'content-length'],
    [`${line}Content-Length: \r\n\r\n`, 'content-length'],
    [`${line}Content-Length: 9999999999999999\r\n\r\n`, 'content-length'],
    [`${line}Transfer-Encoding: chunked\r\nTransfer-Encoding: chunked\r\n\r\n`, 'transfer-encoding'],
    [`${line}Transfer-Encoding: chunked, gzip\r\n\r\n`, 'transfer-encoding'],
    [`${line}Transfer-Encoding: "chunked"\r\n\r\n`, 'transfer-encoding'],
    [`${line}Transfer-Encoding: chunked\r\nContent-Length: 1\r\n\r\n`, 'length-and-encoding'],
    ['GET / HTTP/1.0\r\nTransfer-Encoding: chunked\r\n\r\n', 'transfer-encoding'],
  ])('%j -> %s', (text, expected) => {
    expect(scan(text)).toBe(expected);
  });
});

describe('response heads', () => {
  test.each([
    ['HTTP/1.1 200 OK\r\nContent-Length: 2\r\n\r\nok', '200 1.1 2 +2'],
    ['HTTP/1.0 404\r\n\r\n', '404 1.0 -1 +0'],
    ['HTTP/1.1 101 Go\r\nUpgrade: x\r\n\r\n', '101 1.1 -1 upgrade +0'],
    ['HTTP/1.1 200 \r\n\r\n', '200 1.1 -1 +0'],
    ['HTTP/1.1 2', 'incomplete'],
    ['HTTP/1.1 200 OK\r\nA: b', 'incomplete'],
    ['HTTP/2.0 200 OK\r\n\r\n', 'status-line'],
    ['HTTP/1.1 20 OK\r\n\r\n', 'status-line'],
    ['HTTP/1.1 2000 OK\r\n\r\n', 'status-line'],
    ['http/1.1 200 OK\r\n\r\n', 'status-line'],
    ['SSH-2.0-openssh\r\n', 'status-line'],
    ['HTTP/1.1 200 OK\nA: b\n\n', 'bare-line-end'],
  ])('%j -> %s', (text, expected) => {
    expect(scan(text, 'response')).toBe(expected);
  });
});

test('a whole head is never whole before its last byte, wherever it is cut', () => {
  const text = `${line}Host: a\r\nContent-Length: 3\r\nX-Long: ${'v'.repeat(50)}\r\n\r\n`;
  for (let cut = 0; cut < text.length; cut++) expect(scan(text.slice(0, cut))).toBe('incomplete');
});

test('no bytes make the scanner throw or run past the end', () => {
  fc.assert(
    fc.property(
      fc.uint8Array({ maxLength: 200 }),
      fc.constantFrom('', 'GET / HTTP/1.1\r\n', 'HTTP/1.1 200 OK\r\n'),
      (tail, start) => {
        const bytes = Buffer.concat([Buffer.from(start), tail]);
        const out = new HeadScan();
        expect(scanRequestHead(bytes, 0, bytes.length, out, new RequestHead())).toBeLessThanOrEqual(bytes.length);
        expect(scanResponseHead(bytes, 0, bytes.length, out)).toBeLessThanOrEqual(bytes.length);
      },
    ),
  );
});
