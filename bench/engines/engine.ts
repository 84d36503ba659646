/** The contract of an engine: something that forwards connections to the upstream, or nothing at all (`direct`). */
import type { Children } from '../process/children.ts';
import type { Ports } from '../process/ports.ts';

/** What an engine is started with. */
export interface Setting {
  readonly children: Children;
  readonly ports: Ports;
  /** The core of the proxy, or null. */
  readonly core: number | null;
  /** Where configuration files go; removed after the run. */
  readonly workspace: string;
  /** The arguments with which Node runs our own proxy. */
  readonly sidequake: readonly string[];
  readonly upstreamPort: number;
  readonly protocol: 'http' | 'tcp';
}

/** An engine that listens. */
export interface Running {
  /** Where to send the load, on 127.0.0.1. */
  readonly port: number;
  /** Whose CPU time and memory count, its children included; null for `direct`. */
  readonly pid: number | null;
  readonly stop: () => Promise<void>;
  /**
   * What the engine itself knows about the run, held against what the upstream answered through it.
   *
   * @returns one sentence for each disagreement
   */
  readonly audit?: (forwarded: number) => Promise<readonly string[]>;
}

/** One engine. */
export interface Engine {
  /** For `--only` and the results. */
  readonly name: string;
  /** For tables. */
  readonly title: string;
  readonly protocols: readonly Setting['protocol'][];
  /** Null when it can run here, else what is missing and how to install it. */
  readonly missing: () => string | null;
  /** Its version, for the report; null where it has none of its own. */
  readonly version: () => string | null;
  /** Starts it; resolves when it accepts connections. */
  readonly start: (setting: Setting) => Promise<Running>;
}
