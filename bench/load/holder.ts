/** Holds idle connections open. */
import { fileURLToPath } from 'node:url';
import { nextMessage } from '../process/channel.ts';
import type { Children } from '../process/children.ts';

/** How many connections are held after each has had one answer. */
export interface HolderReport {
  readonly held: number;
  readonly errors: readonly string[];
}

/** Opens the connections; they stay until `stop`. */
export async function holdIdle(
  children: Children,
  core: number | null,
  port: number,
  count: number,
): Promise<{ report: HolderReport; stop: () => Promise<void> }> {
  const program = fileURLToPath(new URL('holder-program.ts', import.meta.url));
  const child = await children.start({
    file: process.execPath,
    args: [program, String(port), String(count)],
    core,
    channel: true,
  });
  return { report: await nextMessage<HolderReport>(child), stop: child.stop };
}
