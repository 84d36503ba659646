/** The listeners of a process: built whole, then swapped, when the configuration names others. */
import { formatAddress } from '../config/address.ts';
import type { Address, Listener } from '../config/rule.ts';
import type { Traffic } from '../http1/traffic.ts';
import type { ListenerCounts } from '../observe/render-proxy.ts';
import { TrafficListener } from './listener.ts';

interface Running {
  readonly listener: TrafficListener;
  readonly bound: Address;
}

export class Listeners {
  readonly #makeTraffic: (listener: Listener) => Traffic;
  #running = new Map<string, Running>();

  constructor(makeTraffic: (listener: Listener) => Traffic) {
    this.#makeTraffic = makeTraffic;
  }

  /** Addresses really bound, in the order of the configuration. */
  get bound(): readonly Address[] {
    return [...this.#running.values()].map(({ bound }) => bound);
  }

  /** What each listener shares with its connections. */
  traffics(): readonly Traffic[] {
    return [...this.#running.values()].map(({ listener }) => listener.traffic);
  }

  counts(): readonly ListenerCounts[] {
    return [...this.#running.values()].map(({ listener, bound }) => ({
      listener: formatAddress(bound),
      metrics: listener.traffic.connections,
      active: listener.active,
    }));
  }

  /**
   * Listens on what is new, then ends what is gone; what stays is not touched.
   *
   * @throws {BindError} where an address cannot be had: everything is as before then
   */
  async replace(wanted: readonly Listener[]): Promise<void> {
    const next = new Map<string, Running>();
    const started: TrafficListener[] = [];
    try {
      for (const listener of wanted) {
        const key = JSON.stringify(listener);
        const running = this.#running.get(key) ?? next.get(key) ?? (await this.#start(listener, started));
        next.set(key, running);
      }
    } catch (error) {
      for (const listener of started) listener.destroy();
      throw error;
    }
    for (const [key, { listener }] of this.#running) if (!next.has(key)) void listener.drain();
    this.#running = next;
  }

  async drain(): Promise<void> {
    await Promise.all([...this.#running.values()].map(({ listener }) => listener.drain()));
  }

  destroy(): void {
    for (const { listener } of this.#running.values()) listener.destroy();
  }

  async #start(listener: Listener, started: TrafficListener[]): Promise<Running> {
    const traffic = new TrafficListener(this.#makeTraffic(listener));
    const bound = await traffic.listen();
    started.push(traffic);
    return { listener: traffic, bound };
  }
}
