import { describe, expect, test } from 'vitest';
import {
  parseCounter,
  parsePlainSelector,
  selectorsIn,
  substitutePhase,
  syntaxError,
} from '../../../verifier/source/selector.ts';

const signed = (text: string): string => {
  const counter = parseCounter(text);
  return counter.ok
    ? counter.terms.map((term) => `${term.sign === 1 ? '+' : '-'}${term.text}`).join(' ')
    : counter.message;
};

describe('counters', () => {
  test.each([
    ['http_requests_total', '+http_requests_total'],
    ['x{code=~"5..|429", job!=""}', '+x{code=~"5..|429", job!=""}'],
    ['{__name__="x"}', '+{__name__="x"}'],
    ['sum(x)', '+x'],
    ['(x)', '+x'],
    ['x - y', '+x -y'],
    ['x - (y - z)', '+x -y +z'],
    ['sum(x{a="b"}) - (sum(y) + z) # why', '+x{a="b"} -y -z'],
    ['sum(x + y)', '+x +y'],
    ['x{a="rate(y[5m])"}', '+x{a="rate(y[5m])"}'],
  ])('%s', (text, terms) => {
    expect(signed(text)).toBe(terms);
  });

  test.each([
    ['rate(x[5m])', 0, 'a function cannot stand in a counter'],
    ['sum(rate(x[5m]))', 4, 'leave rate() and the like out'],
    ['x - increase(y[1m])', 4, 'a function'],
    ['x[5m]', 0, 'the range is the phase'],
    ['x offset 5m', 2, 'an offset'],
    ['sum(x @ 5)', 6, 'an @ time'],
    ['x - y offset 1m', 6, 'an offset'],
    ['sum by (code) (x)', 4, 'by and without'],
    ['sum(x) without (pod)', 7, 'by and without'],
    ['max(x)', 0, 'only sum()'],
    ['x / y', 2, 'only + and -'],
    ['x or y', 2, 'only + and -'],
    ['x > 5', 2, 'only + and -'],
    ['x - on(job) y', 4, 'matching of labels'],
    ['x + 1', 4, 'a number'],
    ['-x', 0, 'a sign before a counter'],
    ['0', 0, 'a number'],
    ['x[5m:1m]', 0, 'a subquery'],
    ['', 0, 'nothing is written here'],
    ['   ', 2, 'nothing is written here'],
    ['x{', 1, 'not PromQL'],
    ['x{a="b"', 6, 'not PromQL'],
    ['sum(x) y', 7, 'not PromQL'],
    ['sum(x, y)', 3, 'exactly one counter'],
    ['x[$phase]', 2, 'not PromQL'],
  ])('%s is refused at %i', (text, offset, message) => {
    const counter = parseCounter(text);
    expect(counter).toMatchObject({ ok: false });
    if (counter.ok) return;
    expect(counter.message).toContain(message);
    expect(counter.offset).toBe(offset);
    expect(counter.offset + counter.length).toBeLessThanOrEqual(text.length);
  });

  test('the place of a refusal is the offending text', () => {
    const text = 'sum(x) - sum(rate(y[5m]))';
    const counter = parseCounter(text);
    expect(!counter.ok && text.slice(counter.offset, counter.offset + counter.length)).toBe('rate(y[5m])');
  });

  test('matchers are kept one by one', () => {
    const counter = parseCounter('x{a="b,c", "d.e"=~`f`, }');
    expect(counter.ok && counter.terms[0]).toMatchObject({
      metric: 'x',
      matchers: [
        { label: 'a', text: 'a="b,c"' },
        { label: 'd.e', text: '"d.e"=~`f`' },
      ],
    });
  });
});

test('a plain selector has a name before its braces and nothing around it', () => {
  expect(parsePlainSelector(' x{a="b"} ')).toMatchObject({ ok: true, term: { metric: 'x' } });
  for (const text of ['sum(x)', 'x + y', '{__name__="x"}', 'rate(x[1m])', '']) {
    expect(parsePlainSelector(text)).toMatchObject({ ok: false });
  }
});

test('the selectors of any query, those with a time of their own left out', () => {
  const found = selectorsIn('sum(rate(x{a="b"}[5m])) / on() (y offset 1m) + max_over_time(z[5m:1m]) > bool q @ 5');
  expect(found.map(({ text }) => text)).toEqual(['x{a="b"}', 'z']);
  const bare = (promql: string): string[] => selectorsIn(promql).map(({ text }) => text);
  expect(bare('a / b offset 5m')).toEqual(['a']);
  expect(bare('sum(a + b) offset 5m')).toEqual([]);
  expect(bare('x[60s]')).toEqual(['x']);
});

test('$phase becomes a duration before parsing', () => {
  expect(substitutePhase('rate(x[$phase]) + y{z="$phases"}', 60)).toBe('rate(x[60s]) + y{z="$phases"}');
  expect(substitutePhase('x[$phase]', 1.25)).toBe('x[1250ms]');
  expect(syntaxError('x[$phase]')).toMatchObject({ ok: false });
  expect(syntaxError(substitutePhase('x[$phase]', 60))).toBeNull();
});
