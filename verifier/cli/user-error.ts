import { EXIT_BAD_INPUT } from '../exit.ts';

/** Something that the person at the command line can put right: told in its own words, without a stack. */
export class UserError extends Error {
  readonly exitCode: number;

  constructor(message: string, options: { readonly exitCode?: number; readonly cause?: unknown } = {}) {
    super(message, { cause: options.cause });
    this.name = 'UserError';
    this.exitCode = options.exitCode ?? EXIT_BAD_INPUT;
  }
}
