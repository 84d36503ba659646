import type { Command } from '../command.ts';

export const report: Command = {
  name: 'report',
  describe: 'make an HTML page of one journal, or compare several',
  positionals: [{ name: 'journal', describe: 'journals of runs', required: true, repeatable: true }],
  options: { output: { describe: 'where the page goes; default stdout', kind: 'text', short: 'o', value: 'FILE' } },
  examples: [['$0 report before.json after.json --output compare.html', 'two runs side by side']],
  run: async (args, io) => {
    const { reportCommand } = await import('../report-command.ts');
    return await reportCommand(args, io);
  },
};
