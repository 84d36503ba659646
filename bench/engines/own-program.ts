/** Engines that are a small Node program of the bench. */
import { basename, join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { buildSync } from 'esbuild';
import { startListening } from '../process/listening.ts';
import type { Running, Setting } from './engine.ts';

/**
 * Starts `node PROGRAM LISTEN-PORT UPSTREAM-PORT`, the program being a TypeScript file. It is bundled
 * first, as our own proxy is: what Node needs to read TypeScript (some 15 MiB) is not the engine's memory.
 */
export async function startOwnProgram(program: URL, setting: Setting): Promise<Running> {
  const port = await setting.ports.take();
  const file = join(setting.workspace, `${basename(program.pathname, '.ts')}.mjs`);
  // Not `build`: that leaves a process of its own behind.
  buildSync({
    entryPoints: [fileURLToPath(program)],
    outfile: file,
    bundle: true,
    format: 'esm',
    platform: 'node',
    target: 'node24',
    logLevel: 'warning',
    // CommonJS dependencies ask for `require`, which an ES module has not.
    banner: { js: "import { createRequire } from 'node:module';\nconst require = createRequire(import.meta.url);" },
  });
  const args = ['--no-deprecation', file, String(port), String(setting.upstreamPort)];
  const child = await startListening(
    setting.children,
    // The channel makes the program end with the bench, however that ends.
    { file: process.execPath, args, core: setting.core, channel: true },
    port,
  );
  return { port, pid: child.pid, stop: child.stop };
}
