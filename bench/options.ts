/** The command line of the bench. */
import { parseArgs } from 'node:util';
import { ROUNDS } from './model.ts';

/** What to run. */
export interface Options {
  /** Names of engines, or null for all. */
  readonly only: readonly string[] | null;
  /** Names of scenarios, or null for all (with `quick` those that are part of it). */
  readonly scenarios: readonly string[] | null;
  /** Of each measurement; whole seconds, as wrk counts no others. */
  readonly seconds: number;
  /** Of each engine; null leaves it to the scenarios. */
  readonly rounds: number | null;
  readonly gate: boolean;
  readonly quick: boolean;
  readonly saveBaseline: boolean;
  /** Our proxy from its sources instead of its bundle. */
  readonly fromSource: boolean;
  readonly help: boolean;
  /** Where results go. */
  readonly results: string | null;
}

/** The names that `only` and `scenarios` may have. */
export interface Known {
  readonly engines: readonly string[];
  readonly scenarios: readonly string[];
}

const QUICK_ROUNDS = 3;
/** A gate has to be right more often than it is quick. */
const GATE_ROUNDS = 7;

/** @throws Error that says which word is wrong and what would be right */
export function parseOptions(args: readonly string[], known: Known): Options {
  const { values } = parseArgs({
    args: [...args],
    options: {
      only: { type: 'string' },
      scenarios: { type: 'string' },
      seconds: { type: 'string' },
      rounds: { type: 'string' },
      results: { type: 'string' },
      gate: { type: 'boolean', default: false },
      quick: { type: 'boolean', default: false },
      'save-baseline': { type: 'boolean', default: false },
      'from-source': { type: 'boolean', default: false },
      help: { type: 'boolean', default: false, short: 'h' },
    },
  });
  const { gate, quick } = values;
  const usual = gate ? GATE_ROUNDS : quick ? QUICK_ROUNDS : null;
  return {
    only: names('--only', values.only, known.engines),
    scenarios: names('--scenarios', values.scenarios, known.scenarios),
    seconds: count('--seconds', values.seconds, 1, 60),
    rounds: values.rounds === undefined ? usual : count('--rounds', values.rounds, 1, 100),
    gate,
    quick,
    saveBaseline: values['save-baseline'],
    fromSource: values['from-source'],
    help: values.help,
    results: values.results ?? null,
  };
}

/** What `--help` prints. */
export function helpText(known: Known): string {
  return `node bench/run.ts [options]        what the proxy costs, side by side with its peers

  --only ENGINE,..     ${known.engines.join(', ')}
  --scenarios NAME,..  ${known.scenarios.join(', ')}
  --seconds N          of each measurement (1)
  --rounds N           measurements of each engine, median of them (${ROUNDS.targeted}, where no target
                       depends on it ${ROUNDS.other}; --quick ${QUICK_ROUNDS}, --gate ${GATE_ROUNDS})
  --quick              the scenarios that targets are about, few engines, in a minute and a half
  --gate               exit 1 when a ratio is more than 10 % worse than bench/results/baseline.json
  --save-baseline      write bench/results/baseline.json
  --from-source        run the proxy from its sources instead of its bundle
  --results DIR        where results go (bench/results)

A whole run writes latest.json, latest.md and chart.svg; a run of a part writes partial.json and partial.md.`;
}

function names(option: string, written: string | undefined, known: readonly string[]): string[] | null {
  if (written === undefined) return null;
  const list = written.split(',').filter(Boolean);
  const unknown = list.find((name) => !known.includes(name));
  if (unknown !== undefined) throw new Error(`${option}: there is no ${unknown}; there are ${known.join(', ')}`);
  if (list.length === 0) throw new Error(`${option} needs at least one of ${known.join(', ')}`);
  return list;
}

function count(option: string, written: string | undefined, usual: number, most: number): number {
  if (written === undefined) return usual;
  const value = Number(written);
  if (Number.isInteger(value) && value >= 1 && value <= most) return value;
  throw new Error(`${option} is ${JSON.stringify(written)}; a whole number from 1 to ${most} would be right`);
}
