/** autocannon: in node_modules, so always there. It costs more than the proxies, so it is used only without wrk. */
import { fileURLToPath } from 'node:url';
import { type Children, runToEnd } from '../process/children.ts';
import { packageVersion } from '../process/versions.ts';
import type { Load, LoadRequest, LoadResult } from './load.ts';

/** autocannon, closed loop. */
export function findAutocannon(): Load {
  return {
    name: 'autocannon',
    version: packageVersion('autocannon'),
    caution:
      'Load by autocannon, which is slower than most proxies and tells whole milliseconds: ' +
      'apt-get install wrk for requests per second and latency that say something.',
    run: async (children, core, request) => parseAutocannon(await run(children, core, request)),
  };
}

/**
 * Reads the JSON that autocannon prints.
 *
 * @throws Error when there is none
 */
export function parseAutocannon(output: string): LoadResult {
  const line = output.split('\n').find((each) => each.startsWith('{'));
  if (line === undefined) throw new Error(`autocannon printed no report: ${output}`);
  const report = JSON.parse(line) as {
    duration: number;
    errors: number;
    timeouts: number;
    mismatches: number;
    non2xx: number;
    '2xx': number;
    latency: { p50: number; p99: number };
    throughput: { total: number };
  };
  const { errors, timeouts, mismatches, non2xx } = report;
  return {
    requests: report['2xx'],
    seconds: report.duration,
    bytes: report.throughput.total,
    p50Us: report.latency.p50 * 1000,
    p99Us: report.latency.p99 * 1000,
    errors: Object.entries({ errors, timeouts, mismatches, non2xx })
      .filter(([, count]) => count > 0)
      .map(([kind, count]) => `autocannon counted ${count} ${kind}`),
  };
}

function run(children: Children, core: number | null, request: LoadRequest): Promise<string> {
  const program = fileURLToPath(new URL('../../node_modules/autocannon/autocannon.js', import.meta.url));
  const args = [program, '--json', '--no-progress', '--ignoreCoordinatedOmission'];
  args.push('--connections', String(request.connections), '--duration', String(request.seconds));
  for (const header of request.headers) args.push('--headers', header);
  // It goes on using a connection that was announced to close.
  if (request.headers.includes('Connection: close')) args.push('--reconnectRate', '1');
  args.push(`http://127.0.0.1:${request.port}${request.path}`);
  return runToEnd(children, { file: process.execPath, args, core });
}
