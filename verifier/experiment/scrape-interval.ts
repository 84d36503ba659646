import type { Answer } from '../source/answer.ts';
import { answered } from '../source/answer.ts';
import { scrapeInterval } from '../source/clock.ts';
import { selectorsOf } from './queries.ts';
import { note, prometheusNow } from './run-state.ts';
import type { RunState } from './run-state.ts';

/**
 * Learns how often the series in question are scraped. Before the first request of a load they may not be there yet:
 * then the slowest target of all stands in.
 */
export async function learnScrapeInterval(run: RunState): Promise<Answer<number>> {
  const { prometheus, stop } = run.ports;
  const at = prometheusNow(run);
  const own = await scrapeInterval(prometheus, selectorsOf(run.experiment), at, stop);
  if (own.ok) return learn(run, own.value.seconds);
  if (own.failure.code !== 'wrong-shape') return own;
  const any = await scrapeInterval(prometheus, ['up'], at, stop);
  if (!any.ok) return any;
  note(
    run,
    `None of the series that are asked for is there yet; the slowest target is scraped every ${any.value.seconds} s.`,
  );
  return learn(run, any.value.seconds);
}

function learn(run: RunState, seconds: number): Answer<number> {
  run.scrapeSeconds = seconds;
  return answered(seconds);
}
