/** `socket.pipe` both ways: what Node charges for moving bytes without looking at them. */
import type { Engine } from './engine.ts';
import { startOwnProgram } from './own-program.ts';

export const pipe: Engine = {
  name: 'pipe',
  title: 'node socket.pipe',
  protocols: ['http', 'tcp'],
  missing: () => null,
  version: () => process.versions.node,
  start: (setting) => startOwnProgram(new URL('pipe-program.ts', import.meta.url), setting),
};
