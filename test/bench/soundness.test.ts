import { describe, expect, test } from 'vitest';
import { sumOf } from '../../bench/engines/sidequake-audit.ts';
import type { LoadResult } from '../../bench/load/load.ts';
import { answerProblems, paceProblems } from '../../bench/load/open-loop.ts';
import { streamProblems } from '../../bench/load/stream.ts';
import { parseTimeWait } from '../../bench/scenarios/connection-per-request.ts';
import { loadProblems } from '../../bench/scenarios/sample.ts';

const SHAPE = { path: '/1k', connections: 32, headers: [], seconds: 1 } as const;
const SOUND: LoadResult = { requests: 1000, seconds: 1, bytes: 1_100_000, p50Us: 1, p99Us: 1, errors: [] };

describe('a measurement is invalid', () => {
  test('not when all answers are accounted for', () => {
    expect(loadProblems(SHAPE, SOUND, 1000)).toEqual([]);
    expect(loadProblems(SHAPE, SOUND, 1032)).toEqual([]);
  });

  test.each([
    ['when the load generator saw errors', { ...SOUND, errors: ['wrk counted 1 read error(s)'] }, 1000],
    ['when nothing was answered', { ...SOUND, requests: 0, bytes: 0 }, 0],
    ['when the proxy answered in place of the upstream', SOUND, 900],
    ['when answers got lost', SOUND, 1200],
    ['when bodies were too short', { ...SOUND, bytes: 1_000_000 }, 1000],
  ])('%s', (_, result, forwarded) => {
    expect(loadProblems(SHAPE, result, forwarded)).toHaveLength(1);
  });

  test('when paced load was not paced or not answered', () => {
    const job = { port: 1, path: '/1k', requestsPerSecond: 100, warmSeconds: 1, seconds: 1, connections: 4 } as const;
    const report = { latenciesMs: [], latenessMs: [], sent: 200, answered: 200, starved: 0, errors: [] };
    expect([...answerProblems(job, report), ...paceProblems(job, report)]).toEqual([]);
    expect(answerProblems(job, { ...report, answered: 199 })).toEqual(['199 answers instead of 200']);
    expect(answerProblems(job, { ...report, errors: ['a connection was closed'] })).toHaveLength(1);
    expect(paceProblems(job, { ...report, starved: 2 })).toEqual([]);
    expect(paceProblems(job, { ...report, starved: 3 })).toHaveLength(1);
    expect(paceProblems(job, { ...report, latenessMs: [0.5, 0.7, 1.2] })).toEqual([]);
    expect(paceProblems(job, { ...report, latenessMs: [0.5, 0.7, 9.3] })).toEqual([
      'not paced: the client itself was late, p99 9.3 ms',
    ]);
  });

  test('when a stream is short or has other bytes', () => {
    const report = { received: 10, wrong: 0, seconds: 1, error: null };
    expect(streamProblems(report, 10)).toEqual([]);
    expect(streamProblems(report, 11)).toEqual(['10 bytes instead of 11']);
    expect(streamProblems({ ...report, wrong: 1 }, 10)).toHaveLength(1);
  });
});

test('series of one metric are summed, and of no other', () => {
  const text = `# TYPE sidequake_http_requests_total counter
sidequake_http_requests_total{route="a",code="200"} 40
sidequake_http_requests_total{route="b",code="503"} 2
sidequake_http_requests_total_other{route="b"} 900
`;
  expect(sumOf(text, 'sidequake_http_requests_total')).toBe(42);
});

test('connections in TIME_WAIT are read from sockstat', () => {
  expect(parseTimeWait('sockets: used 15\nTCP: inuse 4 orphan 0 tw 7373 alloc 36 mem 55\nUDP: inuse 0\n')).toBe(7373);
});
