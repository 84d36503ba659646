// A whole proxy in this process: store, listener and, where asked for, the control listeners, all on free ports.
import { readConfig, readRule } from '../../proxy/config/load.ts';
import { describeProblem } from '../../proxy/config/problem.ts';
import type { Listener } from '../../proxy/config/rule.ts';
import { Log } from '../../proxy/observe/log.ts';
import { Proxy } from '../../proxy/proxy.ts';
import { systemClock } from '../../proxy/rules/clock.ts';
import { compileFaults } from '../../proxy/rules/compile.ts';
import { RuleStore } from '../../proxy/rules/store.ts';

export type WrittenRule = Readonly<Record<string, unknown>>;

export interface ProxyUnderTest extends AsyncDisposable {
  readonly port: number;
  readonly proxy: Proxy;
  readonly store: RuleStore;
  readonly logged: string[];
  put(id: string, rule: WrittenRule): Promise<void>;
  remove(id: string): Promise<void>;
  /** Counts of a rule; zeros where it has never been there. */
  counts(id: string): Counts;
}

export interface Counts {
  readonly matched: number;
  readonly injected: number;
  readonly skipped: Readonly<Record<string, number>>;
  readonly active: number;
}

export interface ProxyTestOptions {
  readonly protocol?: Listener['protocol'];
  readonly strict?: boolean;
  readonly stateDir?: string;
  readonly instanceName?: string;
  /** The text of a configuration file. */
  readonly config?: string;
}

/** @param upstream - port of the app, or the path of its unix socket */
export async function startProxy(upstream: number | string, options: ProxyTestOptions = {}): Promise<ProxyUnderTest> {
  const logged: string[] = [];
  const read = (written: WrittenRule, id: string): ReturnType<typeof readRule> => readRule(written, { id });
  const store = await RuleStore.open({
    instance: 'test',
    clock: systemClock,
    bootId: 'this-boot',
    compile: compileFaults,
    readKept: (written, id) => {
      const result = read(written, id);
      return Promise.resolve(result.ok ? result.value : result.problems.map(describeProblem).join('\n'));
    },
    warn: (message) => logged.push(message),
    ...(options.stateDir === undefined ? {} : { stateDir: options.stateDir }),
  });
  const proxy = new Proxy({
    store,
    clock: systemClock,
    log: new Log((line) => logged.push(line), Date.now),
    version: 'test',
    instance: 'test',
    instanceName: options.instanceName ?? '',
    identity: { workload: 'app', namespace: 'test', app: 'app', version: 'v1', service: 'app.test.svc' },
    reloads: () => ({ loaded: 0, refused: 0, lastGood: true }),
  });
  const config = readConfig(options.config ?? '{}', 'test.yaml');
  if (!config.ok) throw new Error(config.problems.map(describeProblem).join('\n'));
  await proxy.apply(config.value, {
    listen: { kind: 'tcp', host: '127.0.0.1', port: 0 },
    upstream:
      typeof upstream === 'number'
        ? { kind: 'tcp', host: '127.0.0.1', port: upstream }
        : { kind: 'unix', path: upstream },
    protocol: options.protocol ?? 'auto',
    strict: options.strict ?? false,
  });
  const [bound] = proxy.bound;
  return {
    port: bound?.kind === 'tcp' ? bound.port : 0,
    proxy,
    store,
    logged,
    put: async (id, rule) => {
      const result = read(rule, id);
      if (!result.ok) throw new Error(result.problems.map(describeProblem).join('\n'));
      const put = await store.put(result.value);
      if (!put.ok) throw new Error(put.message);
    },
    remove: async (id) => {
      const removed = await store.delete(id);
      if (!removed.ok) throw new Error(removed.message);
    },
    counts: (id) => store.ledger().rules[id] ?? { matched: 0, injected: 0, skipped: {}, active: 0 },
    [Symbol.asyncDispose]: () => proxy[Symbol.asyncDispose](),
  };
}
