import { expect, test } from 'vitest';
import { runCommand } from '../../../deploy/demo/command.ts';

const env = process.env;

test('gives back the status and all that was said', async () => {
  expect(await runCommand('sh', ['-c', 'echo out; echo err >&2; exit 3'], { env, timeoutMs: 20_000 })).toEqual({
    code: 3,
    output: expect.stringMatching(/^(out\nerr|err\nout)\n$/),
  });
});

test('a program that is not there is an outcome, and leaves no timer behind', async () => {
  const before = process.getActiveResourcesInfo().filter((kind) => kind === 'Timeout').length;
  const outcome = await runCommand('/does/not/exist', [], { env, timeoutMs: 20_000 });
  expect(outcome).toEqual({ code: null, output: expect.stringContaining('ENOENT') });
  expect(process.getActiveResourcesInfo().filter((kind) => kind === 'Timeout')).toHaveLength(before);
});

test('a program that takes too long is ended', async () => {
  expect(await runCommand('sleep', ['300'], { env, timeoutMs: 100 })).toEqual({
    code: null,
    output: expect.stringContaining('ended by SIGKILL'),
  });
});
