// What a service of the shop tells Prometheus: requests by status code, their duration, and named counters, in the text
// exposition format (https://prometheus.io/docs/instrumenting/exposition_formats/).
import { createServer, type Server } from 'node:http';

/** Upper bounds in seconds. The bound of the demo's experiment, 1 s, is one of them: a quantile is then sharp there. */
const BUCKETS = [0.005, 0.01, 0.025, 0.05, 0.1, 0.25, 0.5, 0.75, 1, 1.5, 2.5, 5, 10];
/** Known from the start, so that the first error is an increase and not a new series. */
const CODES = ['200', '404', '500'];

/** The figures of one service. */
export class Metrics {
  readonly #requests = new Map<string, number>(CODES.map((code) => [code, 0]));
  readonly #buckets = BUCKETS.map(() => 0);
  readonly #counters = new Map<string, number>();
  #seconds = 0;
  #count = 0;

  /** `names` are counters of the service's own, which begin at 0. */
  constructor(names: readonly string[] = []) {
    for (const name of names) this.#counters.set(name, 0);
  }

  /** One request has ended with `code` after `seconds`. */
  request(code: string, seconds: number): void {
    this.#requests.set(code, (this.#requests.get(code) ?? 0) + 1);
    this.#count++;
    this.#seconds += seconds;
    BUCKETS.forEach((bound, index) => {
      if (seconds <= bound) this.#buckets[index] = (this.#buckets[index] ?? 0) + 1;
    });
  }

  /** Adds 1 to a counter of the service's own. */
  count(name: string): void {
    this.#counters.set(name, (this.#counters.get(name) ?? 0) + 1);
  }

  /** The text for Prometheus. */
  render(): string {
    const lines = ['# TYPE shop_requests_total counter'];
    for (const [code, count] of this.#requests) lines.push(`shop_requests_total{code="${code}"} ${count}`);
    lines.push('# TYPE shop_request_seconds histogram');
    BUCKETS.forEach((bound, index) => lines.push(`shop_request_seconds_bucket{le="${bound}"} ${this.#buckets[index]}`));
    lines.push(`shop_request_seconds_bucket{le="+Inf"} ${this.#count}`);
    lines.push(`shop_request_seconds_sum ${this.#seconds}`, `shop_request_seconds_count ${this.#count}`);
    for (const [name, count] of this.#counters) lines.push(`# TYPE ${name} counter`, `${name} ${count}`);
    return `${lines.join('\n')}\n`;
  }
}

/** Serves `/metrics` on a port of its own: scrapes are no traffic of the service. */
export function metricsServer(metrics: Metrics): Server {
  return createServer((_request, response) => {
    response.setHeader('content-type', 'text/plain; version=0.0.4');
    response.end(metrics.render());
  });
}
