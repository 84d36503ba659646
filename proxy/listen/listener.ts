/** One listening address and the links of its connections. */
import net from 'node:net';
import type { Address } from '../config/rule.ts';
import { Http1Connection, type ConnectionOwner } from '../http1/connection.ts';
import type { ConnectionView, Traffic } from '../http1/traffic.ts';
import { countIn, type TunnelReason } from '../observe/connection-metrics.ts';
import type { SkipReason } from '../rules/ledger.ts';
import { Link, type ByteHandler, type LinkOwner } from '../tunnel/link.ts';
import { Tunnel } from '../tunnel/tunnel.ts';
import { takeAcceptedHandles, type AcceptedHandle } from './private-net.ts';
import { bind } from './bind.ts';

type Protocol = ConnectionView['protocol'];

export class TrafficListener implements LinkOwner, ConnectionOwner {
  readonly #traffic: Traffic;
  #server: net.Server = net.createServer();
  readonly #links = new Set<Link>();
  #accepted = 0;
  #emptied: (() => void) | null = null;

  constructor(traffic: Traffic) {
    this.#traffic = traffic;
  }

  get traffic(): Traffic {
    return this.#traffic;
  }

  /** Connections that are open now. */
  get active(): number {
    return this.#links.size;
  }

  /** Bytes that wait in this process for a peer to read them. */
  get bufferedBytes(): number {
    let bytes = 0;
    for (const { client, upstream } of this.#links) bytes += client.writableLength + upstream.writableLength;
    return bytes;
  }

  /**
   * Starts to listen.
   *
   * @throws {BindError} naming the address and what is wrong with it
   */
  async listen(): Promise<Address> {
    const address = await bind(this.#server, this.#traffic.listener.listen, '--listen');
    this.#takeAccepted();
    return address;
  }

  /** Goes on with the listening socket of another listener: not one connection is refused. Cannot fail. */
  takeOver(before: TrafficListener): void {
    this.#server = before.#server;
    before.#server = net.createServer();
    this.#takeAccepted();
  }

  #takeAccepted(): void {
    takeAcceptedHandles(
      this.#server,
      (handle) => this.#accept(handle),
      () => this.#traffic.connections.acceptErrors++,
    );
  }

  /** Accepts nothing more and ends each connection where nothing is under way. Resolves when none is left. */
  async drain(): Promise<void> {
    this.#server.close();
    for (const link of this.#links) link.handler.drain();
    if (this.#links.size > 0) await new Promise<void>((resolve) => (this.#emptied = resolve));
  }

  /** Ends everything at once. */
  destroy(): void {
    this.#server.close();
    for (const link of this.#links) link.reset();
  }

  #accept(handle: AcceptedHandle): void {
    const { connections, listener } = this.#traffic;
    connections.opened++;
    this.#links.add(new Link(handle, listener.upstream, this, this.#handlerOf(++this.#accepted)));
  }

  #handlerOf(number: number): (link: Link) => ByteHandler {
    const { protocol } = this.#traffic.listener;
    return (link) => {
      const connection = new LinkView(link, this.#traffic.port, number);
      if (protocol === 'auto' || protocol === 'http') return new Http1Connection(link, this.#traffic, connection, this);
      return this.#tunnel(link, connection, protocol, 'declared');
    };
  }

  #tunnel(link: Link, connection: ConnectionView, protocol: Protocol, reason: TunnelReason): Tunnel {
    const { connections, rules } = this.#traffic;
    countIn(connections.tunnels, reason);
    if (!rules.empty) {
      const { port, sourceIp } = connection;
      const skip = skipReason(reason);
      for (const { ledger } of rules.matchingTunnel({ port, protocol, sourceIp })) ledger.skip(skip);
    }
    return new Tunnel(link, (closed) => this.closed(closed));
  }

  // ---- LinkOwner

  connectFailed(_link: Link, code: string): void {
    countIn(this.#traffic.connections.connectFailures, code);
  }

  failed(_link: Link, error: unknown): void {
    this.#traffic.log.defect('one connection was reset', error);
  }

  closed(link: Link): void {
    if (!this.#links.delete(link)) return;
    const { connections } = this.#traffic;
    connections.closed++;
    connections.bytesFromClient += link.bytesFromClient;
    connections.bytesFromUpstream += link.bytesFromUpstream;
    if (this.#links.size === 0) this.#emptied?.();
  }

  // ---- ConnectionOwner

  becomeTunnel(link: Link, connection: ConnectionView, reason: TunnelReason): void {
    link.handler = this.#tunnel(link, connection, protocolOf(reason), reason);
  }
}

/** What rules can ask of a connection; its address is asked of the kernel only when a rule wants it. */
class LinkView implements ConnectionView {
  readonly port: number;
  readonly protocol = 'http' as const;
  readonly number: number;
  readonly #link: Link;

  constructor(link: Link, port: number, number: number) {
    this.#link = link;
    this.port = port;
    this.number = number;
  }

  get sourceIp(): string {
    return this.#link.client.remoteAddress ?? '';
  }
}

function protocolOf(reason: TunnelReason): Protocol {
  if (reason === 'tls') return 'tls';
  return reason === 'not-http' || reason === 'server-first' ? 'tcp' : 'http';
}

/** No byte fault exists yet, so a rule that matches a tunnel says why it did nothing. */
function skipReason(reason: TunnelReason): SkipReason {
  switch (reason) {
    case 'tls':
    case 'http2':
      return reason;
    case 'declared':
    case 'not-http':
    case 'server-first':
    case 'upgrade':
      return 'not-applicable';
    default:
      return 'ambiguous';
  }
}
