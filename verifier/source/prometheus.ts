/**
 * A thin, strict client of the Prometheus HTTP API: what it returns may be relied on, everything else is a failure
 * with a sentence. It never throws for what a server answers. Times are Unix seconds.
 */
import { answered, failed, type Answer } from './answer.ts';
import { endpoint, type Endpoint, type EndpointOptions } from './endpoint.ts';
import { isObject, openEnvelope } from './envelope.ts';
import { readInstant, readLabels, readLabelSets, readMatrix, type InstantResult } from './result.ts';
import type { Labels, Series } from './sample.ts';
import { Transport } from './transport.ts';

export interface PrometheusOptions extends EndpointOptions {
  /** For one question with all its retries; default 10 s. */
  readonly timeoutMs?: number;
  /** Of one answer, after decompression; default 64 MiB. */
  readonly maxBytes?: number;
  /** Uniform in [0, 1): spreads retries. */
  readonly random?: () => number;
}

/** One target that Prometheus scrapes. */
export interface ScrapeTarget {
  readonly labels: Labels;
  readonly health: string;
  readonly lastError: string;
  /** Null where the server does not say. */
  readonly scrapeIntervalSeconds: number | null;
}

/**
 * Refuse partial results where a backend knows how to (Thanos, VictoriaMetrics), and raw resolution without a cache.
 * Prometheus does not look at parameters that it does not know.
 */
const WHOLE_OR_NOTHING = {
  partial_response: 'false',
  max_source_resolution: '0s',
  deny_partial_response: '1',
  nocache: '1',
} as const;

/** @example
 * await using prometheus = new Prometheus({ url: 'http://127.0.0.1:9090' });
 * const up = await prometheus.instant('sum(up)', Date.now() / 1000);
 * if (up.ok) console.log(up.value);
 */
export class Prometheus {
  /** The URL without credentials and parameters. */
  readonly shownUrl: string;
  readonly #transport: Transport;

  /** @throws InvalidPrometheusUrl */
  constructor(options: PrometheusOptions) {
    const place: Endpoint = endpoint(options);
    this.shownUrl = place.shown;
    this.#transport = new Transport({
      endpoint: place,
      timeoutMs: options.timeoutMs ?? 10_000,
      maxBytes: options.maxBytes ?? 64 * 1024 * 1024,
      random: options.random ?? Math.random,
    });
  }

  /** The version as the server names itself ("2.42.0+ds"); null where it names none. */
  async buildInfo(signal?: AbortSignal): Promise<Answer<{ readonly version: string | null }>> {
    const data = await this.#data('status/buildinfo', {}, signal);
    if (!data.ok) return data;
    const version = isObject(data.value) ? data.value['version'] : undefined;
    return answered({ version: typeof version === 'string' && version !== '' ? version : null });
  }

  /** The server's clock. */
  async serverTime(signal?: AbortSignal): Promise<Answer<number>> {
    const now = await this.instant('time()', undefined, signal);
    if (!now.ok) return now;
    const { value } = now;
    if (value.kind !== 'scalar' || !(value.value > 0) || value.value === Infinity) {
      return failed('wrong-shape', 'time() did not give a time');
    }
    return answered(value.value, now.infos);
  }

  /** Evaluates at `at`, or at the server's now where it is undefined. Values may be NaN or infinite. */
  async instant(promql: string, at: number | undefined, signal?: AbortSignal): Promise<Answer<InstantResult>> {
    const time: Record<string, string> = at === undefined ? {} : { time: at.toFixed(3) };
    const data = await this.#data('query', { query: promql, ...time, ...WHOLE_OR_NOTHING }, signal);
    return data.ok ? withInfos(readInstant(data.value, at), data.infos) : data;
  }

  /**
   * The raw samples of a plain selector over the `seconds` before `at`, with their own times. The left edge itself may
   * be missing (ranges are left-open from Prometheus 3 on).
   */
  async rawRange(
    selector: string,
    seconds: number,
    at: number,
    signal?: AbortSignal,
  ): Promise<Answer<readonly Series[]>> {
    const params = { query: rawRangeQuery(selector, seconds), time: at.toFixed(3), ...WHOLE_OR_NOTHING };
    const data = await this.#data('query', params, signal);
    return data.ok ? withInfos(readMatrix(data.value, at - seconds, at), data.infos) : data;
  }

  /** Evaluates at every `step` seconds from `from` to `to`, both included: at most 11,000 points. */
  async range(
    promql: string,
    from: number,
    to: number,
    step: number,
    signal?: AbortSignal,
  ): Promise<Answer<readonly Series[]>> {
    const edges = { start: from.toFixed(3), end: to.toFixed(3), step: step.toFixed(3) };
    const data = await this.#data('query_range', { query: promql, ...edges, ...WHOLE_OR_NOTHING }, signal);
    return data.ok ? withInfos(readMatrix(data.value, from, to), data.infos) : data;
  }

  /** Asks Prometheus whether it would run the query: syntax and argument types, without running anything. */
  async checkSyntax(promql: string, signal?: AbortSignal): Promise<Answer<string>> {
    const data = await this.#data('format_query', { query: promql }, signal);
    if (!data.ok) return data;
    return typeof data.value === 'string' ? answered(data.value) : failed('wrong-shape', 'format_query gave no text');
  }

  /** The label sets of all series of a selector between two times. */
  async series(selector: string, from: number, to: number, signal?: AbortSignal): Promise<Answer<readonly Labels[]>> {
    const params = { 'match[]': selector, start: from.toFixed(3), end: to.toFixed(3) };
    const data = await this.#data('series', params, signal);
    return data.ok ? withInfos(readLabelSets(data.value), data.infos) : data;
  }

  /** The targets that are scraped now. Backends behind which others scrape have none, or no such endpoint. */
  async targets(signal?: AbortSignal): Promise<Answer<readonly ScrapeTarget[]>> {
    const data = await this.#data('targets', { state: 'active' }, signal);
    if (!data.ok) return data;
    const active = isObject(data.value) ? data.value['activeTargets'] : undefined;
    if (!Array.isArray(active)) return failed('wrong-shape', 'the answer has no activeTargets');
    const targets = (active as unknown[]).map(readTarget);
    const sound = targets.filter((target) => target !== null);
    return sound.length === targets.length ? answered(sound) : failed('wrong-shape', 'a target has no labels');
  }

  async [Symbol.asyncDispose](): Promise<void> {
    await this.#transport[Symbol.asyncDispose]();
  }

  async #data(path: string, params: Readonly<Record<string, string>>, signal?: AbortSignal): Promise<Answer<unknown>> {
    const reply = await this.#transport.ask(path, new URLSearchParams(params), signal);
    return reply.ok ? openEnvelope(reply.value, this.shownUrl) : reply;
  }
}

/** The query that `rawRange` sends. */
export function rawRangeQuery(selector: string, seconds: number): string {
  return `${selector}[${rangeText(seconds)}]`;
}

/** Seconds as a PromQL duration: `60s`, `1500ms`. At least a millisecond. */
export function rangeText(seconds: number): string {
  const ms = Math.max(1, Math.round(seconds * 1000));
  return ms % 1000 === 0 ? `${ms / 1000}s` : `${ms}ms`;
}

function withInfos<T>(answer: Answer<T>, infos: readonly string[]): Answer<T> {
  return answer.ok ? answered(answer.value, infos) : answer;
}

function readTarget(value: unknown): ScrapeTarget | null {
  const labels = isObject(value) ? readLabels(value['labels']) : null;
  if (!isObject(value) || labels === null) return null;
  const { health, lastError, scrapeInterval } = value;
  return {
    labels,
    health: typeof health === 'string' ? health : 'unknown',
    lastError: typeof lastError === 'string' ? lastError : '',
    scrapeIntervalSeconds: typeof scrapeInterval === 'string' ? promDurationSeconds(scrapeInterval) : null,
  };
}

/** "15s", "1m30s", "500ms" as Prometheus writes its intervals; null for anything else. */
function promDurationSeconds(text: string): number | null {
  const match = /^(?:(\d+)h)?(?:(\d+)m)?(?:(\d+)s)?(?:(\d+)ms)?$/.exec(text);
  if (match === null || text === '') return null;
  const [hours, minutes, seconds, ms] = match.slice(1).map((part) => Number(part ?? '0'));
  const total = (hours ?? 0) * 3600 + (minutes ?? 0) * 60 + (seconds ?? 0) + (ms ?? 0) / 1000;
  return total > 0 ? total : null;
}
