/** One JSON object a line on standard output: `time`, `level`, `message`, and what belongs to it. */
import type { InjectionLog, InjectionRecord } from './injection-log.ts';

export type Level = 'info' | 'warn' | 'error';

export class Log implements InjectionLog {
  readonly #write: (line: string) => void;
  readonly #now: () => number;

  /** @param now - Unix milliseconds */
  constructor(write: (line: string) => void, now: () => number) {
    this.#write = write;
    this.#now = now;
  }

  write(level: Level, message: string, fields: Readonly<Record<string, unknown>> = {}): void {
    const time = new Date(this.#now()).toISOString();
    this.#write(`${JSON.stringify({ time, level, message, ...fields })}\n`);
  }

  defect(consequence: string, error: unknown): void {
    const stack = error instanceof Error ? error.stack : String(error);
    this.write('error', `a defect of the proxy: ${consequence}`, { stack });
  }

  injected(record: InjectionRecord): void {
    this.write('info', 'injected', { ...record });
  }
}
