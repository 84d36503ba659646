import type { Command } from '../command.ts';
import { adminOption } from './experiment-options.ts';

export const faultClear: Command = {
  name: 'fault clear',
  describe: 'take back rules put over the admin API, and confirm it',
  positionals: [{ name: 'id', describe: 'only these rules; default all', required: false, repeatable: true }],
  options: adminOption,
  run: async (args, io) => {
    const { faultClearCommand } = await import('../sidecar-commands.ts');
    return await faultClearCommand(args, io);
  },
};
