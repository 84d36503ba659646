/** Builds the proxy as it is published and puts a copy aside, so that a build beside the bench cannot pull it away. */
import { cp } from 'node:fs/promises';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { type Children, runToEnd } from '../process/children.ts';

const root = fileURLToPath(new URL('../..', import.meta.url));

/** The arguments with which Node runs the proxy from its bundle. @throws Error when it does not build */
export async function bundledProxy(children: Children, workspace: string): Promise<string[]> {
  await runToEnd(children, { file: process.execPath, args: [join(root, 'deploy/bundle.ts')], core: null });
  const copy = join(workspace, 'dist');
  await cp(join(root, 'dist'), copy, { recursive: true });
  return [join(copy, 'sidequake.mjs'), 'proxy'];
}

/** The arguments with which Node runs the proxy from its sources. */
export function proxyFromSource(): string[] {
  return [join(root, 'proxy/main.ts')];
}
