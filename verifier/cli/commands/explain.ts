import type { Command } from '../command.ts';
import { experimentFile, experimentOptions } from './experiment-options.ts';

export const explain: Command = {
  name: 'explain',
  describe: 'say what an experiment would do and what it can prove',
  positionals: [experimentFile],
  options: experimentOptions,
  run: async (args, io) => {
    const { explainCommand } = await import('../explain-command.ts');
    return await explainCommand(args, io);
  },
};
