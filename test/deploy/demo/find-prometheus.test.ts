import { createHash } from 'node:crypto';
import { execFileSync } from 'node:child_process';
import { chmod, mkdir, mkdtemp, readFile, readdir, rm, symlink, writeFile } from 'node:fs/promises';
import { createServer } from 'node:http';
import type { AddressInfo } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, test } from 'vitest';
import type { Machine } from '../../../deploy/demo/machine.ts';
import { findPrometheus } from '../../../deploy/demo/prometheus.ts';

/** A machine of its own in a folder: PATH is `bin`, nothing else of the real one is seen. */
let root: string;
let bin: string;
let said: string[];

beforeEach(async () => {
  root = await mkdtemp(join(tmpdir(), 'sidequake-find-'));
  bin = join(root, 'bin');
  said = [];
  await mkdir(bin);
});
afterEach(() => rm(root, { recursive: true, force: true }));

function machine(replaced: Partial<Machine> = {}, env: NodeJS.ProcessEnv = {}): Partial<Machine> {
  return {
    env: { PATH: bin, HOME: root, ...env },
    uid: 1000,
    platform: 'linux',
    arch: 'x64',
    policyFile: join(root, 'policy-rc.d'),
    systemdFolder: join(root, 'no-systemd'),
    releases: 'http://127.0.0.1:1234',
    say: (line) => said.push(line),
    ...replaced,
  };
}

async function script(file: string, body: string): Promise<string> {
  await writeFile(file, `#!/bin/sh\n${body}\n`);
  await chmod(file, 0o755);
  return file;
}

const prometheusOf = (version: string): string => `echo "prometheus, version ${version} (branch: x, revision: y)"`;

describe('the order of the search', () => {
  test('SIDEQUAKE_PROMETHEUS comes before PATH', async () => {
    await script(join(bin, 'prometheus'), prometheusOf('2.1.0'));
    const wished = await script(join(root, 'mine'), prometheusOf('3.9.1-rc.0'));
    const found = await findPrometheus(machine({}, { SIDEQUAKE_PROMETHEUS: wished }));
    expect(found).toEqual({ binary: wished, promtool: null, version: '3.9.1-rc.0' });
  });

  test('a wrong SIDEQUAKE_PROMETHEUS is an error, not a reason to take another', async () => {
    await script(join(bin, 'prometheus'), prometheusOf('2.1.0'));
    const wished = await script(join(root, 'mine'), 'echo "node_exporter, version 1.0.0"');
    await expect(findPrometheus(machine({}, { SIDEQUAKE_PROMETHEUS: wished }))).rejects.toThrow(
      /^SIDEQUAKE_PROMETHEUS must be the path of a prometheus binary: .*node_exporter/,
    );
    await expect(findPrometheus(machine({}, { SIDEQUAKE_PROMETHEUS: join(root, 'nothing') }))).rejects.toThrow(
      /ENOENT/,
    );
  });

  test('PATH comes before the package, and promtool beside the binary is found', async () => {
    const binary = await script(join(bin, 'prometheus'), prometheusOf('2.42.0+ds'));
    const promtool = await script(join(bin, 'promtool'), '');
    await script(join(bin, 'apt-get'), `echo ran > ${root}/apt-ran`);
    expect(await findPrometheus(machine({ uid: 0 }))).toEqual({ binary, promtool, version: '2.42.0+ds' });
    expect(await readdir(root)).not.toContain('apt-ran');
    expect(said).toEqual([]);
  });

  test('what is called prometheus on PATH but is none is passed over with the reason', async () => {
    await script(join(bin, 'prometheus'), 'echo a game about fire');
    await expect(findPrometheus(machine())).rejects.toThrow(/a game about fire/);
  });

  test('nothing to be had: one sentence that says what to do and what was tried', async () => {
    const failure = await findPrometheus(machine()).catch((error: Error) => error.message);
    expect(failure).toMatch(/^No Prometheus found .*set SIDEQUAKE_PROMETHEUS .*package: there is no apt-get here/);
    expect(failure).not.toContain('\n');
  });
});

describe("Debian's package", () => {
  /** apt-get that fails to install until `update` has run, and notes whether services could have started. */
  const aptGet = (): string => `
case "$*" in
  *update*) echo > ${root}/updated ;;
  *install*)
    [ -e ${root}/updated ] || { echo "E: Unable to locate package prometheus"; exit 100; }
    ${root}/policy-rc.d prometheus start; echo "policy $?" > ${root}/policy-seen
    /bin/mv ${root}/unpacked ${bin}/prometheus ;;
esac`;

  beforeEach(() => script(join(root, 'unpacked'), prometheusOf('2.42.0+ds')));

  test('root gets it installed, with fresh lists where needed, and no service is started', async () => {
    await script(join(bin, 'apt-get'), aptGet());
    const found = await findPrometheus(machine({ uid: 0 }));
    expect(found).toMatchObject({ binary: join(bin, 'prometheus'), version: '2.42.0+ds' });
    expect(await readFile(join(root, 'policy-seen'), 'utf8')).toBe('policy 101\n');
    expect(await readdir(root)).not.toContain('policy-rc.d');
    expect(said.join('\n')).toMatch(/installing the package/);
  });

  test("an administrator's own policy stays, and the service is stopped and switched off", async () => {
    await script(join(root, 'policy-rc.d'), 'exit 0');
    await mkdir(join(root, 'systemd'));
    await script(join(bin, 'apt-get'), aptGet());
    await script(join(bin, 'systemctl'), `echo "$*" > ${root}/systemctl-saw`);
    await findPrometheus(machine({ uid: 0, systemdFolder: join(root, 'systemd') }));
    expect(await readFile(join(root, 'policy-rc.d'), 'utf8')).toBe('#!/bin/sh\nexit 0\n');
    expect(await readFile(join(root, 'systemctl-saw'), 'utf8')).toBe('disable --now prometheus.service\n');
  });

  test('nobody else gets anything installed', async () => {
    await script(join(bin, 'apt-get'), aptGet());
    await expect(findPrometheus(machine({ uid: 1000 }))).rejects.toThrow(/only root can install it/);
    expect(await readdir(root)).not.toContain('updated');
  });

  test('the last words of apt-get are in the message', async () => {
    await script(join(bin, 'apt-get'), 'echo "E: no space left on device"; exit 100');
    await expect(findPrometheus(machine({ uid: 0 }))).rejects.toThrow(/E: no space left on device/);
    expect(await readdir(root)).not.toContain('policy-rc.d');
  });
});

describe('the download', () => {
  const name = 'prometheus-3.5.0.linux-amd64';

  /** Serves a release whose `sha256sums.txt` promises `sum`, or the true sum. */
  async function releases(sum?: string): Promise<AsyncDisposable & { url: string; asked: string[] }> {
    await mkdir(join(root, name));
    await script(join(root, name, 'prometheus'), prometheusOf('3.5.0'));
    await script(join(root, name, 'promtool'), '');
    for (const tool of ['tar', 'gzip']) {
      await symlink(execFileSync('sh', ['-c', `command -v ${tool}`], { encoding: 'utf8' }).trim(), join(bin, tool));
    }
    execFileSync('tar', ['-czf', join(root, 'release.tar.gz'), '-C', root, name]);
    const archive = await readFile(join(root, 'release.tar.gz'));
    const promised = sum ?? createHash('sha256').update(archive).digest('hex');
    const asked: string[] = [];
    const server = createServer((request, response) => {
      asked.push(request.url ?? '');
      response.end(request.url?.endsWith('.txt') ? `${'0'.repeat(64)}  other\n${promised}  ${name}.tar.gz\n` : archive);
    });
    await new Promise<void>((listening) => server.listen(0, '127.0.0.1', listening));
    return {
      url: `http://127.0.0.1:${(server.address() as AddressInfo).port}`,
      asked,
      async [Symbol.asyncDispose]() {
        server.closeAllConnections();
        await new Promise((closed) => server.close(closed));
      },
    };
  }

  test('is checked, unpacked and kept: the second search asks nobody', async () => {
    await using server = await releases();
    const found = await findPrometheus(machine({ releases: server.url }));
    const folder = join(root, '.cache/sidequake/prometheus-3.5.0');
    expect(found).toEqual({
      binary: join(folder, 'prometheus'),
      promtool: join(folder, 'promtool'),
      version: '3.5.0',
    });
    expect(server.asked).toEqual(['/v3.5.0/sha256sums.txt', `/v3.5.0/${name}.tar.gz`]);
    expect(await readdir(join(root, '.cache/sidequake'))).toEqual(['prometheus-3.5.0']);
    expect(await findPrometheus(machine({ releases: server.url }))).toEqual(found);
    expect(server.asked).toHaveLength(2);
  });

  test('is refused when it is not what the release promises, and leaves nothing', async () => {
    await using server = await releases('f'.repeat(64));
    await expect(findPrometheus(machine({ releases: server.url }))).rejects.toThrow(/the release promises f{64}/);
    expect(await readdir(join(root, '.cache/sidequake'))).toEqual([]);
  });

  test('is not tried where there is no release', async () => {
    await expect(findPrometheus(machine({ arch: 's390x' }))).rejects.toThrow(/no release we know for linux on s390x/);
  });
});
