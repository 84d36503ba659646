/** Series as targets are scraped: for tests of counting without a Prometheus. */
import type { Sample, Series } from '../../verifier/source/sample.ts';

/** A target's life as a test tells it. */
export interface Scraped {
  readonly instance: string;
  /** Seconds of its first scrape. */
  readonly offset: number;
  readonly every: number;
  /** Scrapes from here... */
  readonly from: number;
  /** ... to here. */
  readonly to: number;
}

/** Scrape times of a target. */
function scrapes({ offset, every, from, to }: Scraped): number[] {
  const times: number[] = [];
  for (let time = offset + Math.ceil((from - offset) / every) * every; time <= to; time += every) {
    times.push(Math.round(time * 1000) / 1000);
  }
  return times;
}

/** A series whose value is a function of time; undefined: the series is not there at that scrape. */
export function series(
  name: string,
  target: Scraped,
  value: (at: number) => number | undefined,
  labels: Readonly<Record<string, string>> = {},
): Series {
  const samples: Sample[] = [];
  for (const at of scrapes(target)) {
    const now = value(at);
    if (now !== undefined) samples.push({ at, value: now });
  }
  return { labels: { __name__: name, job: 'app', instance: target.instance, ...labels }, samples };
}

/** `up` of a target: 1 at each scrape unless told otherwise. */
export function up(
  target: Scraped,
  value: (at: number) => number = () => 1,
  labels: Readonly<Record<string, string>> = {},
): Series {
  return series('up', target, value, labels);
}
