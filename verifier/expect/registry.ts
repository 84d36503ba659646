/** All kinds of expectations. The experiment's schema, `explain` and the report derive from this list. */
import type { ExpectationKind } from './expectation.ts';
import { latency } from './latency.ts';
import { query } from './query.ts';
import { ratio } from './ratio.ts';

export const expectationKinds: readonly ExpectationKind[] = [anyParams(ratio), anyParams(latency), anyParams(query)];

/** Each kind is only ever given parameters that its own schema has read. */
function anyParams<Params extends { readonly name: string }>(kind: ExpectationKind<Params>): ExpectationKind {
  return kind as unknown as ExpectationKind;
}
