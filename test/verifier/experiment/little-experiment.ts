import { systemClock } from '../../../verifier/experiment/clock.ts';
import type { Experiment } from '../../../verifier/experiment/experiment.ts';
import type { ProgressEvent } from '../../../verifier/experiment/progress.ts';
import { readExperiment } from '../../../verifier/experiment/read.ts';
import { runExperiment } from '../../../verifier/experiment/run.ts';
import { startOpenLoop } from '../../../verifier/load/open-loop.ts';
import type { Journal } from '../../../verifier/report/journal.ts';
import { journalSchema } from '../../../verifier/report/journal.ts';
import { Prometheus } from '../../../verifier/source/prometheus.ts';
import { connectAdmin } from '../../../verifier/undo/admin-client.ts';
import type { LittleWorld } from '../../support/little-worlds.ts';

/** Experiments of a few seconds on a little world. */

export const LEASE_MS = 1500;

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
  const { label } = world;
  const good = `app_requests_total{code="200",${label.slice(1)}`;
  return `
experiment: little
question: Does the app hold?
prometheus: { url: ${world.prometheus.url} }
targets: ${more.targets ?? `{ app: { admin: ${world.admin.url} } }`}
load: ${more.load ?? `{ url: ${world.app.url}, rate: 200/s }`}
phases: ${more.phases ?? '{ baseline: 1200ms, fault: 1500ms, recovery: 1200ms }'}
interval: 250ms
faults: ${more.faults ?? `[{ target: app, rule: { share: ${more.share ?? '50%'}, faults: [ { abort: { status: 503 } } ] } }]`}
expect:
${more.expect ?? `  - ratio: { name: availability, good: '${good}', total: 'app_requests_total${label}', objective: 30%, in: [fault, recovery] }`}
guards: ${more.guards ?? '[]'}
`;
}

/** An availability expectation of a world with an objective, as a line of \`expect\`. */
export function availability(world: LittleWorld, objective: string): string {
  const { label } = world;
  return `  - ratio: { name: availability, good: 'app_requests_total{code="200",${label.slice(1)}', total: 'app_requests_total${label}', objective: ${objective}, in: [fault, recovery] }`;
}

export function read(text: string): Experiment {
  const result = readExperiment(text, { file: 'little.yaml', variables: () => undefined });
  if (!result.ok) throw new Error(JSON.stringify(result.problems, null, 2));
  return result.experiment;
}

export interface Ran {
  readonly journal: Journal;
  readonly events: readonly ProgressEvent[];
}

/** Runs it; `during` is told of every event and may act on the world. */
export async function run(
  text: string,
  during: (event: ProgressEvent, stop: () => void, leave: () => void) => void = () => {},
): Promise<Ran> {
  const experiment = read(text);
  await using prometheus = new Prometheus({ url: experiment.prometheus.url, timeoutMs: 2000 });
  const [stop, leave] = [new AbortController(), new AbortController()];
  const events: ProgressEvent[] = [];
  const journal = await runExperiment(experiment, {
    clock: systemClock,
    prometheus,
    connectAdmin: (address) => connectAdmin(address, 400),
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
  });
  // What we write, everybody can read.
  journalSchema.parse(journal);
  return { journal, events };
}
