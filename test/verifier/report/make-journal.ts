/** Builds journals out of the traffic model: whole, valid, and each telling one story. */
import type { ExpectationResult, Journal, Timeline } from '../../../verifier/report/journal.ts';
import type { PhaseTimes, Sample, Service } from './traffic.ts';
import { chance, goodBracket, goodCourse, latencyBracket, layOut, play } from './traffic.ts';

const PHASES = [
  { name: 'baseline', seconds: 60 },
  { name: 'fault', seconds: 60 },
  { name: 'recovery', seconds: 60 },
];

export interface Story {
  readonly id: string;
  readonly experiment: string;
  readonly question: string | null;
  readonly seed: number;
  readonly scrapeSeconds?: number;
  /** How the service answers in each phase; seconds into the phase. */
  readonly behaves: (phase: string, into: number) => ReturnType<Service['behaves']>;
  readonly phases?: readonly { readonly name: string; readonly seconds: number }[];
  /** Share of the fault, 0..1. */
  readonly share?: number;
}

/** What a story gives: the journal of a run in which all was well with the run itself, to be changed by the caller. */
export interface Told {
  readonly journal: Journal;
  readonly phases: readonly PhaseTimes[];
  readonly samples: readonly Sample[];
}

const START = Date.parse('2026-11-21T12:30:05.250Z') / 1000;
const RATE = 50;

export function tell(story: Story): Told {
  const random = chance(story.seed);
  const phases = layOut(START, story.phases ?? PHASES);
  const [from, to] = [phases[0]?.from ?? START, phases.at(-1)?.to ?? START];
  const scrapeSeconds = story.scrapeSeconds ?? 5;
  const phaseAt = (at: number): PhaseTimes =>
    phases.findLast((phase) => phase.from <= at) ?? { name: 'baseline', from: at, to: at };
  const behaves: Service['behaves'] = (at) => {
    const phase = phaseAt(at);
    // Between fault and recovery the fault is gone already.
    const name = phase.name === 'fault' && at > phase.to ? 'recovery' : phase.name;
    return story.behaves(name, at - phase.from);
  };
  const samples = play({ ratePerSecond: RATE, scrapeSeconds, behaves }, from, to, random);
  const expectations = [
    ...phases.map((phase) => availability(samples, phase, 0.995)),
    ...phases.map((phase) => latency(samples, phase, 0.3)),
  ];
  const share = story.share ?? 0.5;
  const fault = phases.find((phase) => phase.name === 'fault');
  const matched = fault === undefined ? 0 : RATE * (fault.to - fault.from);
  const broken = Math.round(matched * share + (random() - 0.5) * 30 * Math.min(1, share));
  const rule = {
    id: 'slow-ratings',
    match: { path: '/ratings/*' },
    share: `${share * 100}%`,
    faults: [{ delay: { fixed: '2s' } }],
  };
  const deviation = 3.29 * Math.sqrt(matched * share * (1 - share));
  const journal: Journal = {
    schema: 'sidequake/journal/v1',
    id: story.id,
    sidequake: '0.1.0',
    experiment: story.experiment,
    question: story.question,
    verdict: 'pass',
    exitCode: 0,
    reason: 'Availability and latency held while half of the calls to ratings took 2 s longer, and after it.',
    startedAt: time(from - 1.4),
    endedAt: time(to + 11.2),
    prometheus: {
      url: 'http://127.0.0.1:9090',
      version: '2.42.0',
      scrapeIntervalMs: scrapeSeconds * 1000,
      clockSkewMs: 1.8,
    },
    phases: phases.map((phase) => ({ name: phase.name, from: time(phase.from), to: time(phase.to) })),
    faults:
      fault === undefined
        ? []
        : [
            {
              target: 'ratings',
              rule,
              predicted: ['each chosen exchange takes 2 s longer; its status stays the app\u2019s own'],
            },
          ],
    expectations,
    guards: [
      {
        of: 'availability',
        trips: 'below 90 % in 2 of 3',
        evaluations: 36,
        breaches: 0,
        lost: 0,
        tripped: false,
        at: null,
      },
    ],
    injection:
      fault === undefined
        ? []
        : [
            {
              target: 'ratings',
              pod: 'http://127.0.0.1:15020',
              rule: 'slow-ratings',
              from: 'ledger',
              ledger: { matched, injected: broken, skipped: { share: matched - broken } },
              expected: {
                share,
                low: Math.floor(matched * share - deviation),
                high: Math.ceil(matched * share + deviation),
              },
              agrees: true,
              reason: `${((100 * broken) / matched).toFixed(1)} % of the matched requests, ${share * 100} % asked`,
            },
          ],
    retries: [],
    load: {
      url: 'http://127.0.0.1:8080/reviews/1',
      ratePerSecond: RATE,
      sent: RATE * phases.reduce((sum, phase) => sum + phase.to - phase.from, 0),
      failed: 0,
      byStatus: { '200': RATE * 180 },
      phases: phases.map((phase) => {
        const within = samples.filter((sample) => sample.at > phase.from && sample.at <= phase.to);
        const p99 = within.reduce((most, sample) => Math.max(most, sample.p99), 0);
        return {
          name: phase.name,
          sent: RATE * (phase.to - phase.from),
          failed: 0,
          p50Ms: 24.6,
          p99Ms: p99 * 1000,
          lateP99Ms: 1.1,
        };
      }),
    },
    undo: { confirmed: true, at: fault === undefined ? null : time(fault.to + 0.084), left: [] },
    timelines: [
      {
        name: 'availability',
        kind: 'ratio',
        unit: 'ratio',
        threshold: 0.995,
        direction: 'above',
        points: goodCourse(samples),
      },
      {
        name: 'p99',
        kind: 'latency',
        unit: 'seconds',
        threshold: 0.3,
        direction: 'below',
        points: samples.slice(1).map((sample) => [sample.at, sample.p99]),
      },
    ],
    findings: [],
  };
  return { journal, phases, samples };
}

export function availability(
  samples: readonly Sample[],
  phase: PhaseTimes,
  objective: number,
  name = 'availability',
): ExpectationResult {
  const { low, high, events } = goodBracket(samples, phase);
  const verdict = low >= objective ? 'pass' : high < objective ? 'deviated' : 'inconclusive';
  const figures = [...new Set([low, high].map((side) => String(Number((side * 100).toFixed(3)))))];
  const bracket = `${figures.join(' to ')} %`;
  return {
    name,
    kind: 'ratio',
    phase: phase.name,
    verdict,
    low,
    high,
    bound: `>= ${objective * 100} %`,
    threshold: objective,
    direction: 'above',
    unit: 'ratio',
    events,
    reason: {
      pass: `${bracket} of the requests were good, which holds the objective.`,
      deviated: `Only ${bracket} of the requests were good.`,
      inconclusive: `${bracket} of the requests were good: the bracket crosses the objective.`,
    }[verdict],
    queries: [
      query(`http_requests_total{app="reviews",code!~"5.."}[${phase.to - phase.from + 10}s]`, phase, 3),
      query(`http_requests_total{app="reviews"}[${phase.to - phase.from + 10}s]`, phase, 4),
    ],
    increase: Number(((low + high) / 2).toFixed(6)),
  };
}

export function latency(samples: readonly Sample[], phase: PhaseTimes, below: number, name = 'p99'): ExpectationResult {
  const { low, high, events } = latencyBracket(samples, phase);
  const verdict = high <= below ? 'pass' : low >= below ? 'deviated' : 'inconclusive';
  const bracket = `between ${low * 1000} and ${high * 1000} ms`;
  return {
    name,
    kind: 'latency',
    phase: phase.name,
    verdict,
    low,
    high,
    bound: `<= ${below * 1000} ms`,
    threshold: below,
    direction: 'below',
    unit: 'seconds',
    events,
    reason: {
      pass: `99 % of the requests took at most ${high * 1000} ms.`,
      deviated: `The slowest 1 % took ${bracket}, or more.`,
      inconclusive: `The p99 lies ${bracket}, on either side of the bound.`,
    }[verdict],
    queries: [query(`http_request_duration_seconds_bucket{app="reviews"}[${phase.to - phase.from + 10}s]`, phase, 48)],
  };
}

export function time(seconds: number): string {
  return new Date(Math.round(seconds * 1000)).toISOString();
}

function query(promql: string, phase: PhaseTimes, series: number): ExpectationResult['queries'][number] {
  return { promql, at: time(phase.to + 5), series };
}

/** A timeline with holes where `missing` says so. */
export function withHoles(timeline: Timeline, missing: (at: number) => boolean): Timeline {
  return { ...timeline, points: timeline.points.map(([at, value]) => [at, missing(at) ? null : value]) };
}
