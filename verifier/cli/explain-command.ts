import { selectorsOf } from '../experiment/queries.ts';
import { EXIT_DONE } from '../exit.ts';
import { scrapeInterval } from '../source/clock.ts';
import type { Arguments } from './command.ts';
import { experimentOf, prometheusOf } from './experiment-file.ts';
import { explanationOf } from './explanation.ts';
import type { Io } from './io.ts';

/** `sidequake explain FILE`: with a reachable Prometheus also what its scrape interval allows. */
export async function explainCommand(args: Arguments, io: Io): Promise<number> {
  const experiment = await experimentOf(args, io);
  await using prometheus = prometheusOf(experiment);
  const selectors = selectorsOf(experiment);
  const asked = await scrapeInterval(prometheus, selectors.length === 0 ? ['up'] : selectors, Date.now() / 1000);
  const known = asked.ok ? { scrapeSeconds: asked.value.seconds } : { scrapeSeconds: null, why: asked.failure.message };
  io.out(explanationOf(experiment, known, io.columns));
  return EXIT_DONE;
}
