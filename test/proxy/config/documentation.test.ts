import { readFileSync } from 'node:fs';
import { describe, expect, it } from 'vitest';
import { readConfig } from '../../../proxy/config/load.ts';
import { describeProblem } from '../../../proxy/config/problem.ts';

const page = readFileSync(new URL('../../../docs/config.md', import.meta.url), 'utf8');
const good = [...page.matchAll(/^```yaml\n([\s\S]*?)^```$/gm)].map((match) => match[1] ?? '');
const bad = [...page.matchAll(/^```yaml error\n([\s\S]*?)^```\n\n```text\n([\s\S]*?)\n```$/gm)];

describe('docs/config.md', () => {
  it('has examples', () => {
    expect(good.length).toBeGreaterThan(0);
    expect(bad.length).toBe(3);
  });

  it.each(good)('shows what is valid: %s', (text) => {
    expect(readConfig(text, 'config.yaml')).toMatchObject({ ok: true });
  });

  it.each(bad.map((match) => [match[1] ?? '', match[2] ?? '']))(
    'shows what is refused, word by word: %s',
    (text, said) => {
      const result = readConfig(text, 'config.yaml');
      expect(result.ok ? '' : result.problems.map(describeProblem).join('\n')).toBe(said);
    },
  );
});
