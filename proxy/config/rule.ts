/**
 * The rule as the data plane uses it: every unit already turned into one number (milliseconds, ratios), every
 * default filled in. The written form (YAML, JSON) is described by `schema.ts`, which turns it into this.
 */

/** A path pattern as written: exact, `{name}` for one segment, a trailing `*` for any rest; or a regular expression. */
export type PathPattern = string | { readonly regex: string };

/** How a header has to look. A plain string means equal, byte for byte. */
export type HeaderPattern =
  string | { readonly prefix: string } | { readonly regex: string } | { readonly present: boolean };

/** All given fields must hold; none given means everything. */
export interface Match {
  /** The app's port: the port of the listener's upstream. */
  readonly port?: number;
  readonly protocol?: 'http' | 'tcp' | 'tls';
  /** Upper case. Any of them. */
  readonly method?: readonly string[];
  /** Compared without case and without port. */
  readonly host?: string;
  readonly path?: PathPattern;
  /** Names in lower case; all must hold. */
  readonly headers?: Readonly<Record<string, HeaderPattern>>;
  /** Parameter names to exact decoded values; all must hold. */
  readonly query?: Readonly<Record<string, string>>;
  /** `ip` is an address or a CIDR block. */
  readonly source?: { readonly ip?: string };
}

/** One fault in a rule: its name in the registry and its parameters, validated and with defaults filled in. */
export interface FaultUse {
  readonly name: string;
  readonly params: unknown;
}

/** What to do to which share of what traffic. */
export interface Rule {
  /** `[a-z0-9]([a-z0-9-]{0,61}[a-z0-9])?` */
  readonly id: string;
  readonly direction: 'inbound' | 'outbound';
  readonly match: Match;
  /** Any of them holds = not matched. */
  readonly except: readonly Match[];
  /** 0..1, in steps of 0.00001 (0.001 %). */
  readonly share: number;
  readonly scope: 'attempt' | 'connection';
  /** In the order written; at least one. */
  readonly faults: readonly FaultUse[];
  /** Absolute end, Unix milliseconds. */
  readonly untilMs?: number;
  /** Lease counted from first sight, milliseconds. */
  readonly ttlMs?: number;
  /** The share grows from 0 over this time; 0 = at once. */
  readonly rampMs: number;
  /** Exact cap on exchanges held or broken at once. */
  readonly maxActive?: number;
  /** 32-bit unsigned. */
  readonly seed: number;
}

/** One name for a set of exchanges: the first route that matches gives the label in metrics. */
export interface Route {
  readonly name: string;
  readonly method?: readonly string[];
  readonly host?: string;
  readonly path?: PathPattern;
}

/** Where to listen or to connect: TCP or a unix socket. */
export type Address =
  | { readonly kind: 'tcp'; readonly host: string; readonly port: number }
  | { readonly kind: 'unix'; readonly path: string };

/** One place where the proxy accepts connections, and the app behind it. */
export interface Listener {
  readonly listen: Address;
  readonly upstream: Address;
  readonly protocol: 'auto' | 'http' | 'tcp' | 'tls';
  /** Ambiguous framing is answered by 400 instead of going on as a tunnel. */
  readonly strict: boolean;
}

/** A rule together with the text it came from: what `/rules` shows and what tells whether the text has changed. */
export interface WrittenRule {
  readonly rule: Rule;
  /** The rule as it was written, as plain JSON data. */
  readonly written: Readonly<Record<string, unknown>>;
  /** Hash of the text without `until` and `ttl`: equal hashes are the same rule with, perhaps, a new deadline. */
  readonly textHash: string;
}

/** A whole configuration file. */
export interface Config {
  readonly listeners: readonly Listener[];
  readonly routes: readonly Route[];
  readonly rules: readonly WrittenRule[];
}
