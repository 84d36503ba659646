import { execFile } from 'node:child_process';
import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { promisify } from 'node:util';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { commands } from '../../../verifier/cli/commands/all.ts';
import { parseCommandLine } from '../../../verifier/cli/register.ts';
import { startFakeAdmin } from '../../support/fake-admin.ts';
import { killAll, sidequake } from './sidequake.ts';

const EXPERIMENT = `experiment: slow
prometheus: { url: http://127.0.0.1:1 }
targets: { app: { admin: http://127.0.0.1:2 } }
load: { url: http://127.0.0.1:3/, rate: 50/s }
phases: { baseline: 60s, fault: 60s, recovery: 60s }
faults: [ { target: app, rule: { share: 50%, faults: [ { abort: { status: 503 } } ] } } ]
expect: [ { ratio: { name: availability, good: ok_total, total: all_total, objective: 99% } } ]
`;

let folder: string;
let file: string;
beforeAll(async () => {
  folder = await mkdtemp(join(tmpdir(), 'sidequake-cli-'));
  file = join(folder, 'slow.yaml');
  await writeFile(file, EXPERIMENT);
});
afterAll(async () => {
  killAll();
  await rm(folder, { recursive: true });
});

describe.concurrent('the command line', () => {
  it('shows help that fits 80 columns, and its version', async () => {
    for (const { name } of commands) {
      const parsed = await parseCommandLine([...name.split(' '), '--help'], commands, '1.2.3');
      const text = parsed.kind === 'text' ? parsed.text : '';
      expect(text).toContain(`sidequake ${name}`);
      expect(Math.max(...text.split('\n').map((line) => line.length))).toBeLessThanOrEqual(80);
    }
    expect(await sidequake(['--help'])).toMatchObject({ code: 0, stderr: '' });
    expect(await sidequake(['--version'])).toMatchObject({
      code: 0,
      stdout: expect.stringMatching(/^\d+\.\d+\.\d+\n$/) as unknown,
    });
  });

  it.for<readonly [args: readonly string[], said: RegExp]>([
    [[], /a command is needed: run, validate/],
    [['rnu'], /unknown command "rnu": did you mean "run"\?/],
    [['run'], /run needs FILE/],
    [['run', 'a.yaml', 'b.yaml'], /"b.yaml" is one word too many/],
    [['run', 'a.yaml', '--jurnal', 'x'], /unknown option --jurnal: did you mean "--journal"\?/],
    [['run', 'a.yaml', '--journal'], /--journal needs a value/],
    [['run', 'a.yaml', '--journal', 'a', '--journal', 'b'], /--journal was given more than once/],
    [['run', 'a.yaml', '-x'], /unknown option -x/],
    [['fault'], /fault needs one of: list, clear/],
    [['fault', 'lst', '--admin', 'http://a:1'], /fault needs one of: list, clear/],
    [['status'], /--admin is needed/],
    [['schema', 'jurnal'], /"jurnal" is not possible here: did you mean "journal"\?/],
  ])('refuses %j in a sentence', async ([args, said]) => {
    expect(await parseCommandLine(args, commands, '1.2.3')).toEqual({
      kind: 'refused',
      message: expect.stringMatching(said) as unknown,
    });
  });

  it.for<readonly [args: readonly string[], said: RegExp]>([
    [['rnu'], /^sidequake: unknown command "rnu"/],
    [['run', 'no-such.yaml'], /no-such\.yaml cannot be read: there is no such file/],
    [['run', '/tmp'], /\/tmp cannot be read: it is a folder/],
    [['validate', 'FILE', '--var', 'x'], /--var x: write it NAME=VALUE/],
    [['status', '--admin', 'localhost'], /--admin localhost: it must look like http/],
    [['report', 'FILE'], /is no journal that can be read/],
  ])('ends %j with a sentence and exit code 2', async ([args, said]) => {
    const { code, stdout, stderr } = await sidequake(args.map((word) => (word === 'FILE' ? file : word)));
    expect(stderr).toMatch(said);
    expect(stderr).not.toContain('    at ');
    expect({ code, stdout }).toEqual({ code: 2, stdout: '' });
  });

  it('says all that is wrong with a file at its places, at once', async () => {
    const bad = join(folder, 'bad.yaml');
    await writeFile(bad, EXPERIMENT.replace('50/s', '50').replace('share: 50%', 'share: 50'));
    const { code, stderr } = await sidequake(['validate', bad, '--offline']);
    expect(code).toBe(2);
    expect(stderr).toContain(`${bad}:4:41 load.rate: must be a rate like 50/s`);
    expect(stderr).toContain(`${bad}:6:41 faults[0].rule.share: 50 has no percent sign: write 50%`);
  });

  it('validates offline, and says when nobody checked the queries', async () => {
    expect(await sidequake(['validate', file, '--offline'])).toMatchObject({ code: 0, stderr: '' });
    const online = await sidequake(['validate', file]);
    expect(online).toMatchObject({ code: 0, stdout: expect.stringContaining('nobody checked') as unknown });
    expect(online.stderr).toContain('could not be checked');
  });

  it('explains what would run', async () => {
    const { code, stdout } = await sidequake(['explain', file]);
    expect(code).toBe(0);
    expect(stdout).toContain('slow-1 on app (http://127.0.0.1:2), share 50 %');
    expect(stdout).toContain('503');
    expect(stdout).toContain('availability needs 50 events in each phase; the load alone brings about 3000');
    expect(Math.max(...stdout.split('\n').map((line) => line.length))).toBeLessThanOrEqual(80);
  });

  it.for(['journal', 'experiment', 'config'])('prints the JSON Schema of %s', async (name) => {
    const { code, stdout } = await sidequake(['schema', name]);
    expect(code).toBe(0);
    const schema = JSON.parse(stdout) as { type: string; properties: object };
    expect(schema.type).toBe('object');
    expect(Object.keys(schema.properties)).toContain(
      { journal: 'verdict', experiment: 'faults', config: 'rules' }[name],
    );
  });

  it('is inconclusive in a sentence when Prometheus is not there', async () => {
    const { code, stdout, stderr } = await sidequake(['run', file, '--quiet'], { cwd: folder });
    expect({ code, stderr }).toEqual({ code: 3, stderr: '' });
    expect(stdout).toContain('INCONCLUSIVE  slow');
    expect(stdout).toContain('http://127.0.0.1:1');
  });

  it('keeps the stack to itself but for debugging', async () => {
    const { stderr } = await sidequake(['run', 'no-such.yaml'], { env: { SIDEQUAKE_DEBUG: '1' } });
    expect(stderr).toContain('    at ');
  });
});

describe.concurrent('sidecars', () => {
  it('shows what is armed, lists it and clears it', async () => {
    await using admin = await startFakeAdmin();
    const put = async (id: string) =>
      await fetch(`${admin.url}/rules/${id}`, {
        method: 'PUT',
        body: JSON.stringify({ share: '50%', faults: [{ abort: 503 }], ttl: '60s' }),
      });
    await put('a');
    await put('b');
    for (let i = 0; i < 10; i++) admin.exchange();
    const status = await sidequake(['status', '--admin', admin.url]);
    expect(status.code).toBe(0);
    expect(status.stdout).toContain('a  armed (api, ends in ');
    expect(status.stdout).toContain('10 matched, 5 injected, 0 active, skipped: 5 share');
    const cleared = await sidequake(['fault', 'clear', 'a', 'nope', '--admin', admin.url]);
    expect(cleared).toMatchObject({ code: 0, stderr: '' });
    expect(cleared.stdout).toContain('a is gone');
    expect(cleared.stdout).toContain('nope is not there');
    const list = await sidequake(['fault', 'list', '--admin', admin.url]);
    expect(list.stdout).toMatch(/^http\S+ {2}b {2}armed .*\n$/);
    expect((await sidequake(['fault', 'clear', '--admin', admin.url])).code).toBe(0);
    expect(admin.armed.size).toBe(0);
  });

  it('asks the others when one does not answer, and exits 1', async () => {
    await using admin = await startFakeAdmin();
    const { code, stdout, stderr } = await sidequake(['status', '--admin', 'http://127.0.0.1:1', '--admin', admin.url]);
    expect(code).toBe(1);
    expect(stderr).toContain('http://127.0.0.1:1 cannot be reached');
    expect(stdout).toContain('instance-1');
  });

  it('clears a fault from a folder that has been deleted', async () => {
    await using admin = await startFakeAdmin();
    await fetch(`${admin.url}/rules/a`, { method: 'PUT', body: JSON.stringify({ ttl: '60s' }) });
    const gone = await mkdtemp(join(folder, 'gone-'));
    const inside = `cd "$1" && rmdir "$1" && exec "$2" "$3" fault clear --admin "$4"`;
    const main = fileURLToPath(new URL('../../../verifier/main.ts', import.meta.url));
    const { stdout } = await promisify(execFile)('sh', ['-c', inside, 'sh', gone, process.execPath, main, admin.url]);
    expect(stdout).toContain('a is gone');
    expect(admin.armed.size).toBe(0);
  });

  it('does not call a rule gone that is still there', async () => {
    await using admin = await startFakeAdmin();
    await fetch(`${admin.url}/rules/a`, { method: 'PUT', body: JSON.stringify({ ttl: '60s' }) });
    admin.mood.ignoreDelete = true;
    const { code, stderr } = await sidequake(['fault', 'clear', '--admin', admin.url]);
    expect(code).toBe(1);
    expect(stderr).toContain('still lists it as armed');
  });
});
