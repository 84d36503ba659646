/** The observe listener: read-only, for Prometheus and the kubelet. It may be public. */
import type { Address } from '../config/rule.ts';
import { ControlServer } from './control-server.ts';
import { failure, text } from './reply.ts';

/** Whether the proxy should be sent traffic. */
interface Readiness {
  readonly ready: boolean;
  /** For people: `ready`, `draining`, `no listener is open`. */
  readonly reason: string;
}

export interface ObserveOptions {
  readonly address: Address;
  /** The whole exposition, in the text format of Prometheus. */
  readonly metrics: () => string | Promise<string>;
  readonly readiness: () => Readiness;
  readonly warn: (message: string) => void;
}

const FLAG = '--observe';
/** https://prometheus.io/docs/instrumenting/exposition_formats/#text-based-format */
const EXPOSITION = 'text/plain; version=0.0.4; charset=utf-8';
const TEXT = 'text/plain; charset=utf-8';

/** @throws {BindError} where the address cannot be listened on */
export async function startObserve({ address, metrics, readiness, warn }: ObserveOptions): Promise<ControlServer> {
  return ControlServer.start({
    address,
    flag: FLAG,
    warn,
    endpoints: [
      {
        path: '/metrics',
        methods: {
          GET: async () => {
            try {
              return text(200, EXPOSITION, await metrics());
            } catch (error) {
              // A scrape must fail as a whole: half an exposition reads as counters that were reset.
              const what = error instanceof Error ? (error.stack ?? error.message) : String(error);
              warn(`${FLAG}: /metrics failed: ${what}`);
              return failure('metrics-failed', 'the metrics could not be rendered: see the log of the proxy');
            }
          },
        },
      },
      // Alive means that the event loop turns: that this is answered says it.
      { path: '/healthz', methods: { GET: () => text(200, TEXT, 'ok\n') } },
      {
        path: '/readyz',
        methods: {
          GET: () => {
            const { ready, reason } = readiness();
            return text(ready ? 200 : 503, TEXT, `${reason}\n`);
          },
        },
      },
    ],
  });
}
