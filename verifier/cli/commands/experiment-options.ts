import type { Option, Positional } from '../command.ts';

/** What all commands take that read an experiment. */
export const experimentFile: Positional = {
  name: 'file',
  describe: 'the experiment (YAML or JSON)',
  required: true,
  repeatable: false,
};

export const experimentOptions: Readonly<Record<string, Option>> = {
  'prometheus-url': { describe: 'goes before the one in the file', kind: 'text', value: 'URL' },
  var: {
    describe: 'fills in ${NAME}, before the environment; repeatable',
    kind: 'text',
    repeatable: true,
    value: 'NAME=VALUE',
  },
};

export const adminOption: Readonly<Record<string, Option>> = {
  admin: {
    describe: 'admin address of a sidecar, http://host:port or unix:PATH; repeatable',
    kind: 'text',
    repeatable: true,
    required: true,
    value: 'URL',
  },
};
