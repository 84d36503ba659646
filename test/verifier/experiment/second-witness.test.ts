import { describe, expect, it, vi } from 'vitest';
import type { Sidecar } from '../../support/little-world.ts';
import { littleWorld } from '../../support/little-world.ts';
import { availability, run, written } from './little-experiment.ts';

// Worlds wait most of the time.
vi.setConfig({ maxConcurrency: 8 });

/** What Prometheus scrapes of a sidecar against its ledger and against what the faults predict. */

const DELAYED = '[{ target: app, rule: { share: 50%, faults: [ { delay: { fixed: 200ms } } ] } }]';

const ONE_PHASE = {
  phases: '{ baseline: 1200ms, fault: 1500ms }',
  expect: availability('30%').replace('[fault, recovery]', '[fault]'),
};

async function proofWith(sidecar: Partial<Sidecar>, faults?: string) {
  await using world = await littleWorld();
  Object.assign(world.sidecar, { scraped: true, ...sidecar });
  const { journal } = await run(written(world, { ...ONE_PHASE, ...(faults === undefined ? {} : { faults }) }));
  return { journal, proof: journal.injection[0] };
}

describe.concurrent('the second witness', () => {
  it('confirms ledger and status, and the journal has its queries', async () => {
    const { journal, proof } = await proofWith({});
    expect(journal, journal.reason).toMatchObject({ verdict: 'pass' });
    const upTo = `(\\d+ to )?${proof?.ledger.injected}`;
    expect(proof?.reason).toMatch(new RegExp(`Prometheus counts ${upTo} of them\\.`));
    expect(proof?.reason).toMatch(new RegExp(`It counts ${upTo} answers with status 503 and flag FI\\.`));
    expect(proof?.queries?.map(({ promql }) => promql)).toContainEqual(
      expect.stringContaining('sidequake_rule_exchanges_total'),
    );
  });

  it('says so where the sidecar is not scraped', async () => {
    const { journal, proof } = await proofWith({ scraped: false });
    expect(journal, journal.reason).toMatchObject({ verdict: 'pass' });
    expect(proof?.reason).toContain('Ledger only: Prometheus does not scrape this sidecar.');
  });

  it.for<readonly [what: string, sidecar: Partial<Sidecar>, reason: RegExp]>([
    ['other counts than the ledger', { shows: 0.5 }, /Prometheus counts [\d to]+ injected exchanges, its ledger \d+\./],
    ['another status', { status: '500' }, /counts 0 answers with status 503 and flag FI, predicted were \d+\./],
    ['no flag', { flags: 'DI' }, /counts 0 answers with status 503/],
  ])('does not believe %s', async ([, sidecar, reason]) => {
    const { journal } = await proofWith(sidecar);
    expect(journal, journal.reason).toMatchObject({ verdict: 'inconclusive', injection: [{ agrees: false }] });
    expect(journal.reason).toMatch(reason);
  });

  it('confirms a delay by its mean', async () => {
    const { journal, proof } = await proofWith({ flags: 'DI', tookMs: 203 }, DELAYED);
    expect(journal, journal.reason).toMatchObject({ verdict: 'pass' });
    expect(proof?.reason).toMatch(/By it \d+ held exchanges \(flag DI\) took 203\.0 ms on average, at least 200 ms/);
  });

  it('does not believe a delay that nobody waited for', async () => {
    const { journal } = await proofWith({ flags: 'DI', tookMs: 20 }, DELAYED);
    expect(journal, journal.reason).toMatchObject({ verdict: 'inconclusive', injection: [{ agrees: false }] });
    expect(journal.reason).toMatch(/took 20\.0 ms on average by Prometheus, predicted were at least 200 ms/);
  });
});
