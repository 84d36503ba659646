import packageJson from '../package.json' with { type: 'json' };

/** The version of this Sidequake. */
export const VERSION: string = packageJson.version;
