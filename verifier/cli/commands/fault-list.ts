import type { Command } from '../command.ts';
import { adminOption } from './experiment-options.ts';

export const faultList: Command = {
  name: 'fault list',
  describe: 'list the rules of sidecars',
  positionals: [],
  options: adminOption,
  run: async (args, io) => {
    const { faultListCommand } = await import('../sidecar-commands.ts');
    return await faultListCommand(args, io);
  },
};
