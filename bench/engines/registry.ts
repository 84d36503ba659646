/** THE list of engines, in the order of tables. */
import { direct } from './direct.ts';
import type { Engine } from './engine.ts';
import { haproxy } from './haproxy.ts';
import { httpProxy } from './http-proxy.ts';
import { nginx } from './nginx.ts';
import { pipe } from './pipe.ts';
import { VARIANTS, sidequake } from './sidequake.ts';
import { toxiproxy } from './toxiproxy.ts';

/** The variants of our own proxy apart from the headline: measured only where what a rule costs is the question. */
export const VARIANT_NAMES: readonly string[] = VARIANTS.map((variant) => variant.name).filter(
  (name) => name !== 'sidequake',
);

export const ENGINES: readonly Engine[] = [
  direct,
  ...VARIANTS.map((variant) => sidequake(variant)),
  haproxy,
  nginx,
  toxiproxy,
  pipe,
  httpProxy,
];
