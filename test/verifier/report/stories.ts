/** The journals of test/fixtures/journals, one for each way a run can end and a few that are hard to show. */
import type { Journal } from '../../../verifier/report/journal.ts';
import type { Story } from './make-journal.ts';
import { availability, latency, tell, time, withHoles } from './make-journal.ts';
import { chance } from './traffic.ts';

const CALM = { bad: 0.0004, median: 0.024, slow: { share: 0, seconds: 0 } };
const QUESTION = 'Do reviews keep their promise while half of the calls to ratings are slow?';

const CAREFUL: Story = {
  id: '20261121T123005Z-7f3a',
  experiment: 'reviews-survive-slow-ratings',
  question: QUESTION,
  seed: 7,
  behaves: (phase, into) =>
    phase === 'fault' ? { bad: into < 4 ? 0.004 : 0.0006, median: 0.03, slow: { share: 0.48, seconds: 0.225 } } : CALM,
};

const CARELESS: Story = {
  ...CAREFUL,
  id: '20261121T123420Z-b21c',
  seed: 11,
  behaves: (phase, into) => {
    if (phase === 'fault')
      return { bad: Math.min(0.31, into * 0.012), median: 0.03, slow: { share: 0.5, seconds: 2.02 } };
    if (phase === 'recovery' && into < 9) return { bad: 0.05, median: 0.03, slow: { share: 0.06, seconds: 1.4 } };
    return CALM;
  },
};

function pass(): Journal {
  return { ...tell(CAREFUL).journal, rerun: 'sidequake run deploy/demo/experiments/careful.yaml' };
}

function deviated(): Journal {
  const { journal } = tell(CARELESS);
  return {
    ...journal,
    verdict: 'deviated',
    exitCode: 1,
    reason: `During the fault at most ${(100 * (journal.expectations[1]?.high ?? 0)).toFixed(1)} % of the requests for reviews were good (99.5 % asked) and the p99 rose to more than 2 s.`,
    guards: [
      {
        of: 'availability',
        trips: 'below 50 % in 2 of 3',
        evaluations: 36,
        breaches: 0,
        lost: 0,
        tripped: false,
        at: null,
      },
    ],
    findings: ['Latency was still above its bound 9 s after the fault had been taken back.'],
  };
}

function inconclusive(): Journal {
  const { journal, phases } = tell({ ...CAREFUL, id: '20261121T130005Z-0c9d', seed: 23 });
  const fault = phases[1];
  const missing = (at: number): boolean => fault !== undefined && at > fault.from + 18 && at < fault.from + 44;
  return {
    ...journal,
    verdict: 'inconclusive',
    exitCode: 3,
    reason:
      'Prometheus did not scrape one of three pods of reviews for 26 s of the fault, so availability during it is not known.',
    expectations: [
      ...journal.expectations.map((result) => {
        if (result.phase !== 'fault') return result;
        const dark =
          'Pod reviews-6d4f-xk2 was not scraped from 12:31:26 to 12:31:52: what it answered then is not known.';
        return {
          ...result,
          verdict: 'inconclusive' as const,
          low: result.kind === 'ratio' ? 0.8612 : null,
          high: result.kind === 'ratio' ? 0.9998 : null,
          reason: dark,
        };
      }),
      ...['fault', 'recovery'].map((phase) => ({
        name: 'queue',
        kind: 'query',
        phase,
        verdict: 'inconclusive' as const,
        low: null,
        high: null,
        bound: '< 100',
        threshold: 100,
        direction: 'below' as const,
        unit: 'none' as const,
        events: null,
        reason: 'The query gave no series: nothing is exposed under this name.',
        queries: [{ promql: 'max(queue_depth{app="reviews"})', at: time((phases[1]?.to ?? 0) + 5), series: 0 }],
      })),
    ],
    timelines: [
      ...journal.timelines.map((timeline) => withHoles(timeline, missing)),
      {
        name: 'queue',
        kind: 'query',
        unit: 'none',
        threshold: 100,
        direction: 'below',
        points: (journal.timelines[0]?.points ?? []).map(([at]) => [at, null]),
      },
    ],
    findings: [
      'up{instance="10.244.0.17:9080"} was 0 for 5 scrapes in the fault.',
      'The clock of Prometheus is 1.8 ms ahead of the runner\u2019s.',
    ],
  };
}

function aborted(): Journal {
  const { journal, phases } = tell({
    ...CARELESS,
    id: '20261121T131112Z-44aa',
    seed: 31,
    phases: [
      { name: 'baseline', seconds: 60 },
      { name: 'fault', seconds: 26 },
      { name: 'recovery', seconds: 60 },
    ],
    behaves: (phase, into) =>
      phase === 'fault'
        ? { bad: into < 8 ? 0.06 : 0.62, median: 0.03, slow: { share: 0.5, seconds: 2.02 } }
        : CARELESS.behaves(phase, into),
  });
  const at = time((phases[1]?.to ?? 0) - 0.4);
  return {
    ...journal,
    verdict: 'aborted',
    exitCode: 4,
    reason: 'The guard on availability (below 50 % in 2 of 3) ended the fault after 26 s; it was taken back at once.',
    guards: [
      { of: 'availability', trips: 'below 50 % in 2 of 3', evaluations: 18, breaches: 2, lost: 0, tripped: true, at },
      { of: 'p99', trips: 'above 5 s in 3 of 3', evaluations: 18, breaches: 0, lost: 1, tripped: false, at: null },
    ],
  };
}

function undoFailed(): Journal {
  const journal = deviated();
  return {
    ...journal,
    id: '20261121T134500Z-e0e0',
    verdict: 'undo-failed',
    exitCode: 5,
    reason:
      'The sidecar at http://10.244.0.19:15020 did not answer after the fault, so it is not proven that it let go of slow-ratings.',
    undo: {
      confirmed: false,
      at: null,
      left: [
        'http://10.244.0.19:15020: rule slow-ratings, its lease ends by 12:32:18 UTC',
        'http://10.244.0.23:15020: still lists slow-ratings as armed',
      ],
    },
    injection: journal.injection.flatMap((line) => [
      line,
      {
        ...line,
        pod: 'http://10.244.0.19:15020',
        agrees: false,
        ledger: { matched: 412, injected: 55, skipped: { share: 342, 'max-active': 12 } },
        expected: { share: 0.5, low: 167, high: 234 },
        reason: '13.9 % of the matched requests, 50 % asked',
      },
    ]),
  };
}

function unsteady(): Journal {
  const { journal } = tell({
    ...CAREFUL,
    id: '20261121T140000Z-1d1d',
    seed: 41,
    phases: [{ name: 'baseline', seconds: 60 }],
    behaves: () => ({ bad: 0.024, median: 0.03, slow: { share: 0.004, seconds: 0.24 } }),
  });
  return {
    ...journal,
    verdict: 'unsteady',
    exitCode: 6,
    question: null,
    reason: 'Before any fault 97.6 % of the requests were good, below the objective of 99.5 %: nothing was injected.',
    undo: { confirmed: true, at: null, left: [] },
    load: null,
  };
}

function tenLevels(): Journal {
  const told = tell({
    ...CARELESS,
    id: '20261121T150000Z-aaaa',
    experiment: 'checkout-survives-the-loss-of-a-zone',
    question: null,
    seed: 53,
  });
  const services = [
    'frontend',
    'cart',
    'checkout',
    'payments',
    'shipping',
    'recommendations',
    'catalogue',
    'reviews',
    'ratings',
    'a-service-with-a-very-long-name-that-has-to-break-somewhere',
  ];
  const worlds = services.map((service, index) => {
    const random = chance(index);
    const hurt = random() * (index % 3 === 0 ? 0.2 : 0.003);
    return {
      service,
      told: tell({
        ...CAREFUL,
        seed: 60 + index,
        behaves: (phase) =>
          phase === 'fault' ? { bad: hurt, median: 0.03, slow: { share: hurt, seconds: 0.8 } } : CALM,
      }),
    };
  });
  return {
    ...told.journal,
    verdict: 'deviated',
    exitCode: 1,
    reason: 'Four of ten services broke their objective while the zone was cut off.',
    expectations: worlds.flatMap(({ service, told: { samples, phases } }, index) =>
      phases.map((phase) =>
        index % 2 === 0 ? availability(samples, phase, 0.995, service) : latency(samples, phase, 0.3, service),
      ),
    ),
    timelines: worlds.flatMap(({ service, told: { journal } }, index) =>
      journal.timelines.slice(index % 2, (index % 2) + 1).map((timeline) => ({ ...timeline, name: service })),
    ),
    injection: worlds.flatMap(({ service, told: { journal } }) =>
      journal.injection.map((line) => ({ ...line, target: service, pod: `${service}-7d9c5b4f6-x8k2p` })),
    ),
  };
}

/** Every string of the journal is an attack, or at least a nuisance. */
function hostile(): Journal {
  const evil = [
    '</title></style></textarea><script>window.hacked=1</script>',
    '"><img src=x onerror="window.hacked=1">',
    "' onmouseover='window.hacked=1",
    'javascript:window.hacked=1//${1}`',
    ']]><!-- --!><svg/onload=window.hacked=1>',
    'nul \u0000 bell \u0007 escape \u001b[31m rtl \u202egnp.exe\u202c lone \ud800 end',
    'unbreakable'.repeat(40),
    "$(touch /tmp/hacked) `id` ; rm -rf ' && echo",
  ];
  // The same text is always poisoned alike, so that names which refer to each other still do.
  const poisoned = new Map<string, string>();
  const poison = (value: unknown, key: string): unknown => {
    const kept = ['schema', 'verdict', 'startedAt', 'endedAt', 'from', 'to', 'at', 'direction', 'unit'];
    if (typeof value === 'string') {
      if (kept.includes(key)) return value;
      const bad = poisoned.get(value) ?? `${value} ${evil[poisoned.size % evil.length] ?? ''}`;
      poisoned.set(value, bad);
      return bad;
    }
    if (Array.isArray(value)) return value.map((inner) => poison(inner, ''));
    if (typeof value !== 'object' || value === null) return value;
    return Object.fromEntries(Object.entries(value).map(([name, inner]) => [name, poison(inner, name)]));
  };
  const journal = undoFailed();
  return poison({ ...journal, retries: [{ caller: 'frontend', attempts: 3 }], rerun: 'sidequake run' }, '') as Journal;
}

/** Name of the fixture to its journal. */
export const STORIES: Readonly<Record<string, () => Journal>> = {
  pass,
  deviated,
  inconclusive,
  aborted,
  'undo-failed': undoFailed,
  unsteady,
  'ten-levels': tenLevels,
  hostile,
};
