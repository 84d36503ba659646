/**
 * What has to outlive the process: the deadlines of leases, which of them have ended, and the rules put by the admin
 * API. One small JSON file, replaced as a whole.
 */
import { mkdir, open, readFile, rename } from 'node:fs/promises';
import { join } from 'node:path';
import type { Deadline } from './deadline.ts';

/** One rule of the file. */
export interface KeptRule {
  readonly id: string;
  readonly source: 'file' | 'api';
  readonly textHash: string;
  /** `until` and `ttl` as written: another text of them is another lease. */
  readonly lease: string;
  readonly deadline: Deadline;
  readonly ended: boolean;
  /** The rule as written, of rules of the admin API: nobody else has it. */
  readonly written?: Readonly<Record<string, unknown>>;
}

export interface KeptState {
  /** Of the machine's start; empty where the system has none. */
  readonly bootId: string;
  /** When it was written: a monotonic clock behind it is another clock. */
  readonly monotonicMs: number;
  readonly rules: readonly KeptRule[];
}

const FORMAT = 'sidequake/state/v1';
const NAME = 'rules.json';

/** The state cannot be kept. The message names the directory and the flag. */
export class StateError extends Error {
  readonly code = 'state-unwritable';
}

/** What an earlier process left; null where there is nothing. */
export type Found =
  | { readonly kind: 'state'; readonly state: KeptState }
  | { readonly kind: 'none' }
  /** It could not be understood and lies aside now. */
  | { readonly kind: 'corrupt'; readonly reason: string; readonly movedTo: string };

/** The state directory of one proxy: no second process may use it at the same time. */
export class StateFile {
  private readonly directory: string;
  private readonly path: string;

  private constructor(directory: string) {
    this.directory = directory;
    this.path = join(directory, NAME);
  }

  /**
   * Makes the directory where it is missing.
   *
   * @throws {StateError} where it cannot be made
   */
  static async open(directory: string): Promise<StateFile> {
    try {
      await mkdir(directory, { recursive: true, mode: 0o700 });
    } catch (error) {
      throw new StateError(`the state directory ${directory} (--state) cannot be made: ${messageOf(error)}`, {
        cause: error,
      });
    }
    return new StateFile(directory);
  }

  /** @throws {StateError} where there is a file that cannot be read or, being corrupt, cannot be moved aside */
  async read(wallMs: number): Promise<Found> {
    let text: string;
    try {
      text = await readFile(this.path, 'utf8');
    } catch (error) {
      if (codeOf(error) === 'ENOENT') return { kind: 'none' };
      throw new StateError(`${this.path} (--state) cannot be read: ${messageOf(error)}`, { cause: error });
    }
    const state = parseState(text);
    if (typeof state !== 'string') return { kind: 'state', state };
    const movedTo = `${this.path}.corrupt-${wallMs}`;
    try {
      await rename(this.path, movedTo);
    } catch (error) {
      throw new StateError(`${this.path} (--state) is corrupt (${state}) and cannot be moved: ${messageOf(error)}`, {
        cause: error,
      });
    }
    return { kind: 'corrupt', reason: state, movedTo };
  }

  /**
   * Replaces the file. When this has returned, the new state is on the disk; when it throws, the old one still is.
   *
   * @throws {StateError}
   */
  async write(state: KeptState): Promise<void> {
    const temporary = `${this.path}.tmp`;
    try {
      const file = await open(temporary, 'w', 0o600);
      try {
        await file.writeFile(`${JSON.stringify({ format: FORMAT, ...state })}\n`);
        await file.sync();
      } finally {
        await file.close();
      }
      await rename(temporary, this.path);
      await syncDirectory(this.directory);
    } catch (error) {
      throw new StateError(`the state directory ${this.directory} (--state) cannot be written: ${messageOf(error)}`, {
        cause: error,
      });
    }
  }
}

/** A rename lasts only when its directory is on the disk as well (fsync(2)). */
async function syncDirectory(directory: string): Promise<void> {
  const handle = await open(directory, 'r');
  try {
    await handle.sync();
  } finally {
    await handle.close();
  }
}

/** The state, or what is wrong with the text. */
function parseState(text: string): KeptState | string {
  let data: unknown;
  try {
    data = JSON.parse(text);
  } catch (error) {
    return messageOf(error);
  }
  if (!isObject(data)) return 'not a JSON object';
  const { format, bootId, monotonicMs, rules } = data;
  if (format !== FORMAT) return `its format is ${JSON.stringify(format)}, not ${FORMAT}`;
  if (typeof bootId !== 'string' || !isFinite(monotonicMs)) return 'it does not say when it was written';
  if (!Array.isArray(rules)) return 'it has no list of rules';
  const broken = rules.findIndex((rule) => !isKeptRule(rule));
  if (broken >= 0) return `rule ${broken} of it is not complete`;
  return { bootId, monotonicMs, rules: rules as KeptRule[] };
}

function isKeptRule(value: unknown): value is KeptRule {
  if (!isObject(value)) return false;
  const { id, source, textHash, lease, deadline, ended, written } = value;
  if (typeof id !== 'string' || typeof textHash !== 'string' || typeof lease !== 'string') return false;
  if (typeof ended !== 'boolean' || !isObject(deadline)) return false;
  if (!isFinite(deadline['monotonicMs']) || !isFinite(deadline['wallMs'])) return false;
  return source === 'file' ? written === undefined : source === 'api' && isObject(written);
}

function isObject(value: unknown): value is Record<string, unknown> {
  return typeof value === 'object' && value !== null && !Array.isArray(value);
}

function isFinite(value: unknown): value is number {
  return Number.isFinite(value);
}

function codeOf(error: unknown): unknown {
  return isObject(error) || error instanceof Error ? (error as { code?: unknown }).code : undefined;
}

function messageOf(error: unknown): string {
  return error instanceof Error ? error.message : String(error);
}
