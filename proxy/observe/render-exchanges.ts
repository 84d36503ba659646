/** Exchange metrics as text: Istio's names for the tools that know them, and ours by named route. */
import type { Exposition, Labels } from './exposition.ts';
import {
  BOUNDS,
  BUCKETS,
  FLAGS,
  METHODS,
  OUTCOMES,
  type ExchangeMetrics,
  type Histograms,
  type SlotKey,
} from './exchange-metrics.ts';
import type { Identity } from './identity.ts';

/** What one set of route names counts. */
export interface ExchangeSource {
  readonly metrics: ExchangeMetrics;
  /** Names by route index; index 0 is the unnamed route. */
  readonly routeNames: readonly string[];
}

const NO_KEY: SlotKey = { route: 0, method: 0, status: 0, outcome: 0, flags: 0 };

/** `sidequake_http_requests_total` and the durations by route. */
export function renderRoutes(out: Exposition, source: ExchangeSource): void {
  const { metrics, routeNames } = source;
  out.family('sidequake_http_requests_total', 'counter', 'Exchanges by route, method, status and what became of them.');
  // Flags are Istio's label, not one of ours: their slots are added up.
  const bySeries = Map.groupBy(metrics.keys.entries(), ([, { route, method, status, outcome }]) =>
    [route, method, status, outcome].join(' '),
  );
  for (const slots of bySeries.values()) {
    const [, key] = slots[0] ?? [0, NO_KEY];
    const labels = {
      route: routeNames[key.route] ?? '',
      method: METHODS[key.method] ?? 'OTHER',
      code: String(key.status),
      outcome: OUTCOMES[key.outcome] ?? '',
    };
    const count = slots.reduce((sum, [slot]) => sum + metrics.count(slot), 0);
    out.sample('sidequake_http_requests_total', labels, count);
  }
  const byRoute = Map.groupBy(metrics.keys.keys(), (slot) => metrics.keys[slot]?.route ?? 0);
  const name = 'sidequake_http_request_duration_seconds';
  out.family(name, 'histogram', 'From the end of the request head to the last byte of the response.');
  for (const [route, slots] of byRoute) {
    renderHistogram(out, name, { route: routeNames[route] ?? '' }, metrics.durationsMs, slots, 1000);
  }
}

/** Istio's HTTP metrics, as a destination reports them. */
export function renderIstio(out: Exposition, metrics: ExchangeMetrics, identity: Identity): void {
  const groups = Map.groupBy(metrics.keys.keys(), (slot) => {
    const key = metrics.keys[slot];
    return `${key?.status ?? 0} ${key?.flags ?? 0}`;
  });
  const labelled = [...groups.values()].map((slots) => ({ slots, labels: istioLabels(metrics, slots, identity) }));
  out.family('istio_requests_total', 'counter', 'Exchanges seen at the destination.');
  for (const { slots, labels } of labelled) {
    out.sample(
      'istio_requests_total',
      labels,
      slots.reduce((sum, slot) => sum + metrics.count(slot), 0),
    );
  }
  const histograms = [
    ['istio_request_duration_milliseconds', 'Duration of exchanges.', metrics.durationsMs],
    ['istio_request_bytes', 'Bytes of requests, head and body.', metrics.requestBytes],
    ['istio_response_bytes', 'Bytes of responses, head and body.', metrics.responseBytes],
  ] as const;
  for (const [name, help, histogram] of histograms) {
    out.family(name, 'histogram', help);
    for (const { slots, labels } of labelled) renderHistogram(out, name, labels, histogram, slots, 1);
  }
}

function istioLabels(metrics: ExchangeMetrics, slots: readonly number[], identity: Identity): Labels {
  const key = metrics.keys[slots[0] ?? 0];
  return {
    reporter: 'destination',
    source_workload: 'unknown',
    source_workload_namespace: 'unknown',
    source_canonical_service: 'unknown',
    source_canonical_revision: 'unknown',
    source_app: 'unknown',
    source_version: 'unknown',
    source_cluster: 'unknown',
    destination_workload: identity.workload,
    destination_workload_namespace: identity.namespace,
    destination_canonical_service: identity.app,
    destination_canonical_revision: identity.version,
    destination_app: identity.app,
    destination_version: identity.version,
    destination_cluster: 'unknown',
    destination_service: identity.service,
    destination_service_name: identity.service.split('.')[0] ?? 'unknown',
    destination_service_namespace: identity.namespace,
    request_protocol: 'http',
    response_code: String(key?.status ?? 0),
    grpc_response_status: '',
    response_flags: FLAGS[key?.flags ?? 0] ?? '-',
    connection_security_policy: 'none',
  };
}

/** Several slots as one histogram. `divisor` turns the unit of the bounds into that of the metric. */
function renderHistogram(
  out: Exposition,
  name: string,
  labels: Labels,
  histograms: Histograms,
  slots: readonly number[],
  divisor: number,
): void {
  let cumulated = 0;
  let sum = 0;
  for (const slot of slots) sum += histograms.sum(slot);
  for (let bucket = 0; bucket < BUCKETS; bucket++) {
    for (const slot of slots) cumulated += histograms.count(slot, bucket);
    const bound = BOUNDS[bucket];
    const le = bound === undefined ? '+Inf' : String(bound / divisor);
    out.sample(`${name}_bucket`, { ...labels, le }, cumulated);
  }
  out.sample(`${name}_sum`, labels, sum / divisor);
  out.sample(`${name}_count`, labels, cumulated);
}
