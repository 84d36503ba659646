/** Pulls a raw byte stream through an engine. */
import { fileURLToPath } from 'node:url';
import { nextMessage } from '../process/channel.ts';
import type { Children } from '../process/children.ts';

/** What arrived. */
export interface StreamReport {
  readonly received: number;
  /** Reads whose bytes were not the ones sent. */
  readonly wrong: number;
  readonly seconds: number;
  readonly error: string | null;
}

/** Pulls so many bytes, in a process of its own. */
export async function pullStream(
  children: Children,
  core: number | null,
  port: number,
  bytes: number,
): Promise<StreamReport> {
  const program = fileURLToPath(new URL('tunnel-program.ts', import.meta.url));
  const child = await children.start({
    file: process.execPath,
    args: [program, String(port), String(bytes)],
    core,
    channel: true,
  });
  const report = await nextMessage<StreamReport>(child, 60_000);
  await child.exited;
  return report;
}

/** Why a report must not be used; empty for a sound one. */
export function streamProblems(report: StreamReport, bytes: number): string[] {
  const problems: string[] = report.error === null ? [] : [report.error];
  if (report.received !== bytes) problems.push(`${report.received} bytes instead of ${bytes}`);
  if (report.wrong > 0) problems.push(`${report.wrong} reads had other bytes than were sent`);
  return problems;
}
