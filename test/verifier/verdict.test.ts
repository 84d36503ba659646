import * as fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { EXIT, worstExitCode } from '../../verifier/exit.ts';
import type { ExpectationResult, Journal } from '../../verifier/report/journal.ts';
import { VERDICTS } from '../../verifier/report/journal.ts';
import { conclude, unsteadiness } from '../../verifier/verdict.ts';
import type { RunFindings } from '../../verifier/verdict.ts';

const result = (verdict: ExpectationResult['verdict'], phase = 'fault'): ExpectationResult => ({
  name: 'a',
  kind: 'ratio',
  phase,
  verdict,
  low: null,
  high: null,
  bound: '>= 99 %',
  threshold: 0.99,
  direction: 'above',
  unit: 'ratio',
  events: null,
  reason: `because ${verdict}`,
  queries: [],
});

const proof = (agrees: boolean): Journal['injection'][number] => ({
  target: 'app',
  pod: 'http://a:1',
  rule: 'r',
  from: 'ledger',
  ledger: { matched: 1, injected: 1, skipped: {} },
  expected: { share: 1, low: 1, high: 1 },
  agrees,
  reason: 'proof',
});

const sound: RunFindings = {
  stops: [],
  expectations: [result('pass')],
  injection: [proof(true)],
  undo: { confirmed: true, at: null, left: [] },
  injected: true,
};

describe('the verdict of a run', () => {
  it.for<readonly [what: string, more: Partial<RunFindings>, verdict: string]>([
    ['everything held', {}, 'pass'],
    ['one did not', { expectations: [result('pass'), result('deviated')] }, 'deviated'],
    ['one is not known', { expectations: [result('pass'), result('inconclusive')] }, 'inconclusive'],
    ['one did not and one is not known', { expectations: [result('inconclusive'), result('deviated')] }, 'deviated'],
    ['the fault is not proven', { injection: [proof(true), proof(false)] }, 'inconclusive'],
    ['deviated without proof', { injection: [proof(false)], expectations: [result('deviated')] }, 'deviated'],
    ['a guard', { stops: [{ verdict: 'aborted', reason: '' }], expectations: [result('deviated')] }, 'aborted'],
    [
      'undo and a guard',
      { stops: [{ verdict: 'aborted', reason: '' }], undo: { confirmed: false, at: null, left: ['x'] } },
      'undo-failed',
    ],
    [
      'unsteady',
      { stops: [{ verdict: 'unsteady', reason: '' }], expectations: [], injection: [], injected: false },
      'unsteady',
    ],
    [
      'invalid',
      { stops: [{ verdict: 'invalid', reason: '' }], expectations: [], injection: [], injected: false },
      'invalid',
    ],
    ['nothing judged', { expectations: [] }, 'inconclusive'],
    ['nothing injected', { injected: false, injection: [] }, 'inconclusive'],
    ['injected without any proof', { injection: [] }, 'inconclusive'],
  ])('%s', ([, more, verdict]) => {
    expect(conclude({ ...sound, ...more }).verdict).toBe(verdict);
  });

  it('is never better for one more finding', () => {
    const badness = (code: number) => [5, 70, 4, 1, 6, 3, 2, 0].indexOf(code);
    const finding = fc.record({ verdict: fc.constantFrom(...VERDICTS), reason: fc.constant('x') });
    fc.assert(
      fc.property(fc.array(finding, { maxLength: 5 }), finding, (stops, more) => {
        const before = EXIT[conclude({ ...sound, stops }).verdict];
        const after = EXIT[conclude({ ...sound, stops: [...stops, more] }).verdict];
        expect(badness(after)).toBeLessThanOrEqual(badness(before));
      }),
    );
  });

  it('stops before the fault at any doubt about the baseline', () => {
    expect(unsteadiness([result('pass')])).toBeNull();
    expect(unsteadiness([result('inconclusive'), result('deviated')])?.verdict).toBe('unsteady');
    expect(unsteadiness([result('pass'), result('inconclusive')])?.verdict).toBe('inconclusive');
  });
});

describe('exit codes of several runs', () => {
  it.for<readonly [codes: readonly number[], worst: number]>([
    [[], 0],
    [[0, 0], 0],
    [[0, 2], 2],
    [[2, 3], 3],
    [[3, 6], 6],
    [[6, 1], 1],
    [[1, 4], 4],
    [[4, 70], 70],
    [[70, 5], 5],
    [[0, 137], 70],
  ])('%j', ([codes, worst]) => {
    expect(worstExitCode(codes)).toBe(worst);
    expect(worstExitCode(codes.toReversed())).toBe(worst);
  });
});
