/** Starts the upstream and asks it what it has answered. */
import { fileURLToPath } from 'node:url';
import { type Child, type Children } from '../process/children.ts';
import { nextMessage } from '../process/channel.ts';
import type { Ports } from '../process/ports.ts';
import type { Ask, Count, Ready } from './messages.ts';

/** The running upstream. */
export interface Upstream {
  readonly httpPort: number;
  readonly tunnelPort: number;
  /** Requests answered since its start. */
  readonly count: () => Promise<Count>;
  readonly stop: () => Promise<void>;
}

/** Starts the upstream on a core; resolves when it listens. */
export async function startUpstream(children: Children, ports: Ports, core: number | null): Promise<Upstream> {
  const httpPort = await ports.take();
  const tunnelPort = await ports.take();
  const program = fileURLToPath(new URL('program.ts', import.meta.url));
  const child: Child = await children.start({
    file: process.execPath,
    args: [program, String(httpPort), String(tunnelPort)],
    core,
    channel: true,
  });
  await nextMessage<Ready>(child);
  const count = (): Promise<Count> => {
    const answer = nextMessage<Count>(child);
    child.process.send({ kind: 'count' } satisfies Ask);
    return answer;
  };
  return { httpPort, tunnelPort, count, stop: child.stop };
}
