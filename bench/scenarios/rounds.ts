/**
 * Rounds: every engine is measured once, then every engine again, each round beginning with another one. What disturbs
 * the machine for a while then falls on all of them.
 */
import type { Engine, Running, Setting } from '../engines/engine.ts';
import type { Row } from '../model.ts';
import { type Bench, settingOf } from './scenario.ts';

/** The figures of one engine in one round. */
export interface Sample {
  readonly figures: Readonly<Record<string, number | null>>;
  readonly problems: readonly string[];
}

/** One engine while it takes part. */
export interface Contestant {
  readonly engine: Engine;
  readonly running: Running;
  readonly figures: Record<string, (number | null)[]>;
  readonly problems: Set<string>;
}

/** What to do with each engine. What throws makes the engine's row invalid and goes on without it. */
export interface Plan {
  readonly protocol: Setting['protocol'];
  readonly rounds: number;
  /** Before the first round; its problems count. */
  readonly prepare: (contestant: Contestant) => Promise<readonly string[]>;
  readonly measure: (contestant: Contestant) => Promise<Sample>;
  /** After the last round. */
  readonly finish: (contestant: Contestant) => Promise<readonly string[]>;
}

/** Starts the engines, runs the rounds, stops the engines; a row for each. */
export async function runRounds(bench: Bench, engines: readonly Engine[], plan: Plan): Promise<Row[]> {
  const contestants: Contestant[] = [];
  const failed: Row[] = [];
  try {
    for (const engine of engines) {
      try {
        const running = await engine.start(settingOf(bench, plan.protocol));
        contestants.push({ engine, running, figures: {}, problems: new Set() });
      } catch (error) {
        failed.push({ engine: engine.name, title: engine.title, samples: {}, problems: [messageOf(error)] });
      }
    }
    for (const each of contestants) await attempt(each, async () => note(each, await plan.prepare(each)));
    for (let round = 0; round < plan.rounds; round++) {
      for (let turn = 0; turn < contestants.length; turn++) {
        const each = contestants[(turn + round) % contestants.length];
        if (each === undefined) continue;
        bench.say(`round ${round + 1} of ${plan.rounds}: ${each.engine.title}`);
        await attempt(each, async () => record(each, round, await plan.measure(each)));
      }
    }
    for (const each of contestants) await attempt(each, async () => note(each, await plan.finish(each)));
  } finally {
    await Promise.all(contestants.map(({ running }) => running.stop()));
  }
  const rows = contestants.map(({ engine, figures, problems }) => ({
    engine: engine.name,
    title: engine.title,
    samples: figures,
    problems: [...problems],
  }));
  return [...rows, ...failed];
}

/** An engine with a problem is not asked again: its row is invalid already, and its failures may take minutes. */
async function attempt(contestant: Contestant, step: () => Promise<void>): Promise<void> {
  if (contestant.problems.size > 0) return;
  try {
    await step();
  } catch (error) {
    note(contestant, [messageOf(error)]);
  }
}

function messageOf(error: unknown): string {
  return error instanceof Error ? error.message : String(error);
}

function record(contestant: Contestant, round: number, sample: Sample): void {
  note(contestant, sample.problems);
  for (const [key, value] of Object.entries(sample.figures)) {
    const series = (contestant.figures[key] ??= []);
    // Rounds stay aligned over the engines: ratios are taken within a round.
    while (series.length < round) series.push(null);
    series.push(value);
  }
}

function note(contestant: Contestant, problems: readonly string[]): void {
  for (const problem of problems) contestant.problems.add(problem);
}
