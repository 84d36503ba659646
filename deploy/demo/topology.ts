// Who is who in the demo, and who calls whom. Every call goes through the called one's sidecar:
//
//   frontend --> [sidecar] reviews --> [sidecar] ratings --> [sidecar] store
//
// `frontend` and `reviews` are there twice, once careless and once careful; ratings and the store are shared.
import { stringify } from 'yaml';

/** The two ways to call another service that the demo compares. */
export type Version = 'careless' | 'careful';
export const VERSIONS: readonly Version[] = ['careless', 'careful'];

/** One service with its sidecar. All ports are on 127.0.0.1. */
export interface Member {
  /** Unique: `reviews-careful`. */
  readonly name: string;
  /** Its file in `shop/`, and its label `app`. */
  readonly app: 'store' | 'ratings' | 'reviews' | 'frontend';
  /** Null for what both versions share. */
  readonly version: Version | null;
  /** The member it calls; null for the last one. */
  readonly calls: string | null;
  readonly servicePort: number;
  readonly metricsPort: number;
  readonly sidecar: { readonly listen: number; readonly admin: number; readonly observe: number };
}

const PLAN: readonly Pick<Member, 'name' | 'app' | 'version' | 'calls'>[] = [
  { name: 'store', app: 'store', version: null, calls: null },
  { name: 'ratings', app: 'ratings', version: null, calls: 'store' },
  ...VERSIONS.flatMap((version) => [
    { name: `reviews-${version}`, app: 'reviews' as const, version, calls: 'ratings' },
    { name: `frontend-${version}`, app: 'frontend' as const, version, calls: `reviews-${version}` },
  ]),
];

const PORTS_EACH = 5;
/** How many ports `planShop` takes. */
export const PORTS_NEEDED: number = PLAN.length * PORTS_EACH;

/** Gives each member its ports. */
export function planShop(ports: readonly number[]): Member[] {
  const next = ports.values();
  const port = (): number => {
    const taken = next.next().value;
    if (taken === undefined) throw new Error(`The shop needs ${PORTS_NEEDED} ports, got ${ports.length}.`);
    return taken;
  };
  return PLAN.map((member) => ({
    ...member,
    servicePort: port(),
    metricsPort: port(),
    sidecar: { listen: port(), admin: port(), observe: port() },
  }));
}

/** The member of that name. */
export function member(members: readonly Member[], name: string): Member {
  const found = members.find((one) => one.name === name);
  if (found === undefined) throw new Error(`The shop has no ${name}.`);
  return found;
}

/** Arguments of a service. */
export function serviceCommand(members: readonly Member[], one: Member): string[] {
  const args = ['--listen', String(one.servicePort), '--metrics', String(one.metricsPort)];
  if (one.calls !== null) args.push('--upstream', `127.0.0.1:${member(members, one.calls).sidecar.listen}`);
  if (one.version === 'careful') args.push('--careful');
  return args;
}

/** Arguments of a sidecar. */
export function sidecarCommand(one: Member, stateDir: string): string[] {
  const { listen, admin, observe } = one.sidecar;
  return [
    `--listen=127.0.0.1:${listen}`,
    `--upstream=127.0.0.1:${one.servicePort}`,
    `--admin=127.0.0.1:${admin}`,
    `--observe=127.0.0.1:${observe}`,
    `--state=${stateDir}`,
    // Ctrl-C must not wait for pages that wait for a fault.
    '--drain=1s',
  ];
}

/** What Prometheus scrapes, each second: services (job `shop`) and sidecars (job `sidequake`). */
export function prometheusConfig(members: readonly Member[]): string {
  const targets = (port: (one: Member) => number): unknown[] =>
    members.map((one) => ({
      targets: [`127.0.0.1:${port(one)}`],
      labels: { app: one.app, ...(one.version === null ? {} : { version: one.version }) },
    }));
  return stringify({
    global: { scrape_interval: '1s', scrape_timeout: '1s', evaluation_interval: '1s' },
    scrape_configs: [
      { job_name: 'shop', static_configs: targets((one) => one.metricsPort) },
      { job_name: 'sidequake', static_configs: targets((one) => one.sidecar.observe) },
    ],
  });
}
