import type { Journal, QueryRecord } from '../report/journal.ts';
import { scrapeInterval } from '../source/clock.ts';
import { gather, oneOf, queryRecord } from '../source/gather.ts';
import { settle } from '../source/settle.ts';
import { compareSeen, SEEN_METRICS } from './seen.ts';
import type { ArmedWindow, SeenClaim } from './seen.ts';
import type { RunState } from './run-state.ts';

/**
 * The second witness of a fault: where Prometheus scrapes a sidecar, its counters must tell the same as the ledger and
 * what the faults predict. A contradiction makes the injection unproven; where there is no second witness, the journal
 * says so.
 */

/** A rule that was armed, in the order of the journal's `injection`. */
export interface WitnessClaim extends SeenClaim {
  /** Admin address. */
  readonly sidecar: string;
  /** Of the sidecar's process. */
  readonly instance: string;
  readonly restarts: number;
}

type Injection = Journal['injection'][number];

/** Looks at every sidecar once; takes the time of a few queries for each. */
export async function checkPredictions(run: RunState, signal: AbortSignal): Promise<void> {
  const { armed } = run;
  if (armed === null) return;
  const bySidecar = Map.groupBy(armed.claims.entries(), ([, claim]) => claim.sidecar);
  const places = await findPlaces(run, armed.window, signal);
  const told = new Map<number, Told>();
  await Promise.all(
    [...bySidecar.values()].map(async (entries) => {
      const claims = entries.map(([, claim]) => claim);
      const words = await lookAt(run, claims, places, armed.window, signal);
      for (const [at, [index]] of entries.entries()) {
        const own = words[at];
        if (own !== undefined) told.set(index, own);
      }
    }),
  );
  run.injection = run.injection.map((injection, index) => apply(injection, told.get(index)));
}

interface Told {
  readonly contradiction: string | null;
  readonly remark: string;
  readonly queries: readonly QueryRecord[];
}

interface Places {
  /** Job and instance by the id of the sidecar's process. */
  readonly byInstance: ReadonlyMap<string, { readonly job: string | undefined; readonly instance: string }>;
  /** Why nothing is known. */
  readonly failure: string | null;
  readonly query: QueryRecord;
}

/** Which targets the sidecars are: each tells the id of its process in its metrics. */
async function findPlaces(run: RunState, { to }: ArmedWindow, signal: AbortSignal): Promise<Places> {
  const ids = [...new Set(run.armed?.claims.map(({ instance }) => instance))];
  // The label of the scrape has the same name, and pushes ours aside.
  const promql = `sidequake_build_info{exported_instance=~${oneOf(ids)}}`;
  const answer = await run.ports.prometheus.instant(promql, to, signal);
  const elements = answer.ok && answer.value.kind === 'vector' ? answer.value.elements : [];
  const byInstance = new Map<string, { job: string | undefined; instance: string }>();
  for (const { labels } of elements) {
    const { exported_instance: id, job, instance } = labels;
    if (id !== undefined && instance !== undefined) byInstance.set(id, { job, instance });
  }
  const failure = answer.ok ? null : answer.failure.message;
  return { byInstance, failure, query: queryRecord(promql, to, elements.length) };
}

async function lookAt(
  run: RunState,
  claims: readonly WitnessClaim[],
  places: Places,
  window: ArmedWindow,
  signal: AbortSignal,
): Promise<readonly Told[]> {
  const queries = [places.query];
  const all = (remark: string): readonly Told[] => claims.map(() => ({ contradiction: null, remark, queries }));
  const notCompared = (why: string): readonly Told[] => all(`Ledger only: ${why}.`);
  const [first] = claims;
  if (first === undefined) return [];
  if (places.failure !== null)
    return notCompared(`Prometheus did not say whether it scrapes this sidecar: ${places.failure}`);
  if (first.restarts > 0) return notCompared('the sidecar restarted, and took what it had not shown yet with it');
  const place = places.byInstance.get(first.instance);
  if (place === undefined) return notCompared('Prometheus does not scrape this sidecar');
  const { prometheus } = run.ports;
  const job = place.job === undefined ? '' : `job=${JSON.stringify(place.job)},`;
  const selector = `{__name__=~"${SEEN_METRICS}",${job}instance=${JSON.stringify(place.instance)}}`;
  const interval = await scrapeInterval(prometheus, [selector], window.to, signal);
  if (!interval.ok) return notCompared(`how often Prometheus scrapes it cannot be told: ${interval.failure.message}`);
  const { seconds: scrapeSeconds } = interval.value;
  const settled = await settle({ prometheus, selectors: [selector], end: window.to, scrapeSeconds, signal });
  if (!settled.ok) return notCompared(settled.failure.message);
  const around = { from: window.from - scrapeSeconds, to: window.to, scrapeSeconds };
  const gathered = await gather(prometheus, [selector], around, queries, signal);
  if (!gathered.ok) return notCompared(gathered.failure.message);
  const [problem] = [...gathered.value.problems, ...gathered.value.missing];
  if (problem !== undefined) return notCompared(problem);
  const shared = run.sharedSidecars.has(first.sidecar);
  const compared = compareSeen(claims, { tracks: gathered.value.tracks, scrapeSeconds, shared }, window);
  return compared.map((comparison) => ({ ...comparison, queries }));
}

function apply(injection: Injection, told: Told | undefined): Injection {
  if (told === undefined) return injection;
  const queries = [...told.queries];
  if (!injection.agrees) return { ...injection, queries };
  if (told.contradiction === null) {
    return { ...injection, queries, reason: `${injection.reason} ${told.remark}`.trimEnd() };
  }
  return {
    ...injection,
    queries,
    agrees: false,
    reason: `The fault ${injection.rule} on ${injection.target} is not proven: ${told.contradiction}.`,
  };
}
