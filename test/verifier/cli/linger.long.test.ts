import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, expect, it } from 'vitest';
import { littleWorld } from '../../support/little-world.ts';
import { written } from '../experiment/little-experiment.ts';
import { killAll, start } from './sidequake.ts';

/** A port that takes no connection and refuses none: its queue is full, so the kernel drops what comes. */
const BLACK_HOLE = `
import socket, sys
server = socket.socket(); server.bind(('127.0.0.1', 0)); server.listen(0)
clients = [socket.socket() for _ in range(3)]
for client in clients: client.setblocking(False); client.connect_ex(server.getsockname())
print(server.getsockname()[1], flush=True); sys.stdin.read()
`;

const folder = await mkdtemp(join(tmpdir(), 'sidequake-linger-'));
afterAll(async () => {
  killAll();
  await rm(folder, { recursive: true });
});

it('a connection of the load that is still being made keeps no finished run alive', async () => {
  await using world = await littleWorld();
  const hole = spawn('python3', ['-c', BLACK_HOLE], { stdio: ['pipe', 'pipe', 'inherit'] });
  const [port] = (await once(hole.stdout, 'data')) as [Buffer];
  const file = join(folder, 'hole.yaml');
  await writeFile(file, written(world, { load: `{ url: "http://127.0.0.1:${String(port).trim()}/", rate: 20/s }` }));
  const run = start(['run', file], { cwd: folder });
  let saidMs = Infinity;
  run.child.stdout?.on('data', () => (saidMs = Math.min(saidMs, performance.now())));
  const { code, stdout } = await run.ended;
  hole.stdin.end();
  expect(code, stdout).toBe(3);
  // The kernel would go on trying for half a minute.
  expect(performance.now() - saidMs).toBeLessThan(10_000);
}, 60_000);
