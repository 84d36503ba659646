// Prometheus from Debian's package. The package starts a service of its own on port 9090, which nobody asked for: while
// it is installed, Debian's `policy-rc.d` (invoke-rc.d(8)) refuses to start anything, and what would start at the next
// boot is switched off.
import { access, rm, writeFile } from 'node:fs/promises';
import { onPath, runCommand } from './command.ts';
import type { Machine } from './machine.ts';

const APT_TIMEOUT_MS = 300_000;

/** Installs the package. Returns the binary, or why there is none in words that complete "the package: ...". */
export async function installPackage(machine: Machine): Promise<{ binary: string } | { missing: string }> {
  const aptGet = await onPath('apt-get', machine.env);
  if (machine.platform !== 'linux' || aptGet === null) return { missing: 'there is no apt-get here' };
  if (machine.uid !== 0) return { missing: 'only root can install it' };

  machine.say('Prometheus is not on this machine: installing the package `prometheus` with apt-get.');
  const ownPolicy = await refuseServiceStarts(machine);
  try {
    const install = ['-y', '--no-install-recommends', '-o', 'DPkg::Lock::Timeout=120', 'install', 'prometheus'];
    let done = await apt(machine, aptGet, install);
    if (done.code !== 0) {
      // The package lists are often absent in containers and stale elsewhere.
      const update = await apt(machine, aptGet, ['update']);
      if (update.code !== 0) machine.say(`apt-get update failed: ${lastLine(update.output)}`);
      done = await apt(machine, aptGet, install);
    }
    if (done.code !== 0) return { missing: `apt-get could not install it (${lastLine(done.output)})` };
  } finally {
    if (ownPolicy) await rm(machine.policyFile, { force: true });
  }
  await keepServiceOff(machine, ownPolicy);
  const binary = await onPath('prometheus', machine.env);
  return binary === null ? { missing: 'the package has put no `prometheus` on PATH' } : { binary };
}

/** Returns whether the policy is ours; one that stands already belongs to the administrator and stays. */
async function refuseServiceStarts(machine: Machine): Promise<boolean> {
  try {
    await writeFile(machine.policyFile, '#!/bin/sh\nexit 101\n', { flag: 'wx', mode: 0o755 });
    return true;
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code === 'EEXIST') return false;
    throw error;
  }
}

async function keepServiceOff(machine: Machine, neverStarted: boolean): Promise<void> {
  const commands: [string, string[]][] = [];
  if (await exists(machine.systemdFolder)) commands.push(['systemctl', ['disable', '--now', 'prometheus.service']]);
  // Somebody else's policy may have allowed the start on a machine without systemd.
  else if (!neverStarted) commands.push(['service', ['prometheus', 'stop']]);
  for (const [name, args] of commands) {
    const done = await runCommand(name, args, { env: machine.env, timeoutMs: 30_000 });
    if (done.code !== 0) machine.say(`\`${name} ${args.join(' ')}\` said: ${lastLine(done.output)}`);
  }
}

function apt(machine: Machine, aptGet: string, args: readonly string[]): ReturnType<typeof runCommand> {
  const env = { ...machine.env, DEBIAN_FRONTEND: 'noninteractive' };
  return runCommand(aptGet, ['-qq', ...args], { env, timeoutMs: APT_TIMEOUT_MS });
}

function exists(path: string): Promise<boolean> {
  return access(path).then(
    () => true,
    () => false,
  );
}

function lastLine(output: string): string {
  return output.trim().split('\n').at(-1) ?? '';
}
