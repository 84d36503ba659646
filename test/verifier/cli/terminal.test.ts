import { execFile } from 'node:child_process';
import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { promisify } from 'node:util';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { littleWorld } from '../../support/little-world.ts';
import { written } from '../experiment/little-experiment.ts';

/**
 * The command on a terminal. Python's pty is how it gets one: Node has none. Arguments: columns, seconds until the
 * terminal is gone (0: never), the command. Prints exit status and output as JSON.
 */
const PTY = `
import fcntl, json, os, pty, select, struct, sys, termios, time
columns, gone, command = int(sys.argv[1]), float(sys.argv[2]), sys.argv[3:]
pid, fd = pty.fork()
if pid == 0:
    fcntl.ioctl(0, termios.TIOCSWINSZ, struct.pack('HHHH', 40, columns, 0, 0))
    os.execvp(command[0], command)
out, start = b'', time.monotonic()
while not gone or b'fault 0:' not in out:
    if select.select([fd], [], [], 0.1)[0]:
        try:
            data = os.read(fd, 65536)
        except OSError:
            break
        if not data:
            break
        out += data
    if time.monotonic() - start > 25:
        os.kill(pid, 9)
        break
if gone:
    os.close(fd)
print(json.dumps({'code': os.waitstatus_to_exitcode(os.waitpid(pid, 0)[1]), 'text': out.decode()}))
`;

const MAIN = fileURLToPath(new URL('../../../verifier/main.ts', import.meta.url));

let folder: string;
beforeAll(async () => {
  folder = await mkdtemp(join(tmpdir(), 'sidequake-terminal-'));
});
afterAll(async () => await rm(folder, { recursive: true }));

interface Shown {
  readonly code: number;
  readonly text: string;
}

async function onTerminal(
  columns: number,
  args: readonly string[],
  { env = {}, hangUp = false }: { env?: Record<string, string>; hangUp?: boolean } = {},
): Promise<Shown> {
  const command = [process.execPath, MAIN, ...args];
  const { stdout } = await promisify(execFile)(
    'python3',
    ['-c', PTY, String(columns), hangUp ? '1' : '0', ...command],
    {
      cwd: folder,
      env: { PATH: process.env['PATH'], HOME: process.env['HOME'], TERM: 'xterm', ...env },
    },
  );
  return JSON.parse(stdout) as Shown;
}

/** Everything that has stood in one line, however it was drawn. */
const linesOf = (text: string): string[] =>
  text
    .split(/\r?\n/)
    .flatMap((line) => line.split('\r\u001B[2K'))
    // eslint-disable-next-line no-control-regex
    .map((line) => line.replaceAll(/\u001B\[[\d;]*m/g, ''));

const TWO_SLIS = `  - ratio: { name: availability of all that there is, good: 'app_requests_total{code="200"}', total: app_requests_total, objective: 30%, minEvents: 5 }
  - query: { name: good answers so far, promql: 'app_requests_total{code="200"}', below: 100000 }`;

describe.concurrent('on a terminal', () => {
  it.for([
    [80, 'colours', {}],
    [60, 'no colours', { NO_COLOR: '1' }],
  ] as const)('of %i columns no line is longer, with %s', async ([columns, , env]) => {
    await using world = await littleWorld();
    const file = join(folder, `${columns}.yaml`);
    await writeFile(file, written(world, { expect: TWO_SLIS }));
    const { code, text } = await onTerminal(columns, ['run', file], { env });
    expect(code, text).toBe(0);
    const lines = linesOf(text);
    expect(lines.filter((line) => line.length > columns)).toEqual([]);
    expect(lines.some((line) => /^fault 0:0\d {2}injected \d+ {2}availability of all/.test(line))).toBe(true);
    expect(text.includes('\u001B[1;32mPASS')).toBe(columns === 80);
    expect(lines).toContain('PASS  little');
    expect(lines.some((line) => /sidequake-runs\/little-\S+\/journal\.json$/.test(line))).toBe(true);
    expect(lines.some((line) => /sidequake-runs\/little-\S+\/report\.html$/.test(line))).toBe(true);
  });

  it('that is gone while the fault acts: the fault is taken back, and there is a journal', async () => {
    await using world = await littleWorld();
    const file = join(folder, 'gone.yaml');
    await writeFile(file, written(world, { phases: '{ baseline: 1200ms, fault: 60s, recovery: 1200ms }' }));
    const journal = join(folder, 'gone.json');
    const { code } = await onTerminal(80, ['run', file, '--journal', journal], { hangUp: true });
    expect(code).toBe(4);
    expect(world.admin.armed.size).toBe(0);
    const { default: read } = (await import(journal, { with: { type: 'json' } })) as { default: { verdict: string } };
    expect(read.verdict).toBe('aborted');
  });
});
