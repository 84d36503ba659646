import type { Command } from '../command.ts';
import { experimentFile, experimentOptions } from './experiment-options.ts';

export const validate: Command = {
  name: 'validate',
  describe: 'say everything that is wrong with an experiment, and where',
  positionals: [experimentFile],
  options: {
    ...experimentOptions,
    offline: { describe: 'do not ask Prometheus about the queries', kind: 'flag' },
  },
  run: async (args, io) => {
    const { validateCommand } = await import('../validate-command.ts');
    return await validateCommand(args, io);
  },
};
