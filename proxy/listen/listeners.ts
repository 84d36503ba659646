/** The listeners of a process: built whole, then swapped, when the configuration names others. */
import { formatAddress } from '../config/address.ts';
import type { Address, Listener } from '../config/rule.ts';
import type { Traffic } from '../http1/traffic.ts';
import { ConnectionMetrics } from '../observe/connection-metrics.ts';
import type { ListenerCounts } from '../observe/render-proxy.ts';
import { TrafficListener } from './listener.ts';

interface Running {
  readonly listener: TrafficListener;
  readonly bound: Address;
}

export class Listeners {
  readonly #makeTraffic: (listener: Listener, connections: ConnectionMetrics) => Traffic;
  #running = new Map<string, Running>();
  /** No longer named; they accept nothing, and stay until the last of their connections has ended. */
  readonly #leaving = new Map<Running, Promise<void>>();
  #ending = false;

  /** @param makeTraffic - `connections`: counts that may have begun under another configuration of the same address */
  constructor(makeTraffic: (listener: Listener, connections: ConnectionMetrics) => Traffic) {
    this.#makeTraffic = makeTraffic;
  }

  /** Addresses really bound, in the order of the configuration. */
  get bound(): readonly Address[] {
    return [...this.#running.values()].map(({ bound }) => bound);
  }

  /** Connections that are open now. */
  get active(): number {
    return this.#all().reduce((sum, { listener }) => sum + listener.active, 0);
  }

  /** What each listener shares with its connections: also those that are left of one that is gone. */
  traffics(): readonly Traffic[] {
    return this.#all().map(({ listener }) => listener.traffic);
  }

  counts(): readonly ListenerCounts[] {
    const rows = new Map<ConnectionMetrics, ListenerCounts>();
    for (const { listener, bound } of this.#all()) {
      const metrics = listener.traffic.connections;
      const active = listener.active + (rows.get(metrics)?.active ?? 0);
      rows.set(metrics, { listener: formatAddress(bound), metrics, active });
    }
    return [...rows.values()];
  }

  /**
   * Listens on what is new, then ends what is gone; what stays is not touched. Where only the rest of a listener has
   * changed, its address is handed over: connections that are open stay as they were made, new ones follow the change.
   *
   * @throws {BindError} where an address cannot be had: everything is as before then
   */
  async replace(wanted: readonly Listener[]): Promise<void> {
    const next = new Map<string, Running>();
    const started: TrafficListener[] = [];
    const handed = new Map<TrafficListener, TrafficListener>();
    const gone = this.#without(wanted);
    try {
      for (const listener of wanted) {
        const key = JSON.stringify(listener);
        const before = this.#running.get(key) ?? next.get(key);
        const changed = before === undefined ? takeByAddress(gone, listener.listen) : undefined;
        if (changed === undefined) next.set(key, before ?? (await this.#start(listener, started)));
        else {
          const { traffic } = changed.listener;
          const fresh = new TrafficListener(this.#makeTraffic(listener, traffic.connections));
          handed.set(fresh, changed.listener);
          next.set(key, { listener: fresh, bound: changed.bound });
        }
      }
    } catch (error) {
      for (const listener of started) listener.destroy();
      throw error;
    }
    if (this.#ending) return started.forEach((listener) => listener.destroy());
    for (const [fresh, before] of handed) fresh.takeOver(before);
    for (const [key, running] of this.#running) if (!next.has(key)) this.#leave(running);
    this.#running = next;
  }

  /** Resolves when no connection is left. */
  async drain(): Promise<void> {
    this.#ending = true;
    await Promise.all([
      ...this.#leaving.values(),
      ...[...this.#running.values()].map(({ listener }) => listener.drain()),
    ]);
  }

  destroy(): void {
    this.#ending = true;
    for (const { listener } of this.#all()) listener.destroy();
  }

  #all(): readonly Running[] {
    return [...this.#running.values(), ...this.#leaving.keys()];
  }

  #leave(running: Running): void {
    const left = running.listener.drain().then(() => void this.#leaving.delete(running));
    this.#leaving.set(running, left);
  }

  /** Those that a configuration does not name as they are. */
  #without(wanted: readonly Listener[]): Running[] {
    const keys = new Set(wanted.map((listener) => JSON.stringify(listener)));
    return [...this.#running].filter(([key]) => !keys.has(key)).map(([, running]) => running);
  }

  async #start(listener: Listener, started: TrafficListener[]): Promise<Running> {
    const leaving = takeByAddress([...this.#leaving.keys()], listener.listen);
    const counts = leaving?.listener.traffic.connections ?? new ConnectionMetrics();
    const traffic = new TrafficListener(this.#makeTraffic(listener, counts));
    const bound = await traffic.listen();
    started.push(traffic);
    return { listener: traffic, bound };
  }
}

/** Takes the listener of this address out of the list; each port 0 is another port, and so never found. */
function takeByAddress(list: Running[], address: Address): Running | undefined {
  if (address.kind === 'tcp' && address.port === 0) return undefined;
  const index = list.findIndex(
    ({ listener }) => formatAddress(listener.traffic.listener.listen) === formatAddress(address),
  );
  return index < 0 ? undefined : list.splice(index, 1)[0];
}
