import type { Command } from '../command.ts';
import { adminOption } from './experiment-options.ts';

export const status: Command = {
  name: 'status',
  describe: 'what sidecars have armed, for how long, and what it did',
  positionals: [],
  options: adminOption,
  run: async (args, io) => {
    const { statusCommand } = await import('../sidecar-commands.ts');
    return await statusCommand(args, io);
  },
};
