import { fakePrometheus, scalar, vector } from './fake-prometheus.ts';
import type { FakePrometheus, Question, Reaction } from './fake-prometheus.ts';

/**
 * A Prometheus that scrapes one app at exactly every 200 ms, however busy this machine is: the app notes when it
 * counted what, and a sample is computed for its time when somebody asks. It knows the few forms of queries that the
 * verifier sends and refuses all others, so that a test cannot pass on an answer that nobody gave.
 */

const SCRAPE_SECONDS = 0.2;
/** Samples begin so long before the first question. */
const HISTORY_SECONDS = 10;

/** A metric with its labels and its value at a time (Unix seconds); undefined: the series is not there. */
export interface PunctualSeries {
  readonly name: string;
  readonly labels: Readonly<Record<string, string>>;
  readonly value: (at: number) => number | undefined;
  /** Default: the app. */
  readonly target?: Target;
}

interface Target {
  readonly job: string;
  readonly instance: string;
}

const APP: Target = { job: 'app', instance: 'app:80' };

export async function punctualPrometheus(
  series: readonly PunctualSeries[],
  before: (question: Question) => Promise<void> = async () => {},
): Promise<FakePrometheus> {
  const firstAt = grid(Date.now() / 1000 - HISTORY_SECONDS);
  const targets = new Map(series.map(({ target = APP }) => [target.instance, target]));
  const ups = [...targets.values()].map((target) => ({ name: 'up', labels: {}, target, value: () => 1 }));
  return await fakePrometheus((question) => react(question, [...series, ...ups], firstAt), before);
}

function react({ path, params }: Question, all: readonly PunctualSeries[], firstAt: number): Reaction | undefined {
  const query = params.get('query') ?? '';
  if (path === 'status/buildinfo') return { data: { version: '0.0.0-punctual' } };
  if (path === 'targets') {
    const ups = all.filter(({ name }) => name === 'up');
    const state = { health: 'up', lastError: '', scrapeInterval: '200ms' };
    return { data: { activeTargets: ups.map(({ target = APP }) => ({ labels: target, ...state })) } };
  }
  if (path === 'format_query') return isWrong(query) ? refuse(`wrong argument in ${query}`) : { data: query };
  if (path === 'query_range') return { data: { resultType: 'matrix', result: [] } };
  if (path !== 'query') return refuse(`there is no ${path}`);
  const now = Date.now() / 1000;
  const at = Number(params.get('time') ?? now);
  if (query === 'time()') return scalar(at, String(at));
  const last = grid(Math.min(at, now));
  const raw = /^([^[\]]+)\[(\d+)(ms|s)\]$/.exec(query);
  if (raw !== null) {
    const seconds = Number(raw[2]) / (raw[3] === 'ms' ? 1000 : 1);
    return {
      data: { resultType: 'matrix', result: samples(select(all, raw[1] ?? ''), Math.max(firstAt, at - seconds), last) },
    };
  }
  const times = /^(?:max by \(job, instance\) |min)\(timestamp\((.*)\)\)$/.exec(query);
  if (times !== null) return vectorAt(at, select(all, times[1] ?? ''), () => last);
  const recent = /^count by \(job, instance\) \(last_over_time\((.*)\[15m\]\)\)$/.exec(query);
  if (recent !== null) return vectorAt(at, select(all, recent[1] ?? ''), () => 1);
  if (/^min\(min_over_time\(up.*\)\)$/.test(query)) return vector(at, { value: '1' });
  if (/increase\(/.test(query)) return vector(at);
  if (/^\w*(\{[^}]*\})?$/.test(query)) {
    const found = select(all, query).filter(({ value }) => value(last) !== undefined);
    const elements = found.map((one) => ({ labels: labelsOf(one), value: text(one.value(last)) }));
    return vector(at, ...elements);
  }
  return refuse(`this fake does not know ${query}`);
}

/** `name` or `name{label="value"}`. */
function select(all: readonly PunctualSeries[], selector: string): readonly PunctualSeries[] {
  const [, name = '', matchers = ''] = /^(\w*)(?:\{(.*)\})?$/.exec(selector) ?? [];
  const wanted = [...matchers.matchAll(/(\w+)=(~?)"((?:[^"\\]|\\.)*)"/g)].map(([, label = '', regex, written = '']) => {
    const value = JSON.parse(`"${written}"`) as string;
    const pattern = regex === '~' ? new RegExp(`^(?:${value})$`) : null;
    return { label, holds: (text: string) => pattern?.test(text) ?? text === value };
  });
  return all.filter(
    (one) =>
      (name === '' || one.name === name) && wanted.every(({ label, holds }) => holds(labelsOf(one)[label] ?? '')),
  );
}

function labelsOf({ name, target = APP, labels }: PunctualSeries): Readonly<Record<string, string>> {
  return { __name__: name, ...target, ...labels };
}

function samples(found: readonly PunctualSeries[], from: number, to: number): unknown[] {
  return found.map((series) => {
    const { value } = series;
    const values: [number, string][] = [];
    for (let at = grid(from) + SCRAPE_SECONDS; at <= to + 1e-6; at += SCRAPE_SECONDS) {
      const time = Number(at.toFixed(3));
      const now = value(time);
      if (now !== undefined) values.push([time, text(now)]);
    }
    return { metric: labelsOf(series), values };
  });
}

function vectorAt(at: number, found: readonly PunctualSeries[], value: () => number): Reaction {
  const targets = new Map(found.map(({ target = APP }) => [target.instance, { ...target }]));
  return vector(at, ...[...targets.values()].map((labels) => ({ labels, value: text(value()) })));
}

/** The newest scrape at or before a time. */
function grid(at: number): number {
  return Number((Math.floor(at / SCRAPE_SECONDS + 1e-6) * SCRAPE_SECONDS).toFixed(3));
}

function text(value: number | undefined): string {
  return value === undefined || Number.isNaN(value) ? 'NaN' : String(value);
}

/** What a real one says of a range function over an instant selector. */
function isWrong(query: string): boolean {
  return /rate\([^[]*\)$/.test(query);
}

function refuse(error: string): Reaction {
  return { status: 400, body: JSON.stringify({ status: 'error', errorType: 'bad_data', error }) };
}
