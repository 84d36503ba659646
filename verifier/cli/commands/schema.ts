import type { Command } from '../command.ts';

export const schema: Command = {
  name: 'schema',
  describe: 'print a JSON Schema, for editors and other programs',
  positionals: [
    {
      name: 'of',
      describe: 'what it describes',
      required: true,
      repeatable: false,
      choices: ['journal', 'experiment', 'config'],
    },
  ],
  options: {},
  run: async (args, io) => {
    const { schemaCommand } = await import('../schema-command.ts');
    return await schemaCommand(args, io);
  },
};
