// The shell of every service of the shop: `node NAME.ts --listen PORT --metrics PORT ...`. Says when it listens, ends
// when it is told to.
import { createServer, type IncomingMessage, type Server as HttpServer, type ServerResponse } from 'node:http';
import type { Server } from 'node:net';
import { parseArgs } from 'node:util';
import { metricsServer, type Metrics } from './metrics.ts';

/** What the command line of a service says. */
export interface Arguments {
  readonly listen: number;
  readonly metrics: number;
  /** Address of the next service, as `host:port`; '' for the store, which asks nobody. */
  readonly upstream: string;
  /** Timeouts, retries and fallbacks: on or off. */
  readonly careful: boolean;
}

/** An answer of a service. */
export interface Reply {
  readonly status: number;
  readonly type: string;
  readonly body: string;
}

/** The command line of this process. */
export function serviceArguments(args: readonly string[] = process.argv.slice(2)): Arguments {
  const { values } = parseArgs({
    args: [...args],
    options: {
      listen: { type: 'string' },
      metrics: { type: 'string' },
      upstream: { type: 'string', default: '' },
      careful: { type: 'boolean', default: false },
    },
  });
  return { ...values, listen: Number(values.listen), metrics: Number(values.metrics) };
}

/** An HTTP server that answers by `reply`, with 500 where it throws, and counts every request. */
export function httpService(metrics: Metrics, reply: (path: string) => Promise<Reply>): HttpServer {
  const answer = async (request: IncomingMessage, response: ServerResponse): Promise<void> => {
    const begun = performance.now();
    response.once('close', () => {
      // A caller that gave up is no answer of ours: nginx calls it 499.
      const code = response.writableFinished ? String(response.statusCode) : '499';
      metrics.request(code, (performance.now() - begun) / 1000);
    });
    const { status, type, body } = await reply(request.url ?? '/').catch((error: unknown) => ({
      status: 500,
      type: 'text/plain',
      body: `${error instanceof Error ? error.message : String(error)}\n`,
    }));
    response.writeHead(status, { 'content-type': `${type}; charset=utf-8` }).end(body);
  };
  // `answer` never rejects: what a service throws has become a 500.
  const server = createServer((request, response) => void answer(request, response));
  // Longer than any pause of the callers' pools: a kept connection is never closed under a request.
  server.keepAliveTimeout = 120_000;
  return server;
}

/** Opens both ports, says so on stdout, and ends the process at SIGTERM. */
export async function runService(name: string, server: Server, metrics: Metrics, args: Arguments): Promise<void> {
  const observe = metricsServer(metrics);
  await Promise.all([listen(server, args.listen), listen(observe, args.metrics)]);
  process.once('SIGTERM', () => process.exit(0));
  process.stdout.write(`${name} listens on 127.0.0.1:${args.listen}\n`);
}

function listen(server: Server, port: number): Promise<void> {
  return new Promise((listening, failed) => {
    server.once('error', failed).listen(port, '127.0.0.1', () => listening());
  });
}
