import type { Io } from './io.ts';

/**
 * A command is one declarative value: what it is called, what it takes, what it does. `register.ts` turns it into
 * yargs; nothing else knows which library reads the command line. Its `run` imports what it needs when it is called.
 */
export interface Command {
  /** One word, or two: `fault list`. */
  readonly name: string;
  /** Small letters, no full stop: a line of the help. */
  readonly describe: string;
  readonly positionals: readonly Positional[];
  readonly options: Readonly<Record<string, Option>>;
  /** Whole command lines with what they are for. */
  readonly examples?: readonly (readonly [line: string, what: string])[];
  /** Gives the exit code. */
  readonly run: (args: Arguments, io: Io) => Promise<number>;
}

export interface Positional {
  readonly name: string;
  readonly describe: string;
  readonly required: boolean;
  /** Takes all that follow. */
  readonly repeatable: boolean;
  readonly choices?: readonly string[];
}

export interface Option {
  readonly describe: string;
  /** `text` takes a value, `flag` none. */
  readonly kind: 'text' | 'flag';
  /** May be given several times. */
  readonly repeatable?: true;
  readonly required?: true;
  /** One letter. */
  readonly short?: string;
  /** What the value is, in the help: FILE, URL. */
  readonly value?: string;
}

/** What was given, checked: no value is missing, doubled or unknown. */
export interface Arguments {
  /** Undefined when it was not given. */
  text(name: string): string | undefined;
  /** Empty when it was not given. */
  texts(name: string): readonly string[];
  flag(name: string): boolean;
}
