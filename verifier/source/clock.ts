/** The two times that judging rests on: Prometheus' clock against ours, and how often its series are scraped. */
import { answered, failed, type Answer } from './answer.ts';
import type { Prometheus, ScrapeTarget } from './prometheus.ts';
import { placeOf } from './targets.ts';

export interface ClockSkew {
  /** Its clock minus ours, milliseconds. */
  readonly skewMs: number;
  /** Half of the round trip: the true skew lies within it of `skewMs`. */
  readonly uncertaintyMs: number;
}

/** Compares `time()` with our clock at the middle of the request; the quickest of a few questions counts. */
export async function clockSkew(
  prometheus: Prometheus,
  wallMs: () => number,
  signal?: AbortSignal,
): Promise<Answer<ClockSkew>> {
  let best: ClockSkew | null = null;
  for (let question = 0; question < 3; question++) {
    const sent = wallMs();
    const time = await prometheus.serverTime(signal);
    const received = wallMs();
    if (!time.ok) return time;
    const skew = { skewMs: time.value * 1000 - (sent + received) / 2, uncertaintyMs: (received - sent) / 2 };
    if (best === null || skew.uncertaintyMs < best.uncertaintyMs) best = skew;
  }
  return best === null ? failed('wrong-shape', 'the clock was not asked') : answered(best);
}

export interface ScrapeInterval {
  /** The longest interval of the targets concerned. */
  readonly seconds: number;
  readonly from: 'targets' | 'samples';
}

/** How far back samples are looked at where nobody names the interval. */
const LOOK_BACK_S = 600;

/**
 * The scrape interval of the series behind plain selectors: from the targets API where the server scrapes them itself,
 * else from the gaps between samples. The longest of all targets, as the slowest decides what can be known.
 */
export async function scrapeInterval(
  prometheus: Prometheus,
  selectors: readonly string[],
  at: number,
  signal?: AbortSignal,
): Promise<Answer<ScrapeInterval>> {
  const places = new Set<string>();
  let widest = 0;
  for (const selector of new Set(selectors)) {
    const raw = await prometheus.rawRange(selector, LOOK_BACK_S, at, signal);
    if (!raw.ok) return raw;
    for (const { labels, samples } of raw.value) {
      const place = placeOf(labels);
      if (place !== null) places.add(place);
      widest = Math.max(widest, medianGap(samples.map((sample) => sample.at)));
    }
  }
  if (places.size === 0 && widest === 0) {
    return failed(
      'wrong-shape',
      `no series of ${[...new Set(selectors)].join(', ') || 'no selector'} in the last ${LOOK_BACK_S / 60} minutes`,
    );
  }
  const targets = await prometheus.targets(signal);
  // Backends behind which others scrape have no targets: that is no error.
  const named = targets.ok ? intervalsOf(targets.value, places) : [];
  if (named.length > 0) return answered({ seconds: Math.max(...named), from: 'targets' });
  if (widest > 0) return answered({ seconds: widest, from: 'samples' });
  return failed('wrong-shape', 'each series has one sample only: the scrape interval cannot be told yet');
}

function intervalsOf(targets: readonly ScrapeTarget[], places: ReadonlySet<string>): number[] {
  const concerned = targets.filter((target) => places.has(placeOf(target.labels) ?? ''));
  return concerned.map((target) => target.scrapeIntervalSeconds).filter((seconds) => seconds !== null);
}

function medianGap(times: readonly number[]): number {
  const gaps = times
    .slice(1)
    .map((time, index) => time - (times[index] ?? time))
    .sort((a, b) => a - b);
  // Milliseconds, as Prometheus counts.
  return Math.round((gaps[gaps.length >> 1] ?? 0) * 1000) / 1000;
}
