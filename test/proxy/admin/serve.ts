// Control listeners on free ports, and a client that sends what it is told to.
import { request } from 'node:http';
import { startAdmin, type AdminOptions } from '../../../proxy/admin/admin-server.ts';
import type { ControlServer } from '../../../proxy/admin/control-server.ts';
import type { Address } from '../../../proxy/config/rule.ts';
import { openStore, type Opened } from '../rules/open-store.ts';

export const LOOPBACK: Address = { kind: 'tcp', host: '127.0.0.1', port: 0 };

export interface Admin extends Opened, AsyncDisposable {
  readonly server: ControlServer;
  readonly notes: string[];
  readonly failures: string[];
}

export async function admin(options: Partial<AdminOptions> & { stateDir?: string } = {}): Promise<Admin> {
  const opened = await openStore(options.stateDir === undefined ? {} : { stateDir: options.stateDir });
  const notes: string[] = [];
  const failures: string[] = [];
  const server = await startAdmin({
    address: LOOPBACK,
    store: opened.store,
    config: () => ({ generation: 3, file: '/etc/f.yaml', loadedAt: '2026-11-21T10:00:00.000Z', error: null }),
    note: (message) => notes.push(message),
    warn: (message) => failures.push(message),
    ...options,
  });
  return { ...opened, server, notes, failures, [Symbol.asyncDispose]: () => server[Symbol.asyncDispose]() };
}

export interface Answer {
  readonly status: number;
  readonly headers: Readonly<Record<string, string | string[] | undefined>>;
  readonly text: string;
  // What a test expects in it is the test's to say.
  readonly json: unknown;
}

export interface Sent {
  readonly method?: string;
  readonly body?: string | Buffer;
  readonly headers?: Readonly<Record<string, string>>;
}

export function ask(
  address: Address,
  path: string,
  { method = 'GET', body, headers = {} }: Sent = {},
): Promise<Answer> {
  const where = address.kind === 'unix' ? { socketPath: address.path } : { host: address.host, port: address.port };
  return new Promise((resolve, reject) => {
    const sending = request({ ...where, path, method, headers: { ...headers }, agent: false }, (response) => {
      const chunks: Buffer[] = [];
      response.on('data', (chunk: Buffer) => chunks.push(chunk));
      response.on('error', reject);
      response.on('end', () => {
        const text = Buffer.concat(chunks).toString('utf8');
        const isJson = String(response.headers['content-type']).startsWith('application/json') && text !== '';
        const json: unknown = isJson ? JSON.parse(text) : undefined;
        resolve({ status: response.statusCode ?? 0, headers: response.headers, text, json });
      });
    });
    sending.on('error', reject);
    sending.end(body);
  });
}
