// What a sidecar says when it cannot start: exit code 2 and sentences for people on standard error.
import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import net from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { runSidecar } from '../../support/sidecar-process.ts';

let folder = '';
beforeAll(async () => {
  folder = await mkdtemp(join(tmpdir(), 'sidequake-'));
});
afterAll(() => rm(folder, { recursive: true }));

const LISTENER = ['--listen', '0', '--upstream', '127.0.0.1:9'];

async function written(name: string, text: string): Promise<string> {
  const path = join(folder, name);
  await writeFile(path, text);
  return path;
}

test.concurrent('a port in use is told in one sentence, for each of the listeners', async () => {
  const server = net.createServer();
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  const { port } = server.address() as net.AddressInfo;
  for (const flag of ['--listen', '--admin', '--observe']) {
    const args =
      flag === '--listen' ? ['--listen', String(port), '--upstream', '9'] : [...LISTENER, flag, String(port)];
    const { code, stderr } = await runSidecar(args);
    expect(stderr).toBe(
      `${flag} 127.0.0.1:${port}: the port is in use by another process: end it or choose another one\n`,
    );
    expect(code).toBe(2);
  }
  server.close();
});

test.concurrent.each([
  ['an unknown flag', [...LISTENER, '--upstraem', 'x'], /--upstraem/],
  ['a flag given twice', [...LISTENER, '--listen', '0'], /^--listen is given twice\n/],
  ['nothing to do', [], /^nothing to do: give --listen and --upstream, or a --config FILE with listeners\n/],
  [
    'an address without a port',
    ['--listen', 'localhost', '--upstream', '9'],
    /^--listen "localhost" is not an address/,
  ],
  [
    'an unknown protocol',
    [...LISTENER, '--protocol', 'grpc'],
    /^--protocol "grpc" is not known: auto, http, tcp or tls\n/,
  ],
  ['a listener without an upstream', ['--listen', '0'], /^--listen and --upstream go together/],
  [
    'an admin listener for everybody',
    [...LISTENER, '--admin', '0.0.0.0:0'],
    /^--admin 0\.0\.0\.0:0: must be on loopback/,
  ],
  ['a file that is not there', ['--config', '/nowhere/x.yaml'], /^--config \/nowhere\/x\.yaml: .*ENOENT/],
  [
    'a state directory that cannot be made',
    [...LISTENER, '--state', '/dev/null/x'],
    /^the state directory \/dev\/null\/x \(--state\)/,
  ],
])('%s ends with exit code 2 and says why', async (_, args, message) => {
  const { code, stderr, stdout } = await runSidecar(args);
  expect(stderr).toMatch(message);
  // Told to people, not as a stack.
  expect(stderr).not.toMatch(/\n {4}at /);
  expect(stdout).toBe('');
  expect(code).toBe(2);
});

test.concurrent('a configuration with errors names file, line and column of each', async () => {
  const path = await written(
    'bad.yaml',
    'listeners:\n  - { listen: 0, upstream: 9 }\nrules:\n  - id: a\n    shaer: 50%\n    faults: [{ abort: 9000 }]\n',
  );
  const { code, stderr } = await runSidecar(['--config', path]);
  expect(stderr).toContain(`${path}:5:5`);
  expect(stderr).toMatch(/shaer.*share/);
  expect(stderr).toContain(`${path}:6:`);
  expect(code).toBe(2);
});

test.concurrent('a configuration without listeners says how to add some', async () => {
  const path = await written('none.yaml', 'rules: []\n');
  const { code, stderr } = await runSidecar(['--config', path]);
  expect(stderr).toBe(`${path} names no listeners: add some, or --listen and --upstream\n`);
  expect(code).toBe(2);
});

test.concurrent('help and version end with 0', async () => {
  expect(await runSidecar(['--help'])).toMatchObject({
    code: 0,
    stderr: '',
    stdout: expect.stringContaining('--upstream'),
  });
  expect(await runSidecar(['--version'])).toMatchObject({
    code: 0,
    stdout: expect.stringMatching(/^\d+\.\d+\.\d+\n$/),
  });
});
