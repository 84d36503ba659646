import { checkQuery } from '../experiment/check-query.ts';
import { queriesOf } from '../experiment/queries.ts';
import { EXIT_BAD_INPUT, EXIT_DONE } from '../exit.ts';
import type { Arguments } from './command.ts';
import { experimentOf, prometheusOf } from './experiment-file.ts';
import type { Io } from './io.ts';

/** `sidequake validate FILE`: the file, and where a Prometheus can be reached the queries by Prometheus itself. */
export async function validateCommand(args: Arguments, io: Io): Promise<number> {
  const experiment = await experimentOf(args, io);
  const file = args.text('file') ?? '';
  if (args.flag('offline')) {
    io.out(`${file} is valid. The queries were not shown to Prometheus.\n`);
    return EXIT_DONE;
  }
  await using prometheus = prometheusOf(experiment);
  let wrong = 0;
  for (const { name, promql } of queriesOf(experiment, Date.now() / 1000)) {
    const checked = await checkQuery(prometheus, promql);
    if (checked.kind === 'fine') continue;
    if (checked.kind === 'unknown') {
      io.err(`sidequake: the queries could not be checked: ${checked.message}\n`);
      io.out(`${file} is valid but for its queries, which nobody checked (--offline leaves them out).\n`);
      return EXIT_DONE;
    }
    io.err(`${file}: the query of ${name} is wrong: ${checked.message}\n  ${promql}\n`);
    wrong++;
  }
  if (wrong > 0) return EXIT_BAD_INPUT;
  io.out(`${file} is valid, and Prometheus understands its queries.\n`);
  return EXIT_DONE;
}
