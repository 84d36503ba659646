import { basename, dirname, relative, resolve } from 'node:path';
import { EXIT_DONE } from '../exit.ts';
import { renderComparison } from '../report/comparison.ts';
import { renderHtml } from '../report/html.ts';
import type { Journal } from '../report/journal.ts';
import { parseJournal } from '../report/read-journal.ts';
import { writeWhole } from '../experiment/write-whole.ts';
import type { Arguments } from './command.ts';
import { readText, whyNot } from './experiment-file.ts';
import type { Io } from './io.ts';
import { UserError } from './user-error.ts';

/** `sidequake report JOURNAL... [--output FILE]` */
export async function reportCommand(args: Arguments, io: Io): Promise<number> {
  const files = args.texts('journal');
  const output = args.text('output');
  const journals = await Promise.all(files.map(async (file) => ({ file, journal: await readJournal(file) })));
  const [first] = journals;
  if (first === undefined) throw new UserError('a journal is needed');
  const page =
    journals.length === 1
      ? renderHtml(first.journal)
      : renderComparison(
          journals.map(({ file, journal }) => {
            const href = relative(dirname(output ?? '.'), file);
            return { journal, href, title: `${journal.experiment} (${basename(file)})` };
          }),
        );
  if (output === undefined) {
    io.out(page);
    return EXIT_DONE;
  }
  try {
    await writeWhole(resolve(output), page);
  } catch (error) {
    throw new UserError(`${output} cannot be written: ${whyNot(error)}`, { cause: error });
  }
  return EXIT_DONE;
}

async function readJournal(file: string): Promise<Journal> {
  const read = parseJournal(await readText(file));
  if (read.ok) return read.journal;
  throw new UserError(`${file} is no journal that can be read\n${read.problems.map((line) => `  ${line}`).join('\n')}`);
}
