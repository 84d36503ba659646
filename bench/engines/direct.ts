/** No proxy at all: what load and upstream cost themselves, and the latency that others add to. */
import type { Engine } from './engine.ts';

export const direct: Engine = {
  name: 'direct',
  title: 'direct (no proxy)',
  protocols: ['http', 'tcp'],
  missing: () => null,
  version: () => null,
  start: ({ upstreamPort }) => Promise.resolve({ port: upstreamPort, pid: null, stop: () => Promise.resolve() }),
};
