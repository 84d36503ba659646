// A traffic listener on a free port, with rules armed by hand: the data path without configuration, store or admin.
import type { Address, Listener } from '../../proxy/config/rule.ts';
import type { Traffic } from '../../proxy/http1/traffic.ts';
import { TrafficListener } from '../../proxy/listen/listener.ts';
import { ConnectionMetrics } from '../../proxy/observe/connection-metrics.ts';
import { ExchangeMetrics } from '../../proxy/observe/exchange-metrics.ts';
import type { InjectionRecord } from '../../proxy/observe/injection-log.ts';
import { buildRuleTable } from '../../proxy/route/rule-table.ts';
import type { ArmedRule } from '../../proxy/rules/armed-rule.ts';

export interface RunningListener extends AsyncDisposable {
  readonly port: number;
  readonly traffic: Traffic;
  readonly listener: TrafficListener;
  readonly injections: InjectionRecord[];
}

export async function startListener(
  upstreamPort: number,
  options: Partial<Pick<Listener, 'protocol' | 'strict'>> & { readonly rules?: readonly ArmedRule[] } = {},
): Promise<RunningListener> {
  const upstream: Address = { kind: 'tcp', host: '127.0.0.1', port: upstreamPort };
  const injections: InjectionRecord[] = [];
  const traffic: Traffic = {
    listener: {
      listen: { kind: 'tcp', host: '127.0.0.1', port: 0 },
      upstream,
      protocol: options.protocol ?? 'auto',
      strict: options.strict ?? false,
    },
    port: upstreamPort,
    instanceName: '',
    maxHeadBytes: 262_144,
    rules: buildRuleTable(options.rules ?? [], { port: upstreamPort }),
    routes: null,
    routeIndexes: new Int32Array(1),
    knownHttp: false,
    exchanges: new ExchangeMetrics(),
    connections: new ConnectionMetrics(),
    log: {
      injected: (record) => injections.push(record),
      defect: (_, error) => {
        throw error;
      },
    },
    nowMs: () => performance.now(),
  };
  const listener = new TrafficListener(traffic);
  const address = await listener.listen();
  return {
    port: address.kind === 'tcp' ? address.port : 0,
    traffic,
    listener,
    injections,
    [Symbol.asyncDispose]: () => {
      listener.destroy();
      return Promise.resolve();
    },
  };
}
