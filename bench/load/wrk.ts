/** wrk: the cheapest load generator there is, so the one that measures the proxy and not itself. */
import { fileURLToPath } from 'node:url';
import { type Children, runToEnd } from '../process/children.ts';
import { findProgram } from '../process/programs.ts';
import { programVersion } from '../process/versions.ts';
import type { Load, LoadRequest, LoadResult } from './load.ts';

/** wrk, or null where it is not installed. */
export function findWrk(): Load | null {
  const program = findProgram('wrk');
  if (program === null) return null;
  return {
    name: 'wrk',
    version: programVersion(program, '-v'),
    caution: null,
    run: async (children, core, request) => parseWrk(await run(children, program, core, request)),
  };
}

/**
 * Reads the line that `wrk-report.lua` prints.
 *
 * @throws Error when there is none
 */
export function parseWrk(output: string): LoadResult {
  const line = output.split('\n').find((each) => each.startsWith('{"requests":'));
  if (line === undefined) throw new Error(`wrk printed no report: ${output}`);
  const report = JSON.parse(line) as {
    requests: number;
    durationUs: number;
    bytes: number;
    p50Us: number;
    p99Us: number;
    errors: Record<string, number>;
  };
  return {
    requests: report.requests,
    seconds: report.durationUs / 1e6,
    bytes: report.bytes,
    p50Us: report.p50Us,
    p99Us: report.p99Us,
    errors: Object.entries(report.errors)
      .filter(([, count]) => count > 0)
      .map(([kind, count]) => `wrk counted ${count} ${kind} error(s)`),
  };
}

function run(children: Children, program: string, core: number | null, request: LoadRequest): Promise<string> {
  const script = fileURLToPath(new URL('wrk-report.lua', import.meta.url));
  const args = ['-t', '1', '-c', String(request.connections), '-d', `${request.seconds}s`, '-s', script];
  // A thousand connections on a busy machine wait longer than the usual 2 s.
  args.push('--timeout', '10s');
  for (const header of request.headers) args.push('-H', header);
  return runToEnd(children, {
    file: program,
    args: [...args, `http://127.0.0.1:${request.port}${request.path}`],
    core,
  });
}
