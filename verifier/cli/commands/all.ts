import type { Command } from '../command.ts';
import { explain } from './explain.ts';
import { faultClear } from './fault-clear.ts';
import { faultList } from './fault-list.ts';
import { proxy } from './proxy.ts';
import { report } from './report.ts';
import { run } from './run.ts';
import { schema } from './schema.ts';
import { status } from './status.ts';
import { validate } from './validate.ts';

/** THE list of commands, in the order of the help. */
export const commands: readonly Command[] = [
  run,
  validate,
  explain,
  report,
  status,
  faultList,
  faultClear,
  schema,
  proxy,
];
