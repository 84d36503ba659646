/** The configuration file in force: its last good text, and what is wrong with the one in place where it is not good. */
import type { ConfigStatus } from './admin/admin-server.ts';
import { describeProblem, type Problem } from './config/problem.ts';
import type { Config } from './config/rule.ts';
import type { ReloadCounts } from './observe/render-proxy.ts';

export class ConfigFile {
  readonly #path: string | null;
  readonly #wallMs: () => number;
  #loadedAtMs: number | null = null;
  #error: ConfigStatus['error'] = null;
  #loaded = 0;
  #refused = 0;
  /** As read last, good or not. */
  text = '';

  constructor(path: string | null, wallMs: () => number) {
    this.#path = path;
    this.#wallMs = wallMs;
  }

  get counts(): ReloadCounts {
    return { loaded: this.#loaded, refused: this.#refused, lastGood: this.#error === null };
  }

  /**
   * Reads a text and has it applied, as a whole or not at all.
   *
   * @param apply - may throw: then nothing may have changed
   * @returns what is wrong, for people; null where it was taken
   */
  async take(text: string, apply: (config: Config) => Promise<void>): Promise<string | null> {
    this.text = text;
    const { readConfig } = await import('./config/load.ts');
    const result = readConfig(text, this.#path ?? '');
    if (!result.ok) return this.#refuse(result.problems.map(describeProblem).join('\n'), result.problems);
    try {
      await apply(result.value);
    } catch (error) {
      return this.#refuse(error instanceof Error ? error.message : String(error), []);
    }
    this.#loaded++;
    this.#loadedAtMs = this.#wallMs();
    this.#error = null;
    return null;
  }

  /** The body of `GET /config`. */
  status(generation: number): ConfigStatus {
    const loadedAt = this.#loadedAtMs === null ? null : new Date(this.#loadedAtMs).toISOString();
    return { generation, file: this.#path, loadedAt, error: this.#error };
  }

  #refuse(message: string, problems: readonly Problem[]): string {
    this.#refused++;
    this.#error = { message, problems };
    return message;
  }
}
