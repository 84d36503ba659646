import { describe, expect, test } from 'vitest';
import { parseAutocannon } from '../../bench/load/autocannon.ts';
import { parseWrk } from '../../bench/load/wrk.ts';

const WRK = `Running 1s test @ http://127.0.0.1:20000/1k
  1 threads and 32 connections
  Thread Stats   Avg      Stdev     Max   +/- Stdev
    Latency   371.38us   54.59us   1.02ms   80.52%
    Req/Sec    67.27k     1.07k   68.94k    70.00%
  67288 requests in 1.00s, 73.41MB read
Requests/sec:  67252.10
Transfer/sec:     73.37MB
{"requests":67288,"durationUs":1000543,"bytes":76977472,"p50Us":375,"p99Us":639,"errors":{"connect":0,"read":0,"write":0,"status":0,"timeout":0}}
`;

describe('wrk', () => {
  test('is read from its own line, whole numbers and not the rounded text', () => {
    expect(parseWrk(WRK)).toEqual({
      requests: 67_288,
      seconds: 1.000543,
      bytes: 76_977_472,
      p50Us: 375,
      p99Us: 639,
      errors: [],
    });
  });

  test.each(['connect', 'read', 'write', 'status', 'timeout'])('an error of kind %s makes the run unsound', (kind) => {
    const broken = WRK.replace(`"${kind}":0`, `"${kind}":3`);
    expect(parseWrk(broken).errors).toEqual([`wrk counted 3 ${kind} error(s)`]);
  });

  test('no report is an error, not a zero', () => {
    expect(() => parseWrk('unable to connect to 127.0.0.1:1 Connection refused')).toThrow('Connection refused');
  });
});

const AUTOCANNON = {
  duration: 1.01,
  errors: 0,
  timeouts: 0,
  mismatches: 0,
  non2xx: 0,
  '2xx': 20_000,
  latency: { p50: 1, p99: 3 },
  throughput: { total: 22_000_000 },
};

describe('autocannon', () => {
  test('counts only answers of 2xx', () => {
    expect(parseAutocannon(`${JSON.stringify(AUTOCANNON)}\n`)).toEqual({
      requests: 20_000,
      seconds: 1.01,
      bytes: 22_000_000,
      p50Us: 1000,
      p99Us: 3000,
      errors: [],
    });
  });

  test.each(['errors', 'timeouts', 'mismatches', 'non2xx'])('%s make the run unsound', (kind) => {
    const broken = JSON.stringify({ ...AUTOCANNON, [kind]: 2 });
    expect(parseAutocannon(broken).errors).toEqual([`autocannon counted 2 ${kind}`]);
  });
});
