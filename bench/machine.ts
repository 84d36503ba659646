/** What a run was made on: figures without it say nothing. */
import { spawnSync } from 'node:child_process';
import { readFileSync } from 'node:fs';
import { cpus, loadavg, release, totalmem, type } from 'node:os';
import type { Engine } from './engines/engine.ts';
import type { Load } from './load/load.ts';

/** The machine in a few lines. */
export function describeMachine(): string[] {
  const all = cpus();
  const cores = `${all.length} ${all.length === 1 ? 'core' : 'cores'}`;
  return [
    `${all[0]?.model.trim() ?? 'unknown processor'}, ${cores}, ${Math.round(totalmem() / 2 ** 30)} GiB`,
    `${type()} ${release()}, ${hypervisor()}; load average before the run ${loadavg()[0]?.toFixed(2)}`,
  ];
}

/** The versions of everything that takes part. */
export function describeVersions(engines: readonly Engine[], load: Load): Record<string, string> {
  const versions: Record<string, string> = { sidequake: ownVersion(), node: process.versions.node };
  for (const { name, version } of engines) {
    const found = name.startsWith('sidequake') || name === 'pipe' ? null : version();
    if (found !== null) versions[name] = found;
  }
  if (load.version !== null) versions[load.name] = load.version;
  return versions;
}

function ownVersion(): string {
  const file = new URL('../package.json', import.meta.url);
  const { version } = JSON.parse(readFileSync(file, 'utf8')) as { version: string };
  const { stdout, status } = spawnSync('git', ['describe', '--always', '--dirty'], {
    cwd: new URL('.', import.meta.url),
    encoding: 'utf8',
  });
  return status === 0 ? `${version} (${stdout.trim()})` : version;
}

function hypervisor(): string {
  try {
    return readFileSync('/proc/cpuinfo', 'latin1').includes(' hypervisor') ? 'virtual machine' : 'bare metal';
  } catch {
    return 'unknown host';
  }
}
