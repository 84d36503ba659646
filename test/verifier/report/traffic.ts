/**
 * A small model of a service under a fault, for journals that look like those of real runs: requests second by second
 * from a seeded source of chance, counters as Prometheus would have scraped them, brackets by the samples around edges.
 */

/** Uniform in [0, 1): mulberry32, so that a seed gives the same journal everywhere. */
export function chance(seed: number): () => number {
  let state = seed >>> 0;
  return () => {
    state = (state + 0x6d2b79f5) >>> 0;
    let mixed = Math.imul(state ^ (state >>> 15), 1 | state);
    mixed = (mixed + Math.imul(mixed ^ (mixed >>> 7), 61 | mixed)) ^ mixed;
    return ((mixed ^ (mixed >>> 14)) >>> 0) / 2 ** 32;
  };
}

export interface PhasePlan {
  readonly name: string;
  readonly seconds: number;
}

/** Phases laid one after the other from a Unix second. */
export interface PhaseTimes {
  readonly name: string;
  readonly from: number;
  readonly to: number;
}

export function layOut(start: number, plan: readonly PhasePlan[], pause = 3): readonly PhaseTimes[] {
  let from = start;
  return plan.map(({ name, seconds }) => {
    const phase = { name, from, to: from + seconds };
    from = phase.to + pause;
    return phase;
  });
}

/** One scrape: counters since the start, and the upper end of the p99 of what came since the scrape before. */
export interface Sample {
  readonly at: number;
  readonly total: number;
  readonly bad: number;
  readonly p99: number;
}

interface Behaviour {
  /** Ratio of bad answers, 0..1. */
  readonly bad: number;
  /** Median of the latency, seconds. */
  readonly median: number;
  /** Ratio of slow answers and what they take, seconds. */
  readonly slow: { readonly share: number; readonly seconds: number };
}

export interface Service {
  readonly ratePerSecond: number;
  readonly scrapeSeconds: number;
  readonly behaves: (at: number) => Behaviour;
}

/** Plays a service from one Unix second to another. */
export function play(service: Service, from: number, to: number, random: () => number): readonly Sample[] {
  const samples: Sample[] = [];
  let total = 0;
  let bad = 0;
  let latencies: number[] = [];
  const offset = Math.round(random() * service.scrapeSeconds * 1000) / 1000;
  let scrape = from - 2 * service.scrapeSeconds + offset;
  for (let at = Math.floor(scrape); at <= to + 2 * service.scrapeSeconds; at++) {
    const now = service.behaves(at);
    for (let request = 0; request < service.ratePerSecond; request++) {
      total++;
      if (random() < now.bad) bad++;
      const spread = Math.exp((random() + random() + random() - 1.5) * 0.9);
      latencies.push(random() < now.slow.share ? now.slow.seconds * (1 + random() * 0.1) : now.median * spread);
    }
    if (at + 1 >= scrape) {
      samples.push({ at: Math.round(scrape * 1000) / 1000, total, bad, p99: quantile(latencies, 0.99) });
      latencies = [];
      scrape += service.scrapeSeconds;
    }
  }
  return samples;
}

/** The bracket of the ratio of good events in a phase: at least and at most, by the samples around its edges. */
export function goodBracket(
  samples: readonly Sample[],
  phase: PhaseTimes,
): { low: number; high: number; events: number } {
  const before = samples.findLast((sample) => sample.at <= phase.from);
  const first = samples.find((sample) => sample.at >= phase.from);
  const last = samples.findLast((sample) => sample.at <= phase.to);
  const after = samples.find((sample) => sample.at >= phase.to);
  if (!before || !first || !last || !after) throw new Error(`no samples around ${phase.name}`);
  const inner = { total: last.total - first.total, bad: last.bad - first.bad };
  const outer = { total: after.total - before.total, bad: after.bad - before.bad };
  const innerGood = inner.total - inner.bad;
  const outerGood = outer.total - outer.bad;
  return {
    low: round(innerGood / (innerGood + outer.bad)),
    high: round(outerGood / (outerGood + inner.bad)),
    events: inner.total,
  };
}

/** The ratio of good events between scrapes. */
export function goodCourse(samples: readonly Sample[]): [number, number | null][] {
  return samples.slice(1).map((sample, index) => {
    const before = samples[index] ?? sample;
    const total = sample.total - before.total;
    return [sample.at, total === 0 ? null : round(1 - (sample.bad - before.bad) / total)];
  });
}

/** The p99 of a phase as the bucket that holds it. */
export function latencyBracket(
  samples: readonly Sample[],
  phase: PhaseTimes,
): { low: number; high: number; events: number } {
  const within = samples.filter((sample) => sample.at > phase.from && sample.at <= phase.to);
  const p99 = within.reduce((most, sample) => Math.max(most, sample.p99), 0);
  const high = BUCKETS.find((bound) => bound >= p99) ?? 30;
  const low = BUCKETS.findLast((bound) => bound < high) ?? 0;
  return { low, high, events: (within.at(-1)?.total ?? 0) - (within[0]?.total ?? 0) };
}

const BUCKETS = [0.005, 0.01, 0.025, 0.05, 0.1, 0.2, 0.3, 0.5, 0.75, 1, 1.5, 2, 2.5, 5, 10];

function quantile(values: readonly number[], q: number): number {
  const sorted = values.toSorted((a, b) => a - b);
  return round(sorted[Math.min(sorted.length - 1, Math.floor(q * sorted.length))] ?? 0);
}

function round(value: number): number {
  return Number(value.toFixed(6));
}
