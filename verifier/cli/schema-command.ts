import * as z from 'zod';
import { EXIT_DONE } from '../exit.ts';
import type { Arguments } from './command.ts';
import type { Io } from './io.ts';

/** `sidequake schema journal|experiment|config` */
export async function schemaCommand(args: Arguments, io: Io): Promise<number> {
  const schema = await schemaOf(args.text('of') ?? '');
  io.out(`${JSON.stringify(z.toJSONSchema(schema, { io: 'input', unrepresentable: 'any' }), null, 2)}\n`);
  return EXIT_DONE;
}

async function schemaOf(name: string): Promise<z.ZodType> {
  switch (name) {
    case 'journal':
      return (await import('../report/journal.ts')).journalSchema;
    case 'experiment':
      return (await import('../experiment/schema.ts')).experimentSchema;
    case 'config':
      return (await import('../../proxy/config/schema.ts')).configSchema;
    default:
      // The command line has already refused other words.
      throw new Error(`there is no schema of ${name}`);
  }
}
