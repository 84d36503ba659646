import { describe, expect, it } from 'vitest';
import { listed, nearestWord, suggestion } from '../../../proxy/config/hint.ts';

const KEYS = ['id', 'match', 'except', 'share', 'scope', 'faults', 'until', 'ttl', 'ramp', 'maxActive', 'seed'];

describe('the nearest word', () => {
  it.each([
    ['shar', 'share'],
    ['shares', 'share'],
    ['sahre', 'share'],
    ['fault', 'faults'],
    ['max-active', 'maxActive'],
    ['max_active', 'maxActive'],
    ['Maxactive', 'maxActive'],
    ['untill', 'until'],
    ['tll', 'ttl'],
    ['di', 'id'],
  ])('to %s is %s', (written, meant) => {
    expect(nearestWord(written, KEYS)).toBe(meant);
  });

  it.each(['percentage', 'xyz', 'a', ''])('to %j is none', (written) => {
    expect(nearestWord(written, KEYS)).toBeUndefined();
  });

  it('is found in no time for a word of any length', () => {
    expect(nearestWord('x'.repeat(1_000_000), KEYS)).toBeUndefined();
  });

  it('is suggested, or all are named', () => {
    expect(suggestion('dealy', ['abort', 'delay'])).toBe('did you mean "delay"?');
    expect(suggestion('boom', ['abort', 'delay'])).toBe('known are "abort" and "delay"');
    expect(suggestion('boom', ['abort'])).toBe('known is "abort"');
    expect(listed(['a', 'b', 'c'])).toBe('"a", "b" and "c"');
  });
});
