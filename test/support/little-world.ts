import { createServer } from 'node:http';
import type { AddressInfo } from 'node:net';
import type { FakeAdmin } from './fake-admin.ts';
import { startFakeAdmin } from './fake-admin.ts';
import { punctualPrometheus } from './punctual-prometheus.ts';

/**
 * A world of its own for experiments that last seconds: an app, a sidecar's admin API whose rules decide which of its
 * requests break, and a Prometheus that can be shut.
 */
export interface LittleWorld extends AsyncDisposable {
  readonly app: {
    readonly url: string;
    /** Every n-th request fails without any fault; 0: none. */
    errorEvery: number;
    countsNothing: boolean;
  };
  readonly admin: FakeAdmin;
  readonly prometheus: {
    readonly url: string;
    shut(): Promise<void>;
    /** Awaited before each answer. */
    before: (query: string) => Promise<void>;
  };
  /** What Prometheus scrapes of the sidecar. */
  readonly sidecar: Sidecar;
}

export interface Sidecar {
  scraped: boolean;
  /** The part of the broken exchanges that its counters show. */
  shows: number;
  status: string;
  flags: string;
  /** How long each broken exchange took. */
  tookMs: number;
}

const SIDECAR = { job: 'sidecar', instance: 'sidecar:15021' };

/** Metrics: `app_requests_total{code="200"|"503"}`, `app_nan`, and those of a sidecar for the rule `little-1`. */
export async function littleWorld(): Promise<LittleWorld> {
  const stack = new AsyncDisposableStack();
  const admin = stack.use(await startFakeAdmin());
  /** When each request was counted, Unix seconds. */
  const counted = { '200': [] as number[], '503': [] as number[] };
  let requests = 0;
  const app = { url: '', errorEvery: 0, countsNothing: false };
  const server = createServer((_request, response) => {
    const broken = admin.exchange() || (app.errorEvery > 0 && ++requests % app.errorEvery === 0);
    const status = broken ? 503 : 200;
    if (!app.countsNothing) counted[status].push(Date.now() / 1000);
    response.writeHead(status).end('ok');
  });
  await new Promise<void>((resolve) => {
    server.listen(0, '127.0.0.1', resolve);
  });
  stack.defer(async () => {
    server.closeAllConnections();
    await new Promise((resolve) => {
      server.close(resolve);
    });
  });
  app.url = `http://127.0.0.1:${(server.address() as AddressInfo).port}/work`;
  const countedBy = (times: readonly number[]) => (at: number) => {
    // Times are in order: how many are not behind it.
    let [low, high] = [0, times.length];
    while (low < high) {
      const middle = (low + high) >> 1;
      if ((times[middle] ?? 0) <= at) low = middle + 1;
      else high = middle;
    }
    return low;
  };
  const sidecar: Sidecar = { scraped: false, shows: 1, status: '503', flags: 'FI', tookMs: 0 };
  const broken = countedBy(admin.brokenAt);
  /** A counter that grows by `by()` with each broken exchange. */
  const perBroken = (name: string, labels: Readonly<Record<string, string>>, by: () => number, is = () => true) => ({
    name,
    labels,
    target: SIDECAR,
    value: (at: number) => (sidecar.scraped && is() ? Math.floor(broken(at) * sidecar.shows) * by() : undefined),
  });
  const flagged = ['FI', 'DI'].flatMap((flags) => {
    const is = (): boolean => sidecar.flags === flags;
    const duration = 'istio_request_duration_milliseconds';
    return [
      ...['500', '503'].map((status) =>
        perBroken(
          'istio_requests_total',
          { response_flags: flags, response_code: status },
          () => 1,
          () => is() && sidecar.status === status,
        ),
      ),
      perBroken(`${duration}_sum`, { response_flags: flags }, () => sidecar.tookMs, is),
      perBroken(`${duration}_count`, { response_flags: flags }, () => 1, is),
    ];
  });
  const gate = { before: async (_query: string): Promise<void> => {} };
  const prometheus = await punctualPrometheus(
    [
      ...flagged,
      perBroken('sidequake_rule_exchanges_total', { rule: 'little-1', outcome: 'injected' }, () => 1),
      {
        name: 'sidequake_build_info',
        labels: { exported_instance: 'instance-1' },
        target: SIDECAR,
        value: () => (sidecar.scraped ? 1 : undefined),
      },
      { name: 'app_requests_total', labels: { code: '200' }, value: countedBy(counted['200']) },
      { name: 'app_requests_total', labels: { code: '503' }, value: countedBy(counted['503']) },
      { name: 'app_nan', labels: {}, value: () => NaN },
    ],
    async ({ params }) => await gate.before(params.get('query') ?? ''),
  );
  let open = true;
  const shut = async (): Promise<void> => {
    if (!open) return;
    open = false;
    await prometheus[Symbol.asyncDispose]();
  };
  stack.defer(shut);
  return {
    app,
    admin,
    prometheus: Object.assign(gate, { url: prometheus.url, shut }),
    sidecar,
    [Symbol.asyncDispose]: () => stack.disposeAsync(),
  };
}
