import { describe, expect, it } from 'vitest';
import { type CallKey, CallKeyReader } from '../../../proxy/route/call-key.ts';
import { headOf } from './given.ts';

const reader = new CallKeyReader();
const TRACE = '00-0af7651916cd43dd8448eb211c80319c-b7ad6b7169203331-01';
const SAME_TRACE = '00-0af7651916cd43dd8448eb211c80319c-00f067aa0ba902b7-01';

function keyOf(headers: Record<string, string>, line = 'GET /reviews/7'): CallKey {
  return reader.read(headOf(line, headers));
}

function sameKey(a: CallKey, b: CallKey): boolean {
  return a.high === b.high && a.low === b.low;
}

describe('the evidence of a call key', () => {
  it.each<[Record<string, string>, CallKey['evidence'], boolean]>([
    [{}, 'fingerprint', false],
    [{ 'Idempotency-Key': 'k' }, 'declared', false],
    [{ 'amz-sdk-invocation-id': 'k', 'amz-sdk-request': 'attempt=1; max=3' }, 'declared', true],
    [{ 'amz-sdk-invocation-id': 'k', 'amz-sdk-request': 'ttl=20260101T000000Z; attempt=2; max=3' }, 'declared', true],
    [{ 'x-goog-api-client': 'gl-node/24 gccl/7 gccl-invocation-id/u-1 gccl-attempt-count/2' }, 'declared', true],
    [{ 'x-goog-api-client': 'gl-node/24 gccl/7' }, 'fingerprint', false],
    [{ 'X-Request-Id': 'k', 'x-envoy-attempt-count': '1' }, 'declared', true],
    [{ 'x-ms-client-request-id': 'k' }, 'declared', false],
    [{ 'x-request-id': '' }, 'fingerprint', false],
    [{ traceparent: TRACE }, 'trace', false],
    [{ traceparent: TRACE, 'x-stainless-retry-count': '0' }, 'trace', true],
    [{ traceparent: '00-00000000000000000000000000000000-b7ad6b7169203331-01' }, 'fingerprint', false],
    [{ traceparent: 'nonsense' }, 'fingerprint', false],
    [{ b3: '0af7651916cd43dd8448eb211c80319c-b7ad6b7169203331-1' }, 'trace', false],
    [{ b3: '0' }, 'fingerprint', false],
    [{ 'X-B3-TraceId': '8448eb211c80319c' }, 'trace', false],
    [{ 'grpc-previous-rpc-attempts': '1' }, 'fingerprint', true],
    [{ 'x-envoy-attempt-count': 'many' }, 'fingerprint', false],
  ])('%j: %s, attempt declared %s', (headers, evidence, attemptDeclared) => {
    expect(keyOf(headers)).toMatchObject({ evidence, attemptDeclared });
  });
});

describe('a call key', () => {
  const apart: [string, Record<string, string>, Record<string, string>][] = [
    ['idempotency keys', { 'idempotency-key': 'a' }, { 'idempotency-key': 'b' }],
    ['the same text in another field', { 'idempotency-key': 'a' }, { 'x-request-id': 'a' }],
    [
      'attempts of an SDK',
      { 'x-request-id': 'a', 'amz-sdk-request': 'attempt=1' },
      { 'x-request-id': 'a', 'amz-sdk-request': 'attempt=2' },
    ],
    [
      'attempts of a mesh',
      { 'x-request-id': 'a', 'x-envoy-attempt-count': '1' },
      { 'x-request-id': 'a', 'x-envoy-attempt-count': '2' },
    ],
    [
      'counters of two kinds',
      { 'x-request-id': 'a', 'x-envoy-attempt-count': '1' },
      { 'x-request-id': 'a', 'x-stainless-retry-count': '1' },
    ],
    [
      'attempts of Google clients',
      { 'x-goog-api-client': 'gccl-invocation-id/u gccl-attempt-count/1' },
      { 'x-goog-api-client': 'gccl-invocation-id/u gccl-attempt-count/2' },
    ],
    ['traces', { traceparent: TRACE }, { traceparent: TRACE.replace('0af7', '0af8') }],
    ['bodies by length', { 'content-length': '1' }, { 'content-length': '2' }],
    ['users', { authorization: 'Bearer a' }, { authorization: 'Bearer b' }],
    ['sessions', { cookie: 'a' }, { cookie: 'b' }],
    ['hosts', { host: 'a' }, { host: 'b' }],
    ['where a value ends', { 'content-type': 'a', cookie: 'bc' }, { 'content-type': 'ab', cookie: 'c' }],
  ];
  it.each(apart)('tells apart %s', (_, a, b) => {
    expect(sameKey(keyOf(a), keyOf(b))).toBe(false);
  });

  const alike: [string, Record<string, string>, Record<string, string>][] = [
    ['spans of one trace', { traceparent: TRACE }, { traceparent: SAME_TRACE }],
    [
      'a trace in either notation',
      { b3: '0af7651916cd43dd8448eb211c80319c-b7ad6b7169203331-1' },
      { 'x-b3-traceid': '0AF7651916CD43DD8448EB211C80319C' },
    ],
    [
      'a stronger id whatever the weaker ones',
      { 'idempotency-key': 'a', 'x-request-id': '1' },
      { 'idempotency-key': 'a', 'x-request-id': '2' },
    ],
    ['an id whatever the trace', { 'x-request-id': 'a', traceparent: TRACE }, { 'x-request-id': 'a' }],
    [
      'identical requests but for volatile fields',
      { date: 'Mon', 'user-agent': 'a', 'x-forwarded-for': '1' },
      { date: 'Tue', 'user-agent': 'b' },
    ],
    ['field names in any case', { 'X-REQUEST-ID': 'a' }, { 'x-request-id': 'a' }],
    [
      'the other fields of an SDK',
      { 'x-request-id': 'a', 'amz-sdk-request': 'attempt=1; max=3' },
      { 'x-request-id': 'a', 'amz-sdk-request': 'ttl=20260101T000000Z; attempt=1; max=3' },
    ],
  ];
  it.each(alike)('is the same for %s', (_, a, b) => {
    expect(sameKey(keyOf(a), keyOf(b))).toBe(true);
  });

  it.each<Record<string, string>>([{ 'x-request-id': 'a' }, { traceparent: TRACE }, {}])(
    'takes in method and target, as one id travels through a fan-out: %j',
    (headers) => {
      expect(sameKey(keyOf(headers), keyOf(headers, 'GET /reviews/8'))).toBe(false);
      expect(sameKey(keyOf(headers), keyOf(headers, 'GET /reviews/7?x'))).toBe(false);
      expect(sameKey(keyOf(headers), keyOf(headers, 'PUT /reviews/7'))).toBe(false);
    },
  );

  it('keeps nothing from the head before', () => {
    const alone = keyOf({ 'content-type': 'a' });
    keyOf({ 'x-request-id': 'a', cookie: 'c', 'x-envoy-attempt-count': '3' });
    expect(keyOf({ 'content-type': 'a' })).toEqual(alone);
  });

  it('never collides over 200,000 ids, in either half more than chance has it', () => {
    const [highs, lows, both] = [new Set<number>(), new Set<number>(), new Set<string>()];
    for (let i = 0; i < 200_000; i++) {
      const { high, low } = keyOf({ 'x-request-id': `order-${i}` });
      highs.add(high);
      lows.add(low);
      both.add(`${high}:${low}`);
    }
    // Chance: n^2 / 2^33 = 4.7 pairs.
    expect(200_000 - highs.size).toBeLessThan(16);
    expect(200_000 - lows.size).toBeLessThan(16);
    expect(both.size).toBe(200_000);
  });
});
