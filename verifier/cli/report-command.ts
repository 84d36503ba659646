import { access } from 'node:fs/promises';
import { basename, dirname, extname, join, relative, resolve, sep } from 'node:path';
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
  const from = output === undefined ? resolve('.') : dirname(resolve(output));
  const page =
    journals.length === 1
      ? renderHtml(first.journal)
      : renderComparison(
          await Promise.all(
            journals.map(async ({ file, journal }) => ({
              journal,
              href: addressOf(from, await pageBeside(resolve(file))),
              title: `${journal.experiment} (${basename(file)})`,
            })),
          ),
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

/** The report of a journal where one stands beside it, else the journal itself. `file` is absolute. */
async function pageBeside(file: string): Promise<string> {
  const folder = dirname(file);
  // What `run` calls it by itself holds for `journal.json` only: others may lie together in one folder.
  const own = join(folder, `${basename(file, extname(file))}.html`);
  const pages = basename(file) === 'journal.json' ? [join(folder, 'report.html'), own] : [own];
  for (const page of pages) {
    try {
      await access(page);
      return page;
    } catch {
      // Not there: the next one may be.
    }
  }
  return file;
}

/** From a folder to a file as a page links it; both absolute. */
function addressOf(folder: string, file: string): string {
  // Colons are encoded too: in the first step one would read as the end of a scheme.
  return relative(folder, file).split(sep).map(encodeURIComponent).join('/');
}

async function readJournal(file: string): Promise<Journal> {
  const read = parseJournal(await readText(file));
  if (read.ok) return read.journal;
  throw new UserError(`${file} is no journal that can be read\n${read.problems.map((line) => `  ${line}`).join('\n')}`);
}
