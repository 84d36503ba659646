import type { Command } from '../command.ts';

/** For the help only: `main.ts` starts the proxy before any of this is loaded. */
export const proxy: Command = {
  name: 'proxy',
  describe: 'the sidecar itself; see sidequake proxy --help',
  positionals: [],
  options: {},
  run: async () => {
    const { main } = await import('../../../proxy/main.ts');
    return await main([]);
  },
};
