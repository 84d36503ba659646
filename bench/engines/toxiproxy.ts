/** Toxiproxy, the fault proxy that only copies bytes; without toxics. Optional. */
import { startListening } from '../process/listening.ts';
import { findProgram } from '../process/programs.ts';
import { programVersion } from '../process/versions.ts';
import type { Engine, Running, Setting } from './engine.ts';

export const toxiproxy: Engine = {
  name: 'toxiproxy',
  title: 'toxiproxy',
  protocols: ['http', 'tcp'],
  missing: () =>
    findProgram('toxiproxy-server') === null
      ? 'toxiproxy (optional) is missing: put toxiproxy-server from github.com/Shopify/toxiproxy/releases on the PATH'
      : null,
  version: () => programVersion(findProgram('toxiproxy-server') ?? 'toxiproxy-server', '--version'),
  start,
};

async function start({ children, ports, core, upstreamPort }: Setting): Promise<Running> {
  const port = await ports.take();
  const api = await ports.take();
  const child = await startListening(
    children,
    {
      file: findProgram('toxiproxy-server') ?? 'toxiproxy-server',
      args: ['-host', '127.0.0.1', '-port', String(api)],
      core,
    },
    api,
  );
  const answer = await fetch(`http://127.0.0.1:${api}/proxies`, {
    method: 'POST',
    body: JSON.stringify({
      name: 'app',
      listen: `127.0.0.1:${port}`,
      upstream: `127.0.0.1:${upstreamPort}`,
      enabled: true,
    }),
  });
  if (!answer.ok) throw new Error(`toxiproxy refused the proxy: ${answer.status} ${await answer.text()}`);
  return { port, pid: child.pid, stop: child.stop };
}
