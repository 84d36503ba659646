/** The contract of a scenario: one way of using the engines, and the figures it gives. */
import type { Engine, Setting } from '../engines/engine.ts';
import type { Load } from '../load/load.ts';
import type { ScenarioResult } from '../model.ts';
import type { Children } from '../process/children.ts';
import type { Cores } from '../process/pinning.ts';
import type { Ports } from '../process/ports.ts';
import type { Upstream } from '../upstream/upstream.ts';

/** What a scenario works with. */
export interface Bench {
  readonly children: Children;
  readonly ports: Ports;
  readonly cores: Cores;
  readonly load: Load;
  readonly upstream: Upstream;
  readonly workspace: string;
  readonly sidequake: readonly string[];
  /** Those asked for that can run here. */
  readonly engines: readonly Engine[];
  /** Null: as many as the scenario finds right. */
  readonly rounds: number | null;
  readonly seconds: number;
  /** Progress, for the person who waits. */
  readonly say: (text: string) => void;
}

/** One scenario. */
export interface Scenario {
  /** For `--scenarios` and the results. */
  readonly name: string;
  readonly title: string;
  /** Part of `--quick`: a target depends on it. */
  readonly quick: boolean;
  readonly run: (bench: Bench) => Promise<ScenarioResult>;
}

/** What an engine is started with in this run. */
export function settingOf(bench: Bench, protocol: Setting['protocol']): Setting {
  const { children, ports, cores, workspace, sidequake, upstream } = bench;
  const upstreamPort = protocol === 'http' ? upstream.httpPort : upstream.tunnelPort;
  return { children, ports, core: cores.proxy, workspace, sidequake, upstreamPort, protocol };
}
