import { describe, expect, test } from 'vitest';
import { ENGINES } from '../../bench/engines/registry.ts';
import type { RunResult, ScenarioResult } from '../../bench/model.ts';
import { runAsSvg } from '../../bench/report/chart.ts';
import { runAsMarkdown } from '../../bench/report/markdown.ts';
import {
  WIDTH,
  conditionsAsText,
  noiseWarning,
  scenarioAsText,
  targetsAsText,
  wrapped,
} from '../../bench/report/table.ts';
import { TARGETS, judgeTargets } from '../../bench/report/targets.ts';
import { COLUMNS } from '../../bench/scenarios/columns.ts';

/** Rows of every engine with figures as wide as they get. */
function widest(name: string, columns: ScenarioResult['columns']): ScenarioResult {
  return {
    name,
    title: name,
    columns,
    notes: ['A note that is much longer than a line of a terminal, so it has to be broken where words end. '.repeat(2)],
    rows: ENGINES.map(({ name: engine, title }, at) => ({
      engine,
      title,
      samples: Object.fromEntries(columns.map(({ key, digits }) => [key, [digits === 0 ? 99_999 : 1999.5]])),
      problems: at === 1 ? ['68,000 answers arrived but the upstream gave 3. '.repeat(4)] : [],
    })),
  };
}

const scenarios = [
  widest('1k', COLUMNS.load),
  widest('1m', COLUMNS.load),
  widest('close', COLUMNS.load),
  widest('latency', COLUMNS.latency),
  widest('paced', COLUMNS.paced),
  widest('idle-1000', COLUMNS.idle),
  widest('load-1000', COLUMNS.loaded),
  widest('delay', COLUMNS.delay),
  widest('tunnel', COLUMNS.tunnel),
];
const run: RunResult = {
  schema: 'sidequake/bench/v1',
  conditions: {
    startedAt: '2026-11-21T12:00:00.000Z',
    seconds: 400,
    otherLoad: 0.4,
    machine: ['A "processor" <with> & many cores'],
    versions: { sidequake: '1.0.0', haproxy: '2.6.12' },
    load: 'wrk',
    cores: 'proxy on core 1, load and upstream on core 0',
    rounds: '5 (3 where no target depends on it)',
    secondsPerRound: 1,
    missing: ['nginx is missing: apt-get install nginx-light'],
  },
  scenarios,
  targets: judgeTargets(scenarios),
};

describe('the tables', () => {
  test('fit 100 columns, with every engine and the widest figures', () => {
    const text = [conditionsAsText(run.conditions), ...scenarios.map(scenarioAsText), targetsAsText(run.targets)];
    const tooLong = text
      .join('\n')
      .split('\n')
      .filter((line) => line.length > WIDTH);
    expect(tooLong).toEqual([]);
  });

  test('an invalid row shows its reason and none of its figures', () => {
    const text = scenarioAsText({
      name: 'x',
      title: 'x',
      columns: [{ key: 'cpuUs', title: 'CPU', digits: 1 }],
      rows: [{ engine: 'haproxy', title: 'haproxy', samples: { cpuUs: [12.3] }, problems: ['it lied'] }],
      notes: [],
    });
    expect(text).toContain('INVALID');
    expect(text).toContain('it lied');
    expect(text).not.toContain('12.3');
  });

  test('a noisy machine is named, a quiet one is not', () => {
    expect(noiseWarning(0.4)).toContain('40 %');
    expect(noiseWarning(0.01)).toBeNull();
    expect(noiseWarning(null)).toBeNull();
    expect(runAsMarkdown(run)).toContain('40 %');
  });

  test('words are not cut', () => {
    expect(wrapped('one two', '').join(' ')).toBe('one two');
    expect(wrapped('x '.repeat(300)).every((line) => line.length <= WIDTH)).toBe(true);
  });

  test('Markdown has the targets, every scenario and what is missing', () => {
    const text = runAsMarkdown(run);
    for (const { says } of TARGETS) expect(text).toContain(says);
    for (const { title } of scenarios) expect(text).toContain(`## ${title}`);
    expect(text).toContain('nginx is missing');
  });
});

describe('the chart', () => {
  test('is well-formed, escapes what it is given and has a ground of its own', () => {
    const svg = runAsSvg(run);
    expect(svg).toContain('A &quot;processor&quot; &lt;with&gt; &amp; many cores');
    expect(svg).toMatch(/^<svg [^>]*role="img"/);
    expect(svg).toContain('<rect x="0.5" y="0.5"');
    expect(svg.match(/<text /g)?.length).toBe(svg.match(/<\/text>/g)?.length);
  });

  test('leaves out an invalid row', () => {
    expect(runAsSvg(run)).toContain('>haproxy<');
    const broken = scenarios.map((scenario) => ({
      ...scenario,
      rows: scenario.rows.map((row) => ({ ...row, problems: row.engine === 'haproxy' ? ['broken'] : [] })),
    }));
    expect(runAsSvg({ ...run, scenarios: broken })).not.toContain('>haproxy<');
  });
});
