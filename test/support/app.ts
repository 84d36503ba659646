// An app behind a proxy, and a client that counts what it gets.
import http from 'node:http';
import type { AddressInfo } from 'node:net';

export interface App extends AsyncDisposable {
  readonly port: number;
  /** Requests that have reached the app. */
  readonly requests: string[];
}

/** Answers 200 with the request's target as body, once the request has come in whole. */
export async function startApp(options: { readonly keepAliveTimeoutMs?: number } = {}): Promise<App> {
  const requests: string[] = [];
  const server = http.createServer((request, response) => {
    request.resume().on('end', () => {
      requests.push(`${request.method} ${request.url}`);
      response.end(request.url);
    });
  });
  server.keepAliveTimeout = options.keepAliveTimeoutMs ?? 60_000;
  server.keepAliveTimeoutBuffer = 0;
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  return {
    port: (server.address() as AddressInfo).port,
    requests,
    [Symbol.asyncDispose]: async () => {
      server.closeAllConnections();
      await new Promise((resolve) => server.close(resolve));
    },
  };
}

export interface Got {
  readonly status: number;
  readonly headers: http.IncomingHttpHeaders;
  readonly body: string;
  readonly tookMs: number;
}

export interface CallOptions {
  readonly method?: string;
  readonly headers?: http.OutgoingHttpHeaders;
  readonly body?: string;
  readonly agent?: http.Agent;
  readonly signal?: AbortSignal;
}

/** One exchange. Rejects with Node's error where the connection breaks. */
export function call(port: number, path: string, options: CallOptions = {}): Promise<Got> {
  const startedAt = performance.now();
  const { body, ...rest } = options;
  return new Promise((resolve, reject) => {
    const request = http.request({ host: '127.0.0.1', port, path, ...rest }, (response) => {
      let text = '';
      response
        .setEncoding('latin1')
        .on('data', (chunk: string) => (text += chunk))
        .on('end', () => {
          const { statusCode = 0, headers } = response;
          resolve({ status: statusCode, headers, body: text, tookMs: performance.now() - startedAt });
        })
        .on('error', reject);
    });
    request.on('error', reject).end(body);
  });
}
