/** One run: starts the upstream, runs the scenarios, and takes everything down again. */
import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { bundledProxy, proxyFromSource } from './engines/bundle.ts';
import type { Engine } from './engines/engine.ts';
import type { Load } from './load/load.ts';
import type { ScenarioResult } from './model.ts';
import type { Children } from './process/children.ts';
import type { Cores } from './process/pinning.ts';
import { Ports } from './process/ports.ts';
import type { Bench, Scenario } from './scenarios/scenario.ts';
import { startUpstream } from './upstream/upstream.ts';

/** What a run consists of. */
export interface Session {
  readonly children: Children;
  readonly cores: Cores;
  readonly load: Load;
  readonly engines: readonly Engine[];
  readonly scenarios: readonly Scenario[];
  readonly rounds: number | null;
  readonly seconds: number;
  readonly fromSource: boolean;
  readonly say: (text: string) => void;
  /** After each scenario. */
  readonly done: (result: ScenarioResult) => void;
}

/** Runs the scenarios one after the other. */
export async function runSession(session: Session): Promise<ScenarioResult[]> {
  const workspace = await mkdtemp(join(tmpdir(), 'sidequake-bench-'));
  try {
    return await runIn(workspace, session);
  } finally {
    await rm(workspace, { recursive: true, force: true });
  }
}

async function runIn(workspace: string, session: Session): Promise<ScenarioResult[]> {
  const { children, cores, engines } = session;
  const ports = new Ports();
  const ours = engines.some(({ name }) => name.startsWith('sidequake'));
  if (ours && !session.fromSource) session.say('building the bundle');
  const sidequake = !ours || session.fromSource ? proxyFromSource() : await bundledProxy(children, workspace);
  const results: ScenarioResult[] = [];
  for (const scenario of session.scenarios) {
    if (children.ended) throw new Error('the run was interrupted');
    const upstream = await startUpstream(children, ports, cores.load);
    const bench: Bench = {
      ...session,
      ports,
      upstream,
      workspace,
      sidequake,
      say: (text) => {
        session.say(`${scenario.name}: ${text}`);
      },
    };
    try {
      const result = await scenario.run(bench);
      results.push(result);
      session.done(result);
    } finally {
      await upstream.stop();
    }
  }
  return results;
}
