// `npm run demo [-- --keep] [-- --out FOLDER]`: the command line of the demo.
import { resolve } from 'node:path';
import { fileURLToPath } from 'node:url';
import { parseArgs } from 'node:util';

const USAGE = `npm run demo -- [--keep] [--out FOLDER]
  --keep         leave the shop, its sidecars and Prometheus running, to play with
  --out FOLDER   where reports and logs go (demo-out in the project's folder)`;

process.exitCode = await main();

async function main(): Promise<number> {
  if (Number(process.versions.node.split('.')[0]) < 24) {
    process.stderr.write(
      `The demo needs Node 24 or newer, this is ${process.versions.node}: start it by npm run demo.\n`,
    );
    return 1;
  }
  const args = readArguments();
  if (typeof args === 'string') {
    process.stderr.write(`${args}\n${USAGE}\n`);
    return 2;
  }
  if (args.help) {
    process.stdout.write(`${USAGE}\n`);
    return 0;
  }
  // Only now: an older Node could not even read these files.
  const { runDemo } = await import('./demo.ts');
  const { Interrupted, stopOnSignals } = await import('./stop-signal.ts');
  const stop = new AbortController();
  using _signals = stopOnSignals(stop);
  try {
    const asExpected = await runDemo({ ...args, stop, say: (text) => process.stdout.write(`${text}\n`) });
    return asExpected ? 0 : 1;
  } catch (error) {
    if (error instanceof Interrupted) {
      process.stdout.write('\nStopped: no process and no fault is left.\n');
      return error.exitCode;
    }
    // Our own errors are sentences; of anything else the place is wanted, too.
    const isSentence = error instanceof Error && error.constructor === Error;
    process.stderr.write(`\n${isSentence ? error.message : error instanceof Error ? error.stack : String(error)}\n`);
    return 1;
  }
}

function readArguments(): { keep: boolean; outDir: string; help: boolean } | string {
  try {
    const { values } = parseArgs({
      options: {
        keep: { type: 'boolean', default: false },
        out: { type: 'string', default: fileURLToPath(new URL('../../demo-out', import.meta.url)) },
        help: { type: 'boolean', short: 'h', default: false },
      },
    });
    return { keep: values.keep, outDir: resolve(values.out), help: values.help };
  } catch (error) {
    return error instanceof Error ? error.message : String(error);
  }
}
