/** What both control listeners share: a table of paths over HTTP/1.1, with an end that waits for nobody. */
import { createServer, type Server, type Socket } from 'node:net';
import type { Address } from '../config/rule.ts';
import { bind } from '../listen/bind.ts';
import { ControlConnection } from './control-connection.ts';
import type { ControlRequest } from './control-request.ts';
import { failure, type Reply } from './reply.ts';

/** Answers one request; what it throws is answered by 500. `id` is the last segment of a path with `{id}`. */
export type Handler = (request: ControlRequest, id: string) => Reply | Promise<Reply>;

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
  /** Asked first: the refusal of a request that may not be made at all. */
  readonly guard?: (request: ControlRequest) => Reply | undefined;
  /** Told of requests that failed by a fault of ours. */
  readonly warn: (message: string) => void;
}

/** Mode of a control listener's unix socket: whoever reaches it can break traffic. */
const OWNER_ONLY = 0o600;
/** What is being answered at the end has this long. */
const CLOSE_MS = 1000;
/** These listeners serve a handful of clients; file descriptors belong to the traffic. */
const MOST_CONNECTIONS = 256;

/** A running control listener. */
export class ControlServer {
  /** With the port that was chosen where port 0 was asked for. */
  readonly address: Address;
  readonly #server: Server;
  readonly #connections: ReadonlyMap<Socket, ControlConnection>;

  private constructor(server: Server, connections: ReadonlyMap<Socket, ControlConnection>, address: Address) {
    this.#server = server;
    this.#connections = connections;
    this.address = address;
  }

  /** @throws {BindError} where the address cannot be listened on */
  static async start(options: ControlServerOptions): Promise<ControlServer> {
    const connections = new Map<Socket, ControlConnection>();
    const server = createServer({ noDelay: true }, (socket) => {
      connections.set(socket, new ControlConnection(socket, (request) => answer(request, options)));
      socket.on('close', () => connections.delete(socket));
    });
    server.maxConnections = MOST_CONNECTIONS;
    const address = await bind(server, options.address, options.flag, OWNER_ONLY);
    server.on('error', (error) => options.warn(`${options.flag}: ${describe(error)}`));
    return new ControlServer(server, connections, address);
  }

  /** Closes idle connections at once and those in use behind their answer, a second later at the latest. */
  async [Symbol.asyncDispose](): Promise<void> {
    if (!this.#server.listening) return;
    const closed = new Promise<void>((resolve) => this.#server.close(() => resolve()));
    for (const connection of this.#connections.values()) connection.end();
    const timer = setTimeout(() => {
      for (const socket of this.#connections.keys()) socket.destroy();
    }, CLOSE_MS);
    await closed;
    clearTimeout(timer);
  }
}

async function answer(request: ControlRequest, options: ControlServerOptions): Promise<Reply> {
  try {
    return options.guard?.(request) ?? (await route(request, options.endpoints));
  } catch (error) {
    options.warn(`${options.flag}: ${request.method} ${request.path} failed: ${describe(error)}`);
    return failure('internal', error instanceof Error ? error.message : String(error));
  }
}

function route(request: ControlRequest, endpoints: readonly Endpoint[]): Reply | Promise<Reply> {
  const found = find(endpoints, request.path);
  if (found === undefined) {
    const known = endpoints.map((endpoint) => endpoint.path).join(', ');
    return failure('not-found', `there is no ${request.path} here: ${known}`);
  }
  const { endpoint, id } = found;
  const method = request.method === 'HEAD' ? 'GET' : request.method;
  const handler = Object.hasOwn(endpoint.methods, method) ? endpoint.methods[method] : undefined;
  if (handler !== undefined) return handler(request, id);
  const allowed = Object.keys(endpoint.methods).flatMap((name) => (name === 'GET' ? ['GET', 'HEAD'] : [name]));
  const allow = allowed.join(', ');
  return failure('method-not-allowed', `${endpoint.path} takes ${allow}, not ${request.method}`, { allow });
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
