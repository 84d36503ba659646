/** The command line of the sidecar: `sidequake proxy ...`. */
import { parseArgs } from 'node:util';
import { parseAddress } from './config/address.ts';
import { parseDuration } from './config/duration-text.ts';
import type { Address, Listener } from './config/rule.ts';

export const USAGE = `sidequake proxy: a transparent HTTP/TCP sidecar that injects faults

  sidequake proxy --listen ADDRESS --upstream ADDRESS [options]
  sidequake proxy --config FILE [options]

  --listen ADDRESS     where to accept connections
  --upstream ADDRESS   the app behind it
  --protocol P         auto (default), http, tcp or tls
  --config FILE        listeners, routes and rules (YAML); watched, taken up as
                       a whole or not at all
  --state DIR          keeps leases and rules of the admin API over restarts
  --admin ADDRESS      opens the listener for rules, leases and ledger; give it
                       a loopback address or a unix socket
  --observe ADDRESS    opens the listener for /metrics, /healthz and /readyz
  --drain DURATION     how long connections may go on after SIGTERM (default 30s)
  --help, --version

An ADDRESS is host:port, [v6]:port, a bare port (then on 127.0.0.1) or unix:PATH;
port 0 asks for a free one.
`;

/** What the command line asks for. */
export interface Settings {
  /** The one listener of `--listen` and `--upstream`. */
  readonly listener: Listener | null;
  readonly configFile: string | null;
  readonly stateDir: string | null;
  readonly admin: Address | null;
  readonly observe: Address | null;
  readonly drainMs: number;
}

export type CommandLine =
  | { readonly kind: 'run'; readonly settings: Settings }
  | { readonly kind: 'help' }
  | { readonly kind: 'version' }
  /** A sentence for people. */
  | { readonly kind: 'wrong'; readonly message: string };

const PROTOCOLS = ['auto', 'http', 'tcp', 'tls'] as const;

export function readCommandLine(args: readonly string[]): CommandLine {
  const parsed = parse(args);
  if (typeof parsed === 'string') return { kind: 'wrong', message: parsed };
  if (parsed.help) return { kind: 'help' };
  if (parsed.version) return { kind: 'version' };
  const problems: string[] = [];
  const address = (flag: 'listen' | 'upstream' | 'admin' | 'observe'): Address | null => {
    const text = parsed[flag];
    if (text === undefined) return null;
    const result = parseAddress(text);
    if (!result.ok) problems.push(`--${flag} ${result.message}`);
    return result.ok ? result.value : null;
  };
  const listen = address('listen');
  const upstream = address('upstream');
  const admin = address('admin');
  const observe = address('observe');
  const protocol = PROTOCOLS.find((known) => known === (parsed.protocol ?? 'auto'));
  if (protocol === undefined) {
    problems.push(`--protocol ${JSON.stringify(parsed.protocol)} is not known: auto, http, tcp or tls`);
  }
  if ((parsed.listen === undefined) !== (parsed.upstream === undefined)) {
    problems.push('--listen and --upstream go together: where to accept connections, and the app behind');
  } else if (parsed.listen === undefined && parsed.config === undefined) {
    problems.push('nothing to do: give --listen and --upstream, or a --config FILE with listeners');
  }
  const drain = parseDuration(parsed.drain ?? '30s');
  if (!drain.ok) problems.push(`--drain ${drain.message}`);
  if (problems.length > 0) return { kind: 'wrong', message: problems.join('\n') };
  const listener = listen && upstream && protocol ? { listen, upstream, protocol, strict: false } : null;
  const drainMs = drain.ok ? drain.value : 0;
  const settings = {
    listener,
    admin,
    observe,
    drainMs,
    configFile: parsed.config ?? null,
    stateDir: parsed.state ?? null,
  };
  return { kind: 'run', settings };
}

const STRING = { type: 'string' } as const;
const FLAG = { type: 'boolean' } as const;
const OPTIONS = {
  listen: STRING,
  upstream: STRING,
  protocol: STRING,
  config: STRING,
  state: STRING,
  admin: STRING,
  observe: STRING,
  drain: STRING,
  help: { ...FLAG, short: 'h' },
  version: FLAG,
} as const;

type Values = ReturnType<typeof parseArgs<{ options: typeof OPTIONS }>>['values'];

/** The values, or what is wrong. */
function parse(args: readonly string[]): Values | string {
  try {
    const { values, tokens } = parseArgs({ args: [...args], options: OPTIONS, tokens: true });
    const seen = new Set<string>();
    for (const token of tokens) {
      if (token.kind !== 'option') continue;
      if (seen.has(token.name)) return `--${token.name} is given twice`;
      seen.add(token.name);
    }
    return values;
  } catch (error) {
    return error instanceof Error ? error.message : String(error);
  }
}
