import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, it, test } from 'vitest';
import { readRule } from '../../proxy/config/load.ts';
import { commands } from '../../verifier/cli/commands/all.ts';
import { EXIT, EXIT_INTERNAL } from '../../verifier/exit.ts';
import { readExperiment } from '../../verifier/experiment/read.ts';
import { call, startApp } from '../support/app.ts';
import { startProxy } from '../support/proxy.ts';
import { codeBlocks, marked, PAGES, prose, ROOT, tableRows } from './pages.ts';

const shell = codeBlocks('README.md', 'sh').join('\n');
const shown = codeBlocks('README.md', 'text');

describe('the five minutes of the README', () => {
  const rule = /rules\/try -d '\n([\s\S]*?)'/.exec(shell)?.[1] ?? '';
  const experiment = /hello\.yaml <<'END'\n([\s\S]*?)END\n/.exec(shell)?.[1] ?? '';

  it('put a rule that brings the statuses and the ledger that are shown', async () => {
    const read = readRule(rule, { id: 'try' });
    expect(read).toMatchObject({ ok: true });
    await using app = await startApp();
    await using proxy = await startProxy(app.port);
    if (read.ok) await proxy.store.put(read.value);
    const statuses: number[] = [];
    // The caller's address of the sidecar is part of the key that is drawn for.
    const again = async (): Promise<Awaited<ReturnType<typeof call>>> =>
      await call(proxy.port, '/hello', { headers: { host: '127.0.0.1:8080' } });
    for (let k = 0; k < 8; k++) statuses.push((await again()).status);
    const ninth = await again();
    const answer = `HTTP/1.1 ${ninth.status} Service Unavailable\ncontent-length: 0\nsidequake: ${String(ninth.headers['sidequake'])}\n`;
    expect(shown).toContain(`${statuses.join(' ')}\n${answer}`);
    const metrics = proxy.proxy.metricsText().match(/^sidequake_rule_exch.*\n/gm) ?? [];
    expect(shown).toContain(metrics.join(''));
  });

  it('run an experiment that is valid, and another that is made of it', () => {
    const [, delay = '', abort = '', share = '', lower = ''] =
      /sed 's\/(.+?)\/(.+?)\/; s\/(.+?)\/(.+?)\/'/.exec(shell) ?? [];
    const failing = experiment.replace(delay, abort).replace(share, lower);
    expect(failing).toContain('share: 10%, faults: [{ abort: 503 }]');
    for (const text of [experiment, failing]) {
      expect(readExperiment(text, { file: 'hello.yaml', variables: () => undefined })).toMatchObject({ ok: true });
    }
  });
});

test('the README tells every exit code by its verdict', () => {
  const rows = tableRows('README.md').filter(([code = '']) => /^\d+$/.test(code));
  const told = Object.fromEntries(rows.map(([code = '', verdict = '']) => [marked(verdict)[0] ?? '', Number(code)]));
  expect(told).toEqual({ ...EXIT, '': EXIT_INTERNAL });
});

test('code of the README fits 80 columns, but for lines of metrics', () => {
  const lines = [shell, ...shown].join('\n').split('\n');
  expect(lines.filter((line) => line.length > 80 && !/^[a-z_]+\{.*\} \d+$/.test(line))).toEqual([]);
});

test('pages name commands and scripts that there are', () => {
  const { scripts } = JSON.parse(readFileSync(join(ROOT, 'package.json'), 'utf8')) as { scripts: object };
  const known = new Set(commands.map(({ name }) => name.split(' ')[0]));
  for (const page of PAGES) {
    const text = [...marked(prose(page)), ...codeBlocks(page, 'sh'), ...codeBlocks(page, 'console')].join('\n');
    const run = [...text.matchAll(/\bnpm run ([a-z:]+)/g)].map(([, script = '']) => script);
    expect({ page, missing: run.filter((script) => !Object.hasOwn(scripts, script)) }).toEqual({ page, missing: [] });
    const called = [...text.matchAll(/^(?:npx |\$ )?sidequake ([a-z]+)/gm)].map(([, command = '']) => command);
    expect({ page, missing: called.filter((command) => !known.has(command)) }).toEqual({ page, missing: [] });
  }
});
