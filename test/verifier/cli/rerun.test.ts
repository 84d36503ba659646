import { execFile } from 'node:child_process';
import { promisify } from 'node:util';
import { describe, expect, it } from 'vitest';
import { rerunCommand } from '../../../verifier/cli/rerun.ts';

const used = (name: string, value: string, ...path: (string | number)[]) => ({ name, value, path });

/** The words as a shell passes them on. */
async function wordsOf(command: string, env: Record<string, string> = {}): Promise<readonly string[]> {
  const script = command.replace(/^sidequake /, String.raw`printf '%s\0' `);
  const { stdout } = await promisify(execFile)('sh', ['-c', script], { env });
  return stdout.split('\0').slice(0, -1);
}

describe('the command that repeats a run', () => {
  it('survives a shell, whatever the words are', async () => {
    const nasty = [`it's $(rm -rf /) "x"\n`, '-rf', '*', '', '~', 'a b'];
    for (const text of nasty) {
      const command = rerunCommand(text, undefined, [used('X', text, 'question')]);
      expect(await wordsOf(command)).toEqual(['run', text, '--var', `X=${text}`]);
    }
  });

  it('names every variable once, wherever its value came from', () => {
    const variables = [used('A', '1', 'a'), used('B', '2', 'b'), used('A', '1', 'c')];
    expect(rerunCommand('e.yaml', 'http://p:1/x', variables)).toBe(
      'sidequake run e.yaml --prometheus-url http://p:1/x --var A=1 --var B=2',
    );
  });

  it.for([
    ['by its name', used('GRAFANA_TOKEN', 'geheim', 'question')],
    ['by its place', used('X', 'geheim', 'prometheus', 'headers', 'authorization')],
    ['by its place in a load', used('X', 'geheim', 'load', 'body')],
    ['in a URL', used('X', 'http://me:geheim@host/', 'prometheus', 'url')],
    ['in the parameters of a URL', used('X', 'http://host/?t=geheim', 'load', 'url')],
  ] as const)('leaves a secret to the environment: %s', async ([, variable]) => {
    const command = rerunCommand('e.yaml', undefined, [variable]);
    expect(command).not.toContain('geheim');
    const { name, value } = variable;
    expect(await wordsOf(command, { [name]: value })).toEqual(['run', 'e.yaml', '--var', `${name}=${value}`]);
  });

  it('shows no credentials of Prometheus', () => {
    const command = rerunCommand('e.yaml', 'https://me:geheim@p.example/prom/?token=geheim', []);
    expect(command).toBe('sidequake run e.yaml --prometheus-url https://p.example/prom');
  });
});
