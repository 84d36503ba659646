import { describe, expect, test } from 'vitest';
import * as z from 'zod';
import { expectationKinds } from '../../../verifier/expect/registry.ts';
import { latency } from '../../../verifier/expect/latency.ts';
import { query } from '../../../verifier/expect/query.ts';
import { ratio } from '../../../verifier/expect/ratio.ts';

const phase = { name: 'fault', from: 1000, to: 1060 };
const complaint = (schema: z.ZodType, written: unknown): string => {
  const read = schema.safeParse(written);
  return read.success ? 'accepted' : read.error.issues.map((issue) => issue.message).join('; ');
};

test('every kind is there once and describes each of its keys in JSON Schema', () => {
  expect(expectationKinds.map(({ kind }) => kind)).toEqual(['ratio', 'latency', 'query']);
  for (const { kind, params } of expectationKinds) {
    const schema = z.toJSONSchema(params, { io: 'input', unrepresentable: 'any' }) as {
      properties: Record<string, { description?: string }>;
    };
    expect(Object.keys(schema.properties)).toContain('name');
    for (const [key, { description }] of Object.entries(schema.properties))
      expect(description, `${kind}.${key}`).toMatch(/\w{3}/);
  }
});

describe('ratio', () => {
  const written = { name: 'a', bad: 'x{code="500"}', total: 'sum(x)', objective: '99.5%' };

  test('defaults, bound, selectors and queries', () => {
    const params = ratio.params.parse(written);
    expect(params).toMatchObject({ objective: 0.995, in: ['fault', 'recovery'], minEvents: 50 });
    expect(ratio.bound(params)).toBe('>= 99.5%');
    expect(ratio.selectors(params)).toEqual(['x{code="500"}', 'x']);
    expect(ratio.queries(params, phase)).toEqual(['x{code="500"}[60s]', 'x[60s]']);
  });

  test.each(['99.95%', '99.9995%', '100%', '0.001%', '33.3%'])('the objective %s is shown as written', (objective) => {
    expect(ratio.bound(ratio.params.parse({ ...written, objective }))).toBe(`>= ${objective}`);
  });

  test.each([
    [{ ...written, objective: 0.995 }, 'write it with its unit'],
    [{ ...written, objective: '0.995' }, 'like 99.5%'],
    [{ ...written, objective: '101%' }, 'up to 100%'],
    [{ ...written, objective: '0%' }, 'above 0%'],
    [{ ...written, good: 'x' }, 'exactly one of good and bad'],
    [{ name: 'a', total: 'x', objective: '99%' }, 'exactly one of good and bad'],
    [{ ...written, total: 'sum(rate(x[5m]))' }, 'leave rate() and the like out (at character 5)'],
    [{ ...written, bad: 'x{' }, 'not PromQL'],
    [{ ...written, minEvents: 0 }, '>=1'],
    [{ ...written, in: ['chaos'] }, 'baseline'],
    [{ ...written, threshold: 5 }, 'threshold'],
  ])('%j is refused', (bad, message) => {
    expect(complaint(ratio.params, bad)).toContain(message);
  });
});

describe('latency', () => {
  const written = { name: 'p99', histogram: 'h_seconds{a="b"}', quantile: 0.99, below: '300ms' };

  test('asks for the buckets and says its bound', () => {
    const params = latency.params.parse(written);
    expect(latency.bound(params)).toBe('p99 <= 300ms');
    expect(latency.selectors(params)).toEqual(['h_seconds_bucket{a="b"}']);
    expect(latency.bound(latency.params.parse({ ...written, quantile: 0.999, below: '1.5s' }))).toBe('p99.9 <= 1.5s');
  });

  test.each([
    [{ ...written, histogram: 'h_seconds_bucket' }, 'leave _bucket out: the base name h_seconds is needed'],
    [{ ...written, histogram: 'h_seconds{le="1"}' }, 'leave le="1" out'],
    [{ ...written, histogram: 'sum(h_seconds)' }, 'one plain selector'],
    [{ ...written, quantile: 99 }, '<1'],
    [{ ...written, below: 0.3 }, 'has no unit'],
  ])('%j is refused', (bad, message) => {
    expect(complaint(latency.params, bad)).toContain(message);
  });
});

describe('query', () => {
  const written = { name: 'q', promql: 'sum(rate(x[$phase]))', below: 100 };

  test('puts the length of the phase in', () => {
    const params = query.params.parse(written);
    expect(query.queries(params, phase)).toEqual(['sum(rate(x[60s]))']);
    expect(query.selectors(params)).toEqual(['x']);
    expect(query.bound(params)).toBe('< 100');
    expect(query.bound(query.params.parse({ name: 'q', promql: 'x', above: 0 }))).toBe('> 0');
  });

  test.each([
    [{ ...written, above: 5 }, 'exactly one of below and above'],
    [{ name: 'q', promql: 'x' }, 'exactly one of below and above'],
    [{ ...written, promql: 'sum(' }, 'not PromQL'],
    [{ ...written, below: Number.NaN }, 'NaN'],
    [{ ...written, onEmpty: 'ignore' }, 'inconclusive'],
  ])('%j is refused', (bad, message) => {
    expect(complaint(query.params, bad)).toContain(message);
  });
});
