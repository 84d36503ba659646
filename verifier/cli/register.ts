import yargs from 'yargs';
import type { Argv } from 'yargs';
import { suggestion } from '../../proxy/config/hint.ts';
import type { Arguments, Command, Option } from './command.ts';

/**
 * The only file that knows yargs: commands in, one parsed command line out. yargs finds the command, splits words and
 * writes the help; what was given is checked here, since it lets doubled, empty and unknown options pass.
 */

export type ParsedCommandLine =
  | { readonly kind: 'command'; readonly command: Command; readonly args: Arguments }
  /** Help or version. */
  | { readonly kind: 'text'; readonly text: string }
  | { readonly kind: 'refused'; readonly message: string };

type Given = Record<string, unknown> & { readonly _: readonly (string | number)[] };

const COLUMNS = 80;

export async function parseCommandLine(
  argv: readonly string[],
  commands: readonly Command[],
  version: string,
): Promise<ParsedCommandLine> {
  let chosen: { readonly command: Command; readonly given: Given } | null = null;
  let failure: string | null = null;
  let text = '';
  // Its second argument would be the working directory, which may have been deleted: nothing here needs it.
  const root = yargs([], '/')
    .scriptName('sidequake')
    .usage('Usage: $0 COMMAND\n\nBreaks the traffic between services on purpose, and proves whether they held.')
    .parserConfiguration({
      'camel-case-expansion': false,
      'dot-notation': false,
      'parse-numbers': false,
      'parse-positional-numbers': false,
      'boolean-negation': false,
    })
    .locale('en')
    .wrap(COLUMNS)
    .exitProcess(false)
    .showHelpOnFail(false)
    .version(version)
    .help()
    .epilogue(
      'Exit codes of run: 0 pass, 1 deviated, 2 invalid, 3 inconclusive, 4 aborted,\n5 undo-failed, 6 unsteady, 70 internal error. Others: 0 done, 1 findings, 2, 70.',
    );
  for (const [word, group] of Map.groupBy(commands, ({ name }) => name.split(' ')[0] ?? name)) {
    const [only] = group;
    if (only?.name === word) {
      register(root, only, only.name, (given) => (chosen = { command: only, given }));
      continue;
    }
    root.command(`${word} <command>`, group.map(({ describe }) => describe).join('; '), (sub) => {
      for (const command of group) {
        register(sub, command, command.name.slice(word.length + 1), (given) => (chosen = { command, given }));
      }
      return sub;
    });
  }
  await root.parseAsync([...argv], {}, (error: Error | undefined, _given: unknown, output: string) => {
    if (error !== undefined && error !== null) failure = error.message;
    text = output;
  });
  const picked = chosen as { readonly command: Command; readonly given: Given } | null;
  if (picked === null && failure === null && text !== '') return { kind: 'text', text };
  if (picked !== null && failure === null) return check(picked.command, picked.given);
  return { kind: 'refused', message: explainFailure(argv, commands, failure) };
}

function register(parent: Argv, command: Command, words: string, onChosen: (given: Given) => void): void {
  const places = command.positionals.map(({ name, required, repeatable }) => {
    const inside = repeatable ? `${name}..` : name;
    return required ? `<${inside}>` : `[${inside}]`;
  });
  parent.command(
    [words, ...places].join(' '),
    command.describe,
    (builder) => {
      for (const { name, describe, choices } of command.positionals) {
        builder.positional(name, {
          describe: choices === undefined ? describe : `${describe}: ${choices.join(', ')}`,
          type: 'string',
        });
      }
      for (const [name, option] of Object.entries(command.options)) {
        builder.option(name, {
          describe: option.value === undefined ? option.describe : `${option.describe} (${option.value})`,
          type: option.kind === 'flag' ? 'boolean' : 'string',
          ...(option.short === undefined ? {} : { alias: option.short }),
        });
      }
      for (const [line, what] of command.examples ?? []) builder.example(line, what);
      return builder;
    },
    (given) => onChosen(given as unknown as Given),
  );
}

function check(command: Command, given: Given): ParsedCommandLine {
  const refused = (message: string): ParsedCommandLine => {
    return { kind: 'refused', message: `${message}\nSee: sidequake ${command.name} --help` };
  };
  const places = command.positionals.map(({ name }) => name);
  const shorts = Object.values(command.options).flatMap(({ short }) => short ?? []);
  const known = new Set([...Object.keys(command.options), ...shorts, ...places, '_', '$0', 'help', 'version', '--']);
  for (const key of Object.keys(given)) {
    if (known.has(key)) continue;
    const dashes = key.length === 1 ? '-' : '--';
    const options = Object.keys(command.options).map((name) => `--${name}`);
    return refused(`unknown option ${dashes}${key}: ${suggestion(`--${key}`, options)}`);
  }
  const extra = given._.slice(command.name.split(' ').length);
  if (extra.length > 0) return refused(`${JSON.stringify(String(extra[0]))} is one word too many`);
  for (const [name, option] of Object.entries(command.options)) {
    const problem = checkOption(name, option, given[name]);
    if (problem !== null) return refused(problem);
  }
  for (const { name, choices } of command.positionals) {
    const value = given[name];
    if (choices === undefined || typeof value !== 'string' || choices.includes(value)) continue;
    return refused(`${JSON.stringify(value)} is not possible here: ${suggestion(value, choices)}`);
  }
  return { kind: 'command', command, args: argumentsOf(given) };
}

function checkOption(name: string, option: Option, value: unknown): string | null {
  if (value === undefined) return option.required === true ? `--${name} is needed: ${option.describe}` : null;
  if (Array.isArray(value) && option.repeatable !== true) return `--${name} was given more than once`;
  if (option.kind === 'flag') return typeof value === 'boolean' ? null : `--${name} takes no value`;
  const values: readonly unknown[] = Array.isArray(value) ? value : [value];
  return values.every((one) => typeof one === 'string' && one !== '') ? null : `--${name} needs a value`;
}

function argumentsOf(given: Given): Arguments {
  const listOf = (name: string): readonly string[] => {
    const value = given[name];
    if (value === undefined) return [];
    return (Array.isArray(value) ? value : [value]).map(String);
  };
  return { text: (name) => listOf(name)[0], texts: listOf, flag: (name) => given[name] === true };
}

/** What to say where yargs found no command to run. */
function explainFailure(argv: readonly string[], commands: readonly Command[], failure: string | null): string {
  const words = argv.filter((word) => !word.startsWith('-'));
  const fitting = commands.find(({ name }) => name.split(' ').every((part, index) => words[index] === part));
  if (fitting !== undefined) {
    const missing = fitting.positionals.filter(({ required }) => required).map(({ name }) => name.toUpperCase());
    const needs = missing.length > 0 ? `needs ${missing.join(' ')}` : (failure ?? 'was not understood');
    return `${fitting.name} ${needs}\nSee: sidequake ${fitting.name} --help`;
  }
  const names = commands.map(({ name }) => name);
  const [first, second] = words;
  if (first === undefined) return `a command is needed: ${names.join(', ')}\nSee: sidequake --help`;
  const group = names.filter((name) => name.startsWith(`${first} `));
  if (group.length > 0) return `${first} needs one of: ${group.map((name) => name.slice(first.length + 1)).join(', ')}`;
  const asked = second !== undefined && names.includes(`${first} ${second}`) ? `${first} ${second}` : first;
  return `unknown command ${JSON.stringify(asked)}: ${suggestion(asked, names)}\nSee: sidequake --help`;
}
