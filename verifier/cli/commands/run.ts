import type { Command } from '../command.ts';
import { experimentFile, experimentOptions } from './experiment-options.ts';

export const run: Command = {
  name: 'run',
  describe: 'run an experiment and judge it; exits with its verdict',
  positionals: [experimentFile],
  options: {
    ...experimentOptions,
    journal: { describe: 'where the journal goes', kind: 'text', value: 'FILE' },
    report: { describe: 'where the HTML report goes', kind: 'text', value: 'FILE' },
    'dry-run': { describe: 'check everything, arm nothing', kind: 'flag' },
    quiet: { describe: 'no progress, only the verdict', kind: 'flag' },
    json: { describe: 'the journal on stdout and nothing else', kind: 'flag' },
  },
  examples: [['$0 run slow-ratings.yaml --var RATE=50/s', 'one run; results go to sidequake-runs/']],
  run: async (args, io) => {
    const { runCommand } = await import('../run-command.ts');
    return await runCommand(args, io);
  },
};
