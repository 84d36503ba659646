/**
 * Our own proxy, as users run it: the bundle, with metrics and admin listeners on. Apart from the headline variant
 * (one armed rule whose path no request matches) there are three more, to see what a rule costs.
 */
import { writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { startListening } from '../process/listening.ts';
import { packageVersion } from '../process/versions.ts';
import type { Engine, Running, Setting } from './engine.ts';
import { type Expected, auditSidequake, requireState } from './sidequake-audit.ts';

/** What the proxy is configured with. */
export interface Variant {
  readonly name: string;
  readonly title: string;
  /** Rules as users write them; the one the audit looks at has the id `bench`. */
  readonly rules: readonly Readonly<Record<string, unknown>>[];
  readonly expected: Expected;
}

const ABORT = [{ abort: { status: 503 } }];

/** The headline first: `sidequake`. */
export const VARIANTS: readonly Variant[] = [
  {
    name: 'sidequake',
    title: 'Sidequake, armed rule, no match',
    rules: [{ id: 'bench', match: { path: '/never/{id}' }, share: '100%', faults: ABORT }],
    expected: { state: 'armed', matches: false },
  },
  {
    name: 'sidequake-no-rule',
    title: 'Sidequake, no rule',
    rules: [],
    expected: { state: null, matches: false },
  },
  {
    name: 'sidequake-disarmed',
    title: 'Sidequake, disarmed rule',
    rules: [{ id: 'bench', share: '100%', faults: ABORT, until: '2020-01-01T00:00:00Z' }],
    expected: { state: 'ended', matches: false },
  },
  {
    name: 'sidequake-0%',
    title: 'Sidequake, armed at 0 %',
    rules: [{ id: 'bench', share: '0%', faults: ABORT }],
    expected: { state: 'armed', matches: true },
  },
];

/** An engine for a variant of the configuration. */
export function sidequake(variant: Variant): Engine {
  return {
    name: variant.name,
    title: variant.title,
    protocols: ['http', 'tcp'],
    missing: () => null,
    version: () => packageVersion('..'),
    start: (setting) => startSidequake(setting, variant),
  };
}

/** Starts the proxy with the rules of a variant. */
async function startSidequake(setting: Setting, variant: Variant): Promise<Running> {
  const { ports, workspace, upstreamPort } = setting;
  const [port, observe, admin] = [await ports.take(), await ports.take(), await ports.take()];
  const config = join(workspace, `sidequake-${port}.yaml`);
  await writeFile(config, JSON.stringify({ rules: variant.rules }));
  const child = await startListening(
    setting.children,
    {
      file: process.execPath,
      args: [
        ...setting.sidequake,
        `--listen=127.0.0.1:${port}`,
        `--upstream=127.0.0.1:${upstreamPort}`,
        `--observe=127.0.0.1:${observe}`,
        `--admin=127.0.0.1:${admin}`,
        `--config=${config}`,
      ],
      core: setting.core,
    },
    port,
    observe,
    admin,
  );
  await requireState(admin, variant.expected.state);
  return {
    port,
    pid: child.pid,
    stop: child.stop,
    ...(setting.protocol === 'http' && {
      audit: (forwarded: number) => auditSidequake({ observe, admin }, variant.expected, forwarded),
    }),
  };
}
