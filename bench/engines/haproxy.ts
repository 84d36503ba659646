/**
 * haproxy, the cost to reach. One thread on one core like the others, plain configuration: in `http` mode it keeps
 * connections to the upstream in a pool of its own, in `tcp` mode it forwards bytes.
 */
import { writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { startListening } from '../process/listening.ts';
import { findProgram } from '../process/programs.ts';
import { programVersion } from '../process/versions.ts';
import type { Engine, Running, Setting } from './engine.ts';

export const haproxy: Engine = {
  name: 'haproxy',
  title: 'haproxy (one thread)',
  protocols: ['http', 'tcp'],
  missing: () => (findProgram('haproxy') === null ? 'haproxy is missing: apt-get install haproxy' : null),
  version: () => programVersion(findProgram('haproxy') ?? 'haproxy', '-v'),
  start,
};

async function start(setting: Setting): Promise<Running> {
  const port = await setting.ports.take();
  const file = join(setting.workspace, `haproxy-${port}.cfg`);
  await writeFile(file, configuration(setting, port));
  const child = await startListening(
    setting.children,
    { file: findProgram('haproxy') ?? 'haproxy', args: ['-db', '-f', file], core: setting.core },
    port,
  );
  return { port, pid: child.pid, stop: child.stop };
}

function configuration({ protocol, upstreamPort }: Setting, port: number): string {
  return `global
  nbthread 1
  maxconn 5000
defaults
  mode ${protocol}
  timeout connect 5s
  timeout client 60s
  timeout server 60s
frontend in
  bind 127.0.0.1:${port} backlog 4096
  default_backend app
backend app
  server app 127.0.0.1:${upstreamPort}
`;
}
