// A real sidecar: a child process of `proxy/main.ts` on free ports, read by its log, its metrics and its admin API.
import { spawn, type ChildProcessByStdio } from 'node:child_process';
import http from 'node:http';
import { join } from 'node:path';
import type { Readable } from 'node:stream';
import { parseAddress } from '../../proxy/config/address.ts';
import type { Address } from '../../proxy/config/rule.ts';

const ROOT = join(import.meta.dirname, '../..');
/** Starting Node on a busy machine. */
const START_MS = 20_000;

export type LogLine = Readonly<Record<string, unknown>> & { readonly message: string };

/** How a process ended. */
export interface Ended {
  readonly code: number | null;
  readonly signal: NodeJS.Signals | null;
}

export interface Answer {
  readonly status: number;
  readonly text: string;
}

export interface Sidecar extends AsyncDisposable {
  readonly child: ChildProcessByStdio<null, Readable, Readable>;
  /** Addresses that carry traffic, in order. */
  readonly listen: readonly Address[];
  /** The port of the first of them. */
  readonly port: number;
  readonly log: readonly LogLine[];
  readonly ended: Promise<Ended>;
  /** Resolves with the first line of this message, also one that has been written already. */
  logged(message: string, withinMs?: number): Promise<LogLine>;
  /** The text of `/metrics`. */
  metrics(): Promise<string>;
  /** The value of one series, written as in the text; NaN where there is none. */
  metric(series: string): Promise<number>;
  admin(method: string, path: string, body?: unknown): Promise<Answer>;
}

export interface Finished extends Ended {
  readonly stdout: string;
  readonly stderr: string;
}

function start(args: readonly string[]): ChildProcessByStdio<null, Readable, Readable> {
  const child = spawn(process.execPath, ['proxy/main.ts', ...args], { cwd: ROOT, stdio: ['ignore', 'pipe', 'pipe'] });
  child.stdout.setEncoding('utf8');
  child.stderr.setEncoding('utf8');
  return child;
}

/** Runs a sidecar that is expected to end by itself. */
export async function runSidecar(args: readonly string[]): Promise<Finished> {
  const child = start(args);
  let stdout = '';
  let stderr = '';
  child.stdout.on('data', (text: string) => (stdout += text));
  child.stderr.on('data', (text: string) => (stderr += text));
  const timer = setTimeout(() => child.kill('SIGKILL'), START_MS);
  const [code, signal] = await new Promise<[number | null, NodeJS.Signals | null]>((resolve) =>
    child.on('close', (...how) => resolve(how)),
  );
  clearTimeout(timer);
  return { code, signal, stdout, stderr };
}

/** Starts a sidecar with admin and observe listeners of its own, and waits until it accepts connections. */
export async function startSidecar(args: readonly string[]): Promise<Sidecar> {
  const has = (flag: string): boolean => args.includes(flag);
  const more = [...(has('--admin') ? [] : ['--admin', '0']), ...(has('--observe') ? [] : ['--observe', '0'])];
  const child = start([...args, ...more]);
  const log: LogLine[] = [];
  let rest = '';
  let stderr = '';
  let wake = (): void => undefined;
  child.stderr.on('data', (text: string) => (stderr += text));
  child.stdout.on('data', (text: string) => {
    const lines = (rest + text).split('\n');
    rest = lines.pop() ?? '';
    for (const line of lines) log.push(JSON.parse(line) as LogLine);
    wake();
  });
  const ended = new Promise<Ended>((resolve) => child.on('close', (code, signal) => resolve({ code, signal })));
  let over = false;
  void ended.then(() => {
    over = true;
    wake();
  });
  const logged = async (message: string, withinMs = START_MS): Promise<LogLine> => {
    const until = performance.now() + withinMs;
    for (;;) {
      const found = log.find((line) => line.message === message);
      if (found !== undefined) return found;
      const left = until - performance.now();
      if (over || left <= 0) {
        const seen = log.map((line) => line.message).join(', ');
        throw new Error(`no "${message}" in the log, but: ${seen}\n${stderr}`);
      }
      await new Promise<void>((resolve) => {
        const timer = setTimeout(resolve, left);
        wake = () => {
          clearTimeout(timer);
          resolve();
        };
      });
    }
  };
  const line = await logged('listening').catch((error: unknown) => {
    child.kill('SIGKILL');
    throw error;
  });
  const listen = (line['listen'] as string[]).map(addressOf);
  const observed = addressOf(String(line['observe']));
  const administered = addressOf(String(line['admin']));
  const metrics = async (): Promise<string> => (await ask(observed, 'GET', '/metrics')).text;
  return {
    child,
    listen,
    port: portOf(listen[0]),
    log,
    ended,
    logged,
    metrics,
    metric: async (series) => valueOf(await metrics(), series),
    admin: (method, path, body) => ask(administered, method, path, body),
    [Symbol.asyncDispose]: async () => {
      child.kill('SIGKILL');
      await ended;
    },
  };
}

function portOf(address: Address | undefined): number {
  return address?.kind === 'tcp' ? address.port : 0;
}

/** The value of a series in a text of metrics; NaN where there is none. */
export function valueOf(metrics: string, series: string): number {
  const line = metrics.split('\n').find((text) => text.startsWith(`${series} `));
  return Number(line?.slice(series.length + 1) ?? NaN);
}

function addressOf(text: string): Address {
  const address = parseAddress(text);
  if (!address.ok) throw new Error(address.message);
  return address.value;
}

/** One request to a control listener. */
export function ask(address: Address, method: string, path: string, body?: unknown): Promise<Answer> {
  const where = address.kind === 'tcp' ? { host: address.host, port: address.port } : { socketPath: address.path };
  return new Promise((resolve, reject) => {
    const request = http.request({ ...where, method, path, agent: false }, (response) => {
      let text = '';
      response
        .setEncoding('utf8')
        .on('data', (chunk: string) => (text += chunk))
        .on('end', () => resolve({ status: response.statusCode ?? 0, text }))
        .on('error', reject);
    });
    request.on('error', reject).end(body === undefined ? undefined : JSON.stringify(body));
  });
}
