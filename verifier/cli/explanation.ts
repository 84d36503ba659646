import type { Experiment } from '../experiment/experiment.ts';
import { PHASES } from '../experiment/experiment.ts';
import { describeTrip } from '../experiment/guard.ts';
import { leastPhaseMs } from '../experiment/phase-length.ts';
import { hanging } from './wrap.ts';

/** What an experiment would do and what it can prove, for people. Pure. */

export interface Known {
  /** Of the series in question; null: it could not be asked. */
  readonly scrapeSeconds: number | null;
  readonly why?: string;
}

export function explanationOf(experiment: Experiment, known: Known, columns: number): string {
  const { name, question, prometheus, load, phasesMs, faults, expectations, guards } = experiment;
  const total = Object.values(phasesMs).reduce((sum, ms) => sum + ms, 0);
  const lines = [
    name,
    ...(question === null ? [] : hanging('  ', question, columns)),
    ...(load === null
      ? []
      : hanging('  load: ', `${load.method} ${shown(load.url)}, ${load.ratePerSecond} per second, open loop`, columns)),
    '',
    ...hanging('', `When (about ${seconds(total)} and some scrapes of waiting)`, columns),
    ...PHASES.map((phase) => `  ${phase.padEnd(9)} ${phasesMs[phase] === 0 ? 'left out' : seconds(phasesMs[phase])}`),
    '',
    'Faults, all at once in the phase fault',
    ...faults.flatMap(({ target, admin, id, rule, predictions }) => [
      ...hanging('  ', `${id} on ${target} (${admin}), share ${percent(rule.share)}`, columns),
      ...predictions.flatMap(({ seen }) => hanging('    ', seen, columns)),
    ]),
    '',
    ...hanging('', 'Must hold (the baseline by all of them, or nothing is injected)', columns),
    ...expectations.flatMap(({ name, kind, params, in: phases }) => {
      return hanging('  ', `${kind.kind} ${name} ${kind.bound(params)} in ${phases.join(' and ')}`, columns);
    }),
    ...guards.flatMap((guard) => hanging('  guard: ', `${guard.of} ${describeTrip(guard)} ends the fault`, columns)),
    '',
    ...hanging('', `What it can prove, from ${shown(prometheus.url)}`, columns),
    ...proofs(experiment, known).flatMap((sentence) => hanging('  - ', sentence, columns)),
  ];
  return `${lines.join('\n')}\n`;
}

/** One sentence for each thing that a person should know before the run. */
function proofs(experiment: Experiment, known: Known): string[] {
  const { phasesMs, load, expectations, faults, guards, intervalMs } = experiment;
  const sentences: string[] = [];
  if (known.scrapeSeconds === null) {
    sentences.push(`The scrape interval is not known (${known.why ?? 'Prometheus was not asked'}).`);
  } else {
    const scrapeMs = known.scrapeSeconds * 1000;
    for (const phase of PHASES.filter((name) => phasesMs[name] > 0)) {
      sentences.push(scrapeSentence(phase, phasesMs[phase], scrapeMs));
    }
  }
  if (phasesMs.baseline === 0) sentences.push('Without a baseline nobody knows whether the system was steady before.');
  if (phasesMs.recovery === 0) sentences.push('Without a recovery nobody looks at the system after the undo.');
  for (const { name, params } of expectations) {
    const least = 'minEvents' in params && typeof params.minEvents === 'number' ? params.minEvents : null;
    if (least === null || load === null) continue;
    const shortest = Math.min(...PHASES.map((phase) => phasesMs[phase]).filter((ms) => ms > 0));
    const events = Math.floor((load.ratePerSecond * shortest) / 1000);
    sentences.push(
      events >= least
        ? `${name} needs ${least} events in each phase; the load alone brings about ${events} in the shortest.`
        : `${name} needs ${least} events in each phase, the load brings only about ${events}: it may be inconclusive.`,
    );
  }
  for (const { id, rule } of faults) {
    if (load === null || rule.share === 0) continue;
    const broken = Math.floor((load.ratePerSecond * phasesMs.fault * rule.share) / 1000);
    sentences.push(`${id} breaks about ${broken} exchanges if each request of the load comes by it once.`);
  }
  if (guards.length > 0 && intervalMs >= phasesMs.fault) {
    sentences.push(`The guards are evaluated every ${seconds(intervalMs)}: never within the phase fault.`);
  }
  return sentences;
}

function scrapeSentence(phase: string, ms: number, scrapeMs: number): string {
  const scrapes = Math.floor(ms / scrapeMs);
  if (ms < leastPhaseMs(scrapeMs)) {
    return `${phase} is too short: ${scrapes} scrapes of ${seconds(scrapeMs)} lie in it, 2 are needed.`;
  }
  const edge = percent(Math.min(1, scrapeMs / ms));
  return scrapes < 4
    ? `${phase} holds ${scrapes} scrapes of ${seconds(scrapeMs)}: up to ${edge} of its events lie at an edge, 4 are better.`
    : `${phase} holds ${scrapes} scrapes of ${seconds(scrapeMs)}.`;
}

/** A URL without user and password. */
function shown(text: string): string {
  const url = new URL(text);
  url.username = '';
  url.password = '';
  return url.href;
}

function seconds(ms: number): string {
  return `${Number((ms / 1000).toFixed(3))} s`;
}

function percent(ratio: number): string {
  return `${Number((ratio * 100).toFixed(3))} %`;
}
