/**
 * A rule in a few words: `50 % of GET /ratings/*: delay 2s`. A journal's rule is whatever was written, so nothing about
 * its shape is taken for granted; the rule itself stands beside it word for word.
 */
import { stringify } from 'yaml';

type Written = Readonly<Record<string, unknown>>;

/** The share, the traffic and the faults of a rule, as far as they can be told. */
export function describeRule(rule: Written): string {
  const share = typeof rule['share'] === 'string' || typeof rule['share'] === 'number' ? String(rule['share']) : '100%';
  const faults = Array.isArray(rule['faults']) ? rule['faults'].map(describeFault).filter((text) => text !== '') : [];
  return `${share} of ${describeMatch(rule['match'])}${faults.length > 0 ? `: ${faults.join(', then ')}` : ''}`;
}

/** The rule as people write it, in YAML. */
export function ruleText(rule: Written): string {
  return stringify(rule, { lineWidth: 100, aliasDuplicateObjects: false }).trimEnd();
}

function describeMatch(match: unknown): string {
  if (!isRecord(match) || Object.keys(match).length === 0) return 'all traffic';
  const { method, path, ...rest } = match;
  const methods = Array.isArray(method) ? method.map(String).join(', ') : brief(method);
  const words = [methods, path === undefined ? '' : brief(path)].filter((word) => word !== '');
  const more = Object.entries(rest).map(([key, value]) => `${key} ${brief(value)}`);
  return [...(words.length > 0 ? [words.join(' ')] : ['traffic']), ...more].join(', ');
}

function describeFault(fault: unknown): string {
  if (!isRecord(fault)) return typeof fault === 'string' ? fault : '';
  return Object.entries(fault)
    .map(([name, params]) => `${name} ${brief(params)}`.trim())
    .join(', ');
}

function brief(value: unknown): string {
  if (value === undefined || value === null) return '';
  if (!isRecord(value)) return typeof value === 'string' ? value : JSON.stringify(value);
  const entries = Object.entries(value);
  const [first] = entries;
  // `{ fixed: 2s }` and `{ status: 503 }` say enough by their value.
  if (entries.length === 1 && first !== undefined && ['fixed', 'status'].includes(first[0])) return brief(first[1]);
  return entries.map(([key, inner]) => `${key} ${brief(inner)}`.trim()).join(' ');
}

function isRecord(value: unknown): value is Record<string, unknown> {
  return typeof value === 'object' && value !== null && !Array.isArray(value);
}
