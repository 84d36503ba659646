import { Pool } from 'undici';
import type { Dispatcher } from 'undici';
import type { Load, LoadCounts, LoadSpec } from './load-spec.ts';
import { PhaseCounts } from './phase-counts.ts';

/**
 * Constant rate, open loop: request k is due at `start + k / rate` and leaves then, whether or not earlier ones have
 * been answered.
 *
 *     due     |----|----|----|----|----|----      every 1 / rate
 *     left    |----|----|-----|---|----|----      lateness = left - due, of this process
 *     answer       '--------------->              latency = answer - DUE
 *
 * Latency counts from the due time: a caller who had to wait because the system stalled has waited, whatever the
 * sender was doing (no coordinated omission). Requests given up after the timeout count with the time they waited;
 * refused ones do not, or a dead server would look fast.
 */

/** More requests than this are never out at once: what falls due beyond it counts as sent and failed. */
const MOST_OUTSTANDING = 10_000;
/** After a stop of the process (a laptop's sleep) at most this many missed requests are made up for in one step. */
const MOST_PER_STEP = 1_000;

/** Begins to send at once. */
export function startOpenLoop(spec: LoadSpec, options: { readonly mostOutstanding?: number } = {}): Load {
  return new OpenLoop(spec, options.mostOutstanding ?? MOST_OUTSTANDING);
}

class OpenLoop implements Load {
  readonly #spec: LoadSpec;
  readonly #mostOutstanding: number;
  readonly #pool: Pool;
  readonly #path: string;
  readonly #headers: Readonly<Record<string, string>>;
  readonly #startMs = performance.now();
  readonly #outstanding = new Set<OpenRequest>();
  readonly #total = new PhaseCounts('total');
  readonly #phases: PhaseCounts[] = [];
  #phase: PhaseCounts | null = null;
  readonly #byStatus: Record<string, number> = {};
  readonly #failures: Record<string, number> = {};
  #next = 0;
  #timer: NodeJS.Timeout | null = null;
  #idle: (() => void) | null = null;
  #stopped = false;

  constructor(spec: LoadSpec, mostOutstanding: number) {
    this.#spec = spec;
    this.#mostOutstanding = mostOutstanding;
    const url = new URL(spec.url);
    this.#path = url.pathname + url.search;
    this.#headers = { ...basicAuthorization(url), ...spec.headers };
    this.#pool = new Pool(url.origin, {
      allowH2: false,
      pipelining: 1,
      headersTimeout: 0,
      bodyTimeout: 0,
      connect: { timeout: spec.timeoutMs },
    });
    this.#step();
  }

  enterPhase(name: string | null): void {
    this.#phase = name === null ? null : new PhaseCounts(name);
    if (this.#phase !== null) this.#phases.push(this.#phase);
  }

  async stop(graceMs: number): Promise<void> {
    this.#stopped = true;
    if (this.#timer !== null) clearTimeout(this.#timer);
    if (this.#outstanding.size > 0 && graceMs > 0) {
      await new Promise<void>((resolve) => {
        const timer = setTimeout(resolve, graceMs);
        this.#idle = () => {
          clearTimeout(timer);
          resolve();
        };
      });
    }
    for (const request of this.#outstanding) request.giveUp('no answer at the end');
    await this.#pool.destroy();
  }

  counts(): LoadCounts {
    return {
      sent: this.#total.sent,
      failed: this.#total.failed,
      byStatus: { ...this.#byStatus },
      failures: { ...this.#failures },
      phases: this.#phases.map((phase) => phase.figures()),
    };
  }

  async [Symbol.asyncDispose](): Promise<void> {
    if (!this.#stopped) await this.stop(0);
  }

  /** Sends everything that is due and comes back when the next one is. */
  #step(): void {
    if (this.#stopped) return;
    const nowMs = performance.now();
    for (let budget = MOST_PER_STEP; budget > 0 && this.#dueMs() <= nowMs; budget--) {
      this.#send(this.#dueMs());
      this.#next++;
    }
    this.#timer = setTimeout(() => this.#step(), Math.max(0, this.#dueMs() - performance.now()));
  }

  #dueMs(): number {
    return this.#startMs + (this.#next * 1000) / this.#spec.ratePerSecond;
  }

  #send(dueMs: number): void {
    const counted = this.#phase === null ? [this.#total] : [this.#total, this.#phase];
    const lateMs = Math.max(0, performance.now() - dueMs);
    for (const counts of counted) counts.left(lateMs);
    if (this.#outstanding.size >= this.#mostOutstanding) {
      this.#fail(counted, 'over the cap');
      return;
    }
    const request = new OpenRequest(this.#spec.timeoutMs, (outcome) => {
      this.#outstanding.delete(request);
      const ms = performance.now() - dueMs;
      if (outcome.status !== null) {
        this.#byStatus[outcome.status] = (this.#byStatus[outcome.status] ?? 0) + 1;
        for (const counts of counted) counts.took(ms);
      } else {
        if (outcome.waited) for (const counts of counted) counts.took(ms);
        this.#fail(counted, outcome.cause);
      }
      if (this.#outstanding.size === 0) this.#idle?.();
    });
    this.#outstanding.add(request);
    const { method, body } = this.#spec;
    try {
      this.#pool.dispatch({ path: this.#path, method, headers: this.#headers, body }, request);
    } catch (error) {
      request.onResponseError(null, error as Error);
    }
  }

  #fail(counted: readonly PhaseCounts[], cause: string): void {
    this.#failures[cause] = (this.#failures[cause] ?? 0) + 1;
    for (const counts of counted) counts.failed++;
  }
}

type Outcome =
  { readonly status: number } | { readonly status: null; readonly cause: string; readonly waited: boolean };

/** One request on its way. It ends exactly once: by its answer's last byte, an error, the timeout or the end. */
class OpenRequest implements Dispatcher.DispatchHandler {
  readonly #onEnd: (outcome: Outcome) => void;
  readonly #timer: NodeJS.Timeout;
  #controller: Dispatcher.DispatchController | null = null;
  #status = 0;
  #ended = false;

  constructor(timeoutMs: number, onEnd: (outcome: Outcome) => void) {
    this.#onEnd = onEnd;
    this.#timer = setTimeout(() => this.giveUp('timeout'), timeoutMs);
  }

  giveUp(cause: string): void {
    this.#end({ status: null, cause, waited: true });
    this.#controller?.abort(new Error(cause));
  }

  onRequestStart(controller: Dispatcher.DispatchController): void {
    this.#controller = controller;
    // Given up while it still waited for a connection.
    if (this.#ended) controller.abort(new Error('given up'));
  }

  onResponseStart(_controller: Dispatcher.DispatchController, status: number): void {
    // Interim answers (1xx) come by here too; the last one is the answer's own.
    this.#status = status;
  }

  onResponseData(): void {
    // The body is not looked at; reading it is what frees the connection.
  }

  onResponseEnd(): void {
    this.#end({ status: this.#status });
  }

  onResponseError(_controller: Dispatcher.DispatchController | null, error: Error & { code?: string }): void {
    this.#end({ status: null, cause: error.code ?? error.name, waited: false });
  }

  #end(outcome: Outcome): void {
    if (this.#ended) return;
    this.#ended = true;
    clearTimeout(this.#timer);
    this.#onEnd(outcome);
  }
}

/** RFC 7617, from the credentials in the URL. */
function basicAuthorization(url: URL): Record<string, string> {
  if (url.username === '' && url.password === '') return {};
  const pair = `${decodeURIComponent(url.username)}:${decodeURIComponent(url.password)}`;
  return { authorization: `Basic ${Buffer.from(pair).toString('base64')}` };
}
