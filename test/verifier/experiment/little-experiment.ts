import { setTimeout as sleep } from 'node:timers/promises';
import { systemClock } from '../../../verifier/experiment/clock.ts';
import type { Experiment } from '../../../verifier/experiment/experiment.ts';
import type { ProgressEvent } from '../../../verifier/experiment/progress.ts';
import { readExperiment } from '../../../verifier/experiment/read.ts';
import { runExperiment } from '../../../verifier/experiment/run.ts';
import type { RunPorts } from '../../../verifier/experiment/run-state.ts';
import type { RanExperiment } from '../../../verifier/experiment/run.ts';
import { startOpenLoop } from '../../../verifier/load/open-loop.ts';
import type { Journal } from '../../../verifier/report/journal.ts';
import { journalSchema } from '../../../verifier/report/journal.ts';
import { Prometheus } from '../../../verifier/source/prometheus.ts';
import { connectAdmin } from '../../../verifier/undo/admin-client.ts';
import type { LittleWorld } from '../../support/little-world.ts';

/** Experiments of a few seconds on a little world. */

const LEASE_MS = 3000;

export interface Written {
  readonly phases?: string;
  readonly expect?: string;
  readonly guards?: string;
  readonly faults?: string;
  readonly targets?: string;
  readonly load?: string;
  readonly share?: string;
}

/** The text of an experiment: half of the requests break, 40 % must be good. */
export function written(world: LittleWorld, more: Written = {}): string {
  return `
experiment: little
question: Does the app hold?
prometheus: { url: ${world.prometheus.url} }
targets: ${more.targets ?? `{ app: { admin: ${world.admin.url} } }`}
load: ${more.load ?? `{ url: ${world.app.url}, rate: 100/s }`}
phases: ${more.phases ?? '{ baseline: 1200ms, fault: 1500ms, recovery: 1200ms }'}
interval: 250ms
faults: ${more.faults ?? `[{ target: app, rule: { share: ${more.share ?? '50%'}, faults: [ { abort: { status: 503 } } ] } }]`}
expect:
${more.expect ?? availability('30%')}
guards: ${more.guards ?? '[]'}
`;
}

/** An availability expectation with an objective, as a line of `expect`. */
export function availability(objective: string): string {
  return `  - ratio: { name: availability, good: 'app_requests_total{code="200"}', total: app_requests_total, objective: ${objective}, minEvents: 5, in: [fault, recovery] }`;
}

function read(text: string): Experiment {
  const result = readExperiment(text, { file: 'little.yaml', variables: () => undefined });
  if (!result.ok) throw new Error(JSON.stringify(result.problems, null, 2));
  return result.experiment;
}

export interface Ran {
  readonly journal: Journal;
  readonly crash: RanExperiment['crash'];
  readonly events: readonly ProgressEvent[];
}

/** Phases last about a second: they do not begin while this process is busy with starting, or starved by others. */
async function calm(): Promise<void> {
  const deadlineMs = performance.now() + 8000;
  for (let quick = 0; quick < 4 && performance.now() < deadlineMs;) {
    const startedMs = performance.now();
    await sleep(20);
    quick = performance.now() - startedMs < 45 ? quick + 1 : 0;
  }
}

/** Runs it; `during` is told of every event and may act on the world. */
export async function run(
  text: string,
  during: (event: ProgressEvent, stop: () => void, leave: () => void) => void = () => {},
  other: Partial<RunPorts> = {},
): Promise<Ran> {
  const experiment = read(text);
  await calm();
  await using prometheus = new Prometheus({ url: experiment.prometheus.url, timeoutMs: 5000 });
  const [stop, leave] = [new AbortController(), new AbortController()];
  const events: ProgressEvent[] = [];
  const { journal, crash } = await runExperiment(experiment, {
    clock: systemClock,
    prometheus,
    connectAdmin: (address) => connectAdmin(address, 1000),
    startLoad: (spec) => startOpenLoop(spec),
    progress: (event) => {
      events.push(event);
      during(
        event,
        () => stop.abort(),
        () => leave.abort(),
      );
    },
    stop: stop.signal,
    leave: leave.signal,
    leaseMs: LEASE_MS,
    version: '0.0.0',
    id: 'test',
    ...other,
  });
  // What we write, everybody can read.
  journalSchema.parse(journal);
  return { journal, crash, events };
}
