// What the search for Prometheus may know about the computer it runs on, as one value: a test hands in another one.
import { homedir } from 'node:os';
import { join } from 'node:path';

/** The computer, as far as the search for Prometheus looks at it. */
export interface Machine {
  readonly env: NodeJS.ProcessEnv;
  /** Of the user who runs us; -1 where there are none. Installing packages takes 0. */
  readonly uid: number;
  readonly platform: NodeJS.Platform;
  readonly arch: string;
  /** Debian's switch that keeps package scripts from starting services. */
  readonly policyFile: string;
  /** Exists only while systemd runs the machine. */
  readonly systemdFolder: string;
  /** Where releases of Prometheus are downloaded from. */
  readonly releases: string;
  /** Tells the user, line by line, what is done to the machine. */
  readonly say: (line: string) => void;
}

/** The computer we run on, with some of it replaced. */
export function thisMachine(replaced: Partial<Machine> = {}): Machine {
  return {
    env: process.env,
    uid: process.getuid?.() ?? -1,
    platform: process.platform,
    arch: process.arch,
    policyFile: '/usr/sbin/policy-rc.d',
    systemdFolder: '/run/systemd/system',
    releases: 'https://github.com/prometheus/prometheus/releases/download',
    say: (line) => process.stderr.write(`${line}\n`),
    ...replaced,
  };
}

/** Where downloads are kept for the next time. */
export function cacheFolder(machine: Machine): string {
  const home = machine.env['HOME'] ?? homedir();
  return join(machine.env['XDG_CACHE_HOME'] || join(home, '.cache'), 'sidequake');
}
