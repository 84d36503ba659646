/** What both control listeners share: an HTTP server on a table of paths, with an end that waits for nobody. */
import { createServer, type IncomingMessage, type Server, type ServerResponse } from 'node:http';
import type { Address } from '../config/rule.ts';
import { bind } from './bind.ts';
import { sendError } from './reply.ts';

/** Answers one request; what it throws is answered by 500. */
export type Handler = (request: IncomingMessage, response: ServerResponse, id: string) => void | Promise<void>;

/** One path. `{id}` at its end stands for one segment. */
interface Endpoint {
  readonly path: string;
  /** By method; HEAD is answered wherever GET is. */
  readonly methods: Readonly<Record<string, Handler>>;
}

export interface ControlServerOptions {
  readonly address: Address;
  /** What the address was given by, for messages: `--admin`. */
  readonly flag: string;
  readonly endpoints: readonly Endpoint[];
  /** Asked first: true where it has answered, and refused, the request itself. */
  readonly guard?: (request: IncomingMessage, response: ServerResponse) => boolean;
  /** Told of requests that failed by a fault of ours. */
  readonly warn: (message: string) => void;
}

/** Above the pause between two scrapes or probes, so that their connections are not closed under them. */
const KEEP_ALIVE_MS = 120_000;
/** A request, body included, is small: who takes longer is not heard out. */
const REQUEST_MS = 30_000;
/** What is being answered at the end has this long. */
const CLOSE_MS = 1000;
/** These listeners serve a handful of clients; file descriptors belong to the traffic. */
const MOST_CONNECTIONS = 256;

/** A running control listener. */
export class ControlServer {
  /** With the port that was chosen where port 0 was asked for. */
  readonly address: Address;
  private readonly server: Server;

  private constructor(server: Server, address: Address) {
    this.server = server;
    this.address = address;
  }

  /** @throws {BindError} where the address cannot be listened on */
  static async start(options: ControlServerOptions): Promise<ControlServer> {
    const server = createServer(
      { keepAliveTimeout: KEEP_ALIVE_MS, requestTimeout: REQUEST_MS },
      (request, response) => {
        answer(request, response, options).catch((error: unknown) => {
          options.warn(`${options.flag}: ${request.method} ${request.url} failed: ${describe(error)}`);
          if (response.headersSent) response.destroy();
          else sendError(response, 'internal', error instanceof Error ? error.message : String(error));
        });
      },
    );
    server.maxConnections = MOST_CONNECTIONS;
    const address = await bind(server, options.address, options.flag);
    server.on('error', (error) => options.warn(`${options.flag}: ${describe(error)}`));
    return new ControlServer(server, address);
  }

  /** Closes idle connections at once and those in use after a second. */
  async [Symbol.asyncDispose](): Promise<void> {
    if (!this.server.listening) return;
    const closed = new Promise<void>((resolve) => this.server.close(() => resolve()));
    this.server.closeIdleConnections();
    const timer = setTimeout(() => this.server.closeAllConnections(), CLOSE_MS);
    await closed;
    clearTimeout(timer);
  }
}

async function answer(
  request: IncomingMessage,
  response: ServerResponse,
  options: ControlServerOptions,
): Promise<void> {
  if (options.guard?.(request, response)) return;
  const path = (request.url ?? '/').replace(/\?.*$/s, '');
  const found = find(options.endpoints, path);
  if (found === undefined) {
    const known = options.endpoints.map((endpoint) => endpoint.path).join(', ');
    sendError(response, 'not-found', `there is no ${path} here: ${known}`);
    return;
  }
  const { endpoint, id } = found;
  const method = request.method === 'HEAD' ? 'GET' : (request.method ?? '');
  const handler = Object.hasOwn(endpoint.methods, method) ? endpoint.methods[method] : undefined;
  if (handler === undefined) {
    const allowed = Object.keys(endpoint.methods).flatMap((name) => (name === 'GET' ? ['GET', 'HEAD'] : [name]));
    response.setHeader('allow', allowed.join(', '));
    sendError(response, 'method-not-allowed', `${endpoint.path} takes ${allowed.join(', ')}, not ${request.method}`);
    return;
  }
  await handler(request, response, id);
}

function find(endpoints: readonly Endpoint[], path: string): { endpoint: Endpoint; id: string } | undefined {
  for (const endpoint of endpoints) {
    if (endpoint.path === path) return { endpoint, id: '' };
    if (!endpoint.path.endsWith('{id}')) continue;
    const prefix = endpoint.path.slice(0, -'{id}'.length);
    const segment = path.slice(prefix.length);
    if (path.startsWith(prefix) && segment !== '' && !segment.includes('/')) return { endpoint, id: decoded(segment) };
  }
  return undefined;
}

/** As written where the escapes make no sense: then it is no id of a rule either. */
function decoded(segment: string): string {
  try {
    return decodeURIComponent(segment);
  } catch {
    return segment;
  }
}

function describe(error: unknown): string {
  return error instanceof Error ? (error.stack ?? error.message) : String(error);
}
