/** The proxy library of Node that most know, with a keep-alive agent: three to four times cheaper than as documented. */
import { packageVersion } from '../process/versions.ts';
import type { Engine } from './engine.ts';
import { startOwnProgram } from './own-program.ts';

export const httpProxy: Engine = {
  name: 'http-proxy',
  title: 'http-proxy (keep-alive agent)',
  protocols: ['http'],
  missing: () => (packageVersion('http-proxy') === null ? 'http-proxy is missing: npm ci' : null),
  version: () => packageVersion('http-proxy'),
  start: (setting) => startOwnProgram(new URL('http-proxy-program.ts', import.meta.url), setting),
};
