// Many requests over raw keep-alive connections, and what the proxy says it has done to them.
import net from 'node:net';
import { expect } from 'vitest';
import { binomialInterval } from '../../verifier/stats/binomial.ts';
import type { ProxyUnderTest } from '../support/proxy.ts';

/** An app that answers every request by 200 at once, without parsing more than the ends of heads. */
export async function startQuickApp(): Promise<{ readonly port: number } & AsyncDisposable> {
  const answer = Buffer.from('HTTP/1.1 200 OK\r\nContent-Length: 2\r\n\r\nok');
  const sockets = new Set<net.Socket>();
  const server = net.createServer({ noDelay: true }, (socket) => {
    let rest = '';
    sockets.add(socket);
    socket
      .on('data', (bytes) => {
        const heads = (rest + bytes.toString('latin1')).split('\r\n\r\n');
        rest = heads.pop() ?? '';
        if (heads.length > 0) socket.write(Buffer.concat(heads.map(() => answer)));
      })
      .on('error', () => undefined)
      .on('close', () => sockets.delete(socket));
  });
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  return {
    port: (server.address() as net.AddressInfo).port,
    [Symbol.asyncDispose]: async () => {
      for (const socket of sockets) socket.destroy();
      await new Promise((resolve) => server.close(resolve));
    },
  };
}

/** Answers that the client has seen. */
export interface Seen {
  /** By the number of the request: whether its answer carries the header `sidequake: injected`. */
  readonly injected: readonly boolean[];
}

/** Sends the heads, each once, over this many connections, one at a time on each; waits for every answer. */
export async function sendAll(port: number, connections: number, heads: readonly string[]): Promise<Seen> {
  const injected: boolean[] = [];
  let next = 0;
  const one = (): Promise<void> =>
    new Promise((resolve, reject) => {
      const socket = net.connect({ port, host: '127.0.0.1', noDelay: true });
      let current = -1;
      let text = '';
      const advance = (): void => {
        if (next >= heads.length) return void socket.end();
        current = next++;
        socket.write(heads[current] ?? '', 'latin1');
      };
      socket
        .on('connect', advance)
        .on('data', (bytes) => {
          text += bytes.toString('latin1');
          const end = text.indexOf('\r\n\r\n');
          if (end < 0) return;
          const length = Number(/content-length: (\d+)/i.exec(text)?.[1]);
          if (text.length < end + 4 + length) return;
          if (text.length > end + 4 + length) return void socket.destroy(new Error(`bytes nobody asked for: ${text}`));
          const marked = text.includes('\r\nsidequake: injected ');
          const status = text.slice(9, 12);
          if (status !== (marked ? '503' : '200')) return void socket.destroy(new Error(text));
          injected[current] = marked;
          text = '';
          advance();
        })
        .on('close', () => resolve())
        .on('error', reject);
    });
  await Promise.all(Array.from({ length: Math.min(connections, heads.length) }, one));
  return { injected };
}

/** A plain request; headers as lines without ends. */
export function get(path: string, ...headers: string[]): string {
  return ['GET ' + path + ' HTTP/1.1', 'Host: app', ...headers, '', ''].join('\r\n');
}

/** The value of a metric summed over the series whose labels hold all of these. */
export function sumOf(metrics: string, name: string, ...labels: string[]): number {
  return metrics
    .split('\n')
    .filter((line) => line.startsWith(`${name}{`) && labels.every((label) => line.includes(label)))
    .reduce((sum, line) => sum + Number(line.slice(line.lastIndexOf(' ') + 1)), 0);
}

/** What the client has seen, what the ledger says and what the metrics say are the same numbers. */
export function expectSameCounts(proxy: ProxyUnderTest, id: string, total: number, injected: number): void {
  expect(proxy.counts(id)).toEqual({ matched: total, injected, skipped: { share: total - injected }, active: 0 });
  const metrics = proxy.proxy.metricsText();
  const exchanges = (...labels: string[]): number =>
    sumOf(metrics, 'sidequake_rule_exchanges_total', `rule="${id}"`, ...labels);
  expect(exchanges('outcome="injected"')).toBe(injected);
  expect(exchanges('reason="share"')).toBe(total - injected);
  expect(exchanges()).toBe(total);
  expect(sumOf(metrics, 'sidequake_http_requests_total', 'outcome="injected"')).toBe(injected);
  expect(sumOf(metrics, 'sidequake_http_requests_total', 'outcome="forwarded"')).toBe(total - injected);
  expect(sumOf(metrics, 'istio_requests_total', 'response_flags="FI"')).toBe(injected);
  expect(sumOf(metrics, 'sidequake_http_request_duration_seconds_count')).toBe(total);
}

/** The share is one that chance gives: 999 of 1000 fair runs lie within. Draws are hashed, so this is no flake. */
export function expectShare(injected: number, total: number, share: number): void {
  const { low, high } = binomialInterval(total, share, 0.999);
  expect(injected).toBeGreaterThanOrEqual(low);
  expect(injected).toBeLessThanOrEqual(high);
}
