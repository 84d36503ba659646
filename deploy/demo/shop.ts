// The shop as real processes: every service of the topology, and a Sidequake sidecar before each.
import { mkdir } from 'node:fs/promises';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { startChild, type Child } from './child.ts';
import { member, serviceCommand, sidecarCommand, type Member, type Version } from './topology.ts';

/** How to start the shop. */
export interface ShopOptions {
  readonly members: readonly Member[];
  /** What each process writes goes here, a file for each. */
  readonly logDir: string;
  /** Where sidecars keep their rules. */
  readonly stateDir: string;
  /** The Node script of the `sidequake` command. */
  readonly sidequake: string;
  /** Told, once for each, of a process that ended though nobody asked it to: the sentence for the user. */
  readonly onLost: (sentence: string) => void;
}

/** The running shop; disposing it ends every process. */
export interface Shop extends AsyncDisposable {
  /** Waits until every process is ready to serve. @throws Error that names the first one that is not. */
  ready(): Promise<void>;
  /** Where a user of this version comes in: through the frontend's sidecar. */
  url(version: Version): string;
  /** The admin address of a member's sidecar. */
  admin(name: string): string;
}

/** A loaded machine starts a dozen processes slowly. */
const READY_MS = 40_000;

/** Starts every process at once; it is in the returned value's hands from then on. */
export async function startShop(options: ShopOptions): Promise<Shop> {
  const { members, logDir, stateDir } = options;
  await mkdir(logDir, { recursive: true });
  const children: Child[] = [];
  let closing = false;
  const start = (name: string, command: readonly string[]): Child => {
    const child = startChild({
      name,
      command,
      leash: 'preload',
      logFile: join(logDir, `${name.replaceAll(' ', '-')}.log`),
    });
    children.push(child);
    void child.ended.then(() => {
      if (!closing) options.onLost(child.complaint('ended by itself'));
    });
    return child;
  };
  const started = members.map((one) => ({
    one,
    service: start(one.name, [shopFile(one.app), ...serviceCommand(members, one)]),
    sidecar: start(`sidecar of ${one.name}`, [
      options.sidequake,
      'proxy',
      ...sidecarCommand(one, join(stateDir, one.name)),
    ]),
  }));
  return {
    async ready() {
      await Promise.all(
        started.flatMap(({ one, service, sidecar }) => [
          service.says(/ listens on /, READY_MS),
          sidecarReady(one, sidecar),
        ]),
      );
    },
    url: (version) => `http://127.0.0.1:${member(members, `frontend-${version}`).sidecar.listen}`,
    admin: (name) => `http://127.0.0.1:${member(members, name).sidecar.admin}`,
    async [Symbol.asyncDispose]() {
      closing = true;
      await Promise.all(children.map((child) => child.stop()));
    },
  };
}

async function sidecarReady(one: Member, sidecar: Child): Promise<void> {
  const url = `http://127.0.0.1:${one.sidecar.observe}/readyz`;
  const deadline = performance.now() + READY_MS;
  while (sidecar.running) {
    const ready = await fetch(url, { signal: AbortSignal.timeout(2_000) }).then(
      async (response) => response.text().then(() => response.ok),
      () => false,
    );
    if (ready) return;
    if (performance.now() > deadline) throw new Error(sidecar.complaint(`was not ready within ${READY_MS / 1000} s`));
    await new Promise((wake) => setTimeout(wake, 100));
  }
  throw new Error(sidecar.complaint('ended at its start'));
}

function shopFile(app: Member['app']): string {
  return fileURLToPath(new URL(`shop/${app}.ts`, import.meta.url));
}
