/** One measurement under closed-loop load: cost, speed, and whether every answer is accounted for. */
import type { Running } from '../engines/engine.ts';
import type { LoadRequest, LoadResult } from '../load/load.ts';
import { cpuUs } from '../process/usage.ts';
import { BODIES } from '../upstream/answers.ts';
import type { Bench } from './scenario.ts';
import type { Sample } from './rounds.ts';

/** What the load of one measurement is like. */
export type LoadShape = Omit<LoadRequest, 'port'>;

/** A measurement, and how many requests the upstream answered during it. */
export interface LoadSample extends Sample {
  readonly forwarded: number;
}

/** Runs the load once against an engine. */
export async function sampleLoad(bench: Bench, running: Running, shape: LoadShape): Promise<LoadSample> {
  const { children, cores, load, upstream } = bench;
  const countBefore = await upstream.count();
  const cpuBefore = running.pid === null ? null : cpuUs(running.pid);
  const result = await load.run(children, cores.load, { ...shape, port: running.port });
  const cpuAfter = running.pid === null ? null : cpuUs(running.pid);
  const countAfter = await upstream.count();
  const forwarded = countAfter.answered - countBefore.answered;
  const cpu = cpuBefore === null || cpuAfter === null ? null : cpuAfter - cpuBefore;
  return {
    forwarded,
    figures: {
      cpuUs: cpu === null || result.requests === 0 ? null : cpu / result.requests,
      requestsPerSecond: result.requests / result.seconds,
      p50Us: result.p50Us,
      p99Us: result.p99Us,
      // How busy the proxy's core was: below 1 the load side was the bottleneck.
      busy: cpu === null ? null : cpu / (result.seconds * 1e6),
    },
    problems: [...loadProblems(shape, result, forwarded), ...countAfter.refused],
  };
}

/**
 * Why a measurement must not be used. A load generator drops what is in flight when it stops, so the upstream may have
 * answered up to two requests per connection more than arrived, never fewer.
 */
export function loadProblems(shape: LoadShape, result: LoadResult, forwarded: number): string[] {
  const problems = [...result.errors];
  if (result.requests === 0) problems.push('no request was answered');
  if (forwarded < result.requests - shape.connections || forwarded > result.requests + 2 * shape.connections) {
    problems.push(`${result.requests} answers arrived but the upstream gave ${forwarded}`);
  }
  if (result.bytes < result.requests * BODIES[shape.path]) {
    problems.push(`${result.bytes} bytes are too few for ${result.requests} answers of ${BODIES[shape.path]}`);
  }
  return problems;
}
