/**
 * One sidecar: the rule store, the listeners for traffic, the two control listeners.
 *
 * ```
 *   file, admin API --> RuleStore --snapshot--> Traffic of each listener --> connections
 *                          '--ledger--> metrics <-- counts of each listener
 * ```
 */
import { startAdmin, type ConfigStatus } from './admin/admin-server.ts';
import { startObserve } from './admin/observe-server.ts';
import { formatAddress } from './config/address.ts';
import type { Address, Config, Listener } from './config/rule.ts';
import type { Traffic } from './http1/traffic.ts';
import { Listeners } from './listen/listeners.ts';
import type { ConnectionMetrics } from './observe/connection-metrics.ts';
import { ExchangeMetrics } from './observe/exchange-metrics.ts';
import { Exposition } from './observe/exposition.ts';
import type { Identity } from './observe/identity.ts';
import type { Log } from './observe/log.ts';
import { renderIstio, renderRoutes } from './observe/render-exchanges.ts';
import { renderConnections, renderLedger, renderProcess, type ReloadCounts } from './observe/render-proxy.ts';
import { RouteNames } from './observe/route-names.ts';
import { buildRouteTable } from './route/route-table.ts';
import { buildRuleTable } from './route/rule-table.ts';
import type { Clock } from './rules/clock.ts';
import type { Snapshot } from './rules/snapshot.ts';
import type { RuleStore } from './rules/store.ts';

/** Bytes of a head that is still observed; a longer one makes the connection a tunnel. */
const MAX_HEAD_BYTES = 262_144;

export interface ProxyOptions {
  readonly store: RuleStore;
  readonly clock: Clock;
  readonly log: Log;
  readonly version: string;
  /** Differs at every start of the process. */
  readonly instance: string;
  /** Joins draws whose attempt is not declared on the wire: the pod's name, empty on a laptop. */
  readonly instanceName: string;
  readonly identity: Identity;
  readonly reloads: () => ReloadCounts;
}

export class Proxy implements AsyncDisposable {
  readonly #options: ProxyOptions;
  readonly #metrics = new ExchangeMetrics();
  readonly #routeNames = new RouteNames();
  readonly #listeners: Listeners;
  readonly #controls: AsyncDisposable[] = [];
  #draining = false;

  constructor(options: ProxyOptions) {
    this.#options = options;
    this.#listeners = new Listeners((listener, connections) => this.#trafficOf(listener, connections));
    options.store.onSwap((snapshot) => {
      for (const traffic of this.#listeners.traffics()) this.#swap(traffic, snapshot);
    });
  }

  /** Addresses that carry traffic now. */
  get bound(): readonly Address[] {
    return this.#listeners.bound;
  }

  /**
   * Takes up a configuration: listeners first, as only they can fail.
   *
   * @param flagged - the listener of the command line, which no file can take away
   * @throws {BindError} where an address cannot be had: everything is as before then
   */
  async apply(config: Config, flagged: Listener | null): Promise<void> {
    await this.#listeners.replace(flagged === null ? config.listeners : [flagged, ...config.listeners]);
    await this.#options.store.replaceFile(config);
  }

  /** @throws {BindError} */
  async observe(address: Address): Promise<Address> {
    const server = await startObserve({
      address,
      metrics: () => this.metricsText(),
      readiness: () => (this.#draining ? { ready: false, reason: 'draining' } : { ready: true, reason: 'ready' }),
      warn: (message) => this.#options.log.write('warn', message),
    });
    this.#controls.push(server);
    return server.address;
  }

  /** @throws {BindError} */
  async admin(address: Address, config: () => ConfigStatus): Promise<Address> {
    const { store, log } = this.#options;
    const note = (message: string): void => log.write('info', message);
    const warn = (message: string): void => log.write('warn', message);
    const server = await startAdmin({ address, store, config, note, warn });
    this.#controls.push(server);
    return server.address;
  }

  metricsText(): string {
    const { store, identity, version, instance, reloads } = this.#options;
    const out = new Exposition();
    renderIstio(out, this.#metrics, identity);
    renderRoutes(out, { metrics: this.#metrics, routeNames: this.#routeNames.names });
    renderLedger(out, store.ledgerEntries(), (id) => store.isArmed(id));
    renderConnections(out, this.#listeners.counts());
    renderProcess(out, version, instance, reloads());
    return out.text();
  }

  /**
   * Ends in order: nothing new is accepted, faults are taken back, and each connection ends where nothing is under way.
   *
   * @param limitMs - connections that are still open then are reset
   * @returns how many had to be reset
   */
  async drain(limitMs: number): Promise<number> {
    this.#draining = true;
    this.#options.store.disarmAll();
    const limit = Promise.withResolvers<'late'>();
    const cancel = this.#options.clock.after(limitMs, () => limit.resolve('late'));
    const outcome = await Promise.race([this.#listeners.drain(), limit.promise]);
    cancel();
    return outcome === 'late' ? this.#listeners.active : 0;
  }

  async [Symbol.asyncDispose](): Promise<void> {
    this.#listeners.destroy();
    for (const control of this.#controls.splice(0)) await control[Symbol.asyncDispose]();
    await this.#options.store[Symbol.asyncDispose]();
  }

  #trafficOf(listener: Listener, connections: ConnectionMetrics): Traffic {
    const { clock, log, instanceName, store } = this.#options;
    // performance.now() counts on the clock of the leases from another origin, and costs a fraction of hrtime().
    const origin = clock.monotonicMs() - performance.now();
    const traffic: Traffic = {
      listener,
      port: listener.upstream.kind === 'tcp' ? listener.upstream.port : 0,
      instanceName,
      maxHeadBytes: MAX_HEAD_BYTES,
      rules: buildRuleTable([], { port: 0 }),
      routes: null,
      routeIndexes: new Int32Array(1),
      knownHttp: false,
      exchanges: this.#metrics,
      connections,
      log,
      nowMs: () => origin + performance.now(),
    };
    this.#swap(traffic, store.current);
    return traffic;
  }

  #swap(traffic: Traffic, snapshot: Snapshot): void {
    traffic.rules = buildRuleTable(snapshot.rules, { port: traffic.port });
    traffic.routes = snapshot.routes.length === 0 ? null : buildRouteTable(snapshot.routes);
    traffic.routeIndexes = this.#routeNames.indexes(snapshot.routes);
  }
}

/** What a proxy says once it accepts connections. */
export function listeningFields(
  proxy: Proxy,
  observe: Address | null,
  admin: Address | null,
): Readonly<Record<string, unknown>> {
  const text = (address: Address | null): string | null => (address === null ? null : formatAddress(address));
  return { listen: proxy.bound.map(formatAddress), observe: text(observe), admin: text(admin) };
}
