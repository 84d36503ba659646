/** The schemas of this build: with the faults of the registry. */
import type * as z from 'zod';
import { faults } from '../faults/registry.ts';
import { configSchema as configOf, type ReadConfig } from './config-schema.ts';
import { ruleSchemas } from './rule-schema.ts';
import type { Rule } from './rule.ts';

const schemas = ruleSchemas(faults);

/** A rule in a file: with its id. */
export const ruleSchema: z.ZodType<Rule> = schemas.rule;

/** A rule whose id may come from elsewhere, as in an experiment; `id` is `''` where it is not written. */
export const anonymousRuleSchema: z.ZodType<Rule> = schemas.anonymousRule;

/** A configuration file. */
export const configSchema: z.ZodType<ReadConfig> = configOf(ruleSchema);
