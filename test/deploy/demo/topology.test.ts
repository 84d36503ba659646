import { execFileSync } from 'node:child_process';
import { mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { expect, test } from 'vitest';
import { findPrometheus } from '../../../deploy/demo/prometheus.ts';
import { EXPERIMENT_FILE } from '../../../deploy/demo/experiment.ts';
import { planShop, PORTS_NEEDED, prometheusConfig, serviceCommand } from '../../../deploy/demo/topology.ts';
import { conclusion, introduction, playground, surprises, wrap } from '../../../deploy/demo/words.ts';

const members = planShop(Array.from({ length: PORTS_NEEDED }, (_, index) => 31_000 + index));

test('every call goes to a sidecar, never to a service', () => {
  const sidecars = new Set(members.map((one) => one.sidecar.listen));
  const upstreams = members.flatMap((one) =>
    serviceCommand(members, one).flatMap((word, index, all) => (word === '--upstream' ? [all[index + 1]] : [])),
  );
  expect(upstreams).toHaveLength(5);
  for (const upstream of upstreams) expect(sidecars).toContain(Number(upstream?.split(':')[1]));
});

test('no two listeners share a port', () => {
  const ports = members.flatMap((one) => [one.servicePort, one.metricsPort, ...Object.values(one.sidecar)]);
  expect(new Set(ports).size).toBe(PORTS_NEEDED);
  expect(() => planShop([1, 2, 3])).toThrow(`The shop needs ${PORTS_NEEDED} ports, got 3.`);
});

test('promtool accepts the configuration of Prometheus', async () => {
  const { promtool } = await findPrometheus();
  if (promtool === null) throw new Error('this test needs promtool beside prometheus');
  const folder = mkdtempSync(join(tmpdir(), 'sidequake-config-'));
  try {
    writeFileSync(join(folder, 'prometheus.yml'), prometheusConfig(members));
    const output = execFileSync(promtool, ['check', 'config', join(folder, 'prometheus.yml')], { encoding: 'utf8' });
    expect(output).toMatch(/SUCCESS/);
  } finally {
    rmSync(folder, { recursive: true });
  }
});

test('what the demo says fits 80 columns', () => {
  const findings = [
    { version: 'careless' as const, verdict: 'deviated', reason: 'word '.repeat(60) },
    { version: 'careful' as const, verdict: 'pass', reason: 'ok' },
  ];
  const shop = 'http://127.0.0.1:31999';
  const texts = [
    introduction(),
    conclusion(findings, join(process.cwd(), 'demo-out'), false),
    playground({ prometheus: shop, shops: { careless: shop, careful: shop }, ratingsAdmin: shop }),
    readFileSync(EXPERIMENT_FILE, 'utf8').split('\n').slice(0, 8).join('\n'),
  ];
  const tooLong = texts.flatMap((text) => text.split('\n')).filter((line) => line.length > 80 && !line.startsWith('#'));
  expect(tooLong).toEqual([]);
});

test('wrap keeps every word and indents below the label', () => {
  const text = wrap('  careful    ', 'one two three '.repeat(12).trim());
  expect(text.replaceAll(/\s+/g, ' ').trim()).toBe(`careful ${'one two three '.repeat(12).trim()}`);
  expect(text.split('\n').slice(1)).not.toHaveLength(0);
  for (const line of text.split('\n').slice(1)) expect(line).toMatch(/^ {13}\S/);
});

test('a verdict that was not expected is a surprise, in either version', () => {
  const careless = { version: 'careless', verdict: 'deviated', reason: '' } as const;
  const careful = { version: 'careful', verdict: 'pass', reason: '' } as const;
  expect(surprises([careless, careful])).toEqual([]);
  expect(
    surprises([
      { ...careless, verdict: 'pass' },
      { ...careful, verdict: 'inconclusive' },
    ]),
  ).toEqual([
    'The careless version should come to "deviated", not "pass".',
    'The careful version should come to "pass", not "inconclusive".',
  ]);
});
