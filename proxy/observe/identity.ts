/** Who the app behind this sidecar is: label values of Istio's metrics. What is not known reads `unknown`. */
export interface Identity {
  readonly workload: string;
  readonly namespace: string;
  readonly app: string;
  readonly version: string;
  readonly service: string;
}

/** Reads `SIDEQUAKE_WORKLOAD`, `_NAMESPACE`, `_APP`, `_VERSION`, `_SERVICE`; in a pod the injector sets them. */
export function identityFrom(env: Readonly<Record<string, string | undefined>>): Identity {
  const read = (name: string): string => env[`SIDEQUAKE_${name}`] || 'unknown';
  return {
    workload: read('WORKLOAD'),
    namespace: read('NAMESPACE'),
    app: read('APP'),
    version: read('VERSION'),
    service: read('SERVICE'),
  };
}
