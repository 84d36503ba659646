/** Which armed rules match: built once per snapshot and listener, asked for every exchange. */
import type { RequestHead } from '../http1/request-head.ts';
import type { ArmedRule } from '../rules/armed-rule.ts';
import { HeadIndex } from './head-index.ts';
import { type ConnectionFacts, MatchTest } from './match.ts';

/** No rule: always this one array, so that `matching(...) === NO_RULES` is a test. */
export const NO_RULES: readonly ArmedRule[] = Object.freeze([]);

interface Entry {
  readonly armed: ArmedRule;
  readonly match: MatchTest;
  readonly except: readonly MatchTest[];
}

/** The armed rules that can act on one listener. Immutable. */
export class RuleTable {
  /** No rule can match anything here. */
  readonly empty: boolean;
  /** Whether a rule can match plain bytes: one that names no field of a request head and not `protocol: http`. */
  readonly canMatchTunnels: boolean;
  readonly #all: readonly Entry[];
  readonly #forExchanges: readonly Entry[];
  readonly #index: HeadIndex;

  constructor(rules: readonly ArmedRule[], port: number) {
    this.#all = rules
      .filter(({ rule }) => rule.match.port === undefined || rule.match.port === port)
      .map((armed) => ({
        armed,
        match: new MatchTest(armed.rule.match, true),
        except: armed.rule.except.map((match) => new MatchTest(match, false)),
      }));
    this.#forExchanges = this.#all.filter(({ armed }) => (armed.rule.match.protocol ?? 'http') === 'http');
    this.#index = new HeadIndex(this.#forExchanges.map(({ armed }) => armed.rule.match));
    this.empty = this.#all.length === 0;
    this.canMatchTunnels = this.#all.some(
      ({ armed, match }) => !match.readsHead() && armed.rule.match.protocol !== 'http',
    );
  }

  /**
   * The rules that match an exchange, in order of precedence; {@link NO_RULES} where there is none. Rules whose
   * `source.ip` cannot be read, as the client has no address, are among them: `decide` skips them by reason.
   */
  matching(head: RequestHead, connection: ConnectionFacts): readonly ArmedRule[] {
    const bucket = this.#index.bucket(head);
    if (bucket === null) return NO_RULES;
    const { entries, methods } = bucket;
    const bit = this.#index.methodBit(head);
    let found: ArmedRule[] | null = null;
    for (let i = 0; i < entries.length; i++) {
      if (((methods[i] ?? 0) & bit) === 0) continue;
      const entry = this.#forExchanges[entries[i] ?? 0];
      if (entry === undefined || !entry.match.matches(head, connection) || isExempt(entry, head, connection)) continue;
      if (found === null) found = [entry.armed];
      else found.push(entry.armed);
    }
    return found ?? NO_RULES;
  }

  /**
   * The rules that match a tunnel, by what can be read of it, in order of precedence. For each the caller records
   * either an injection or the reason why there is none (`tls`, `http2`, `ambiguous`, `not-applicable`), once for the
   * tunnel.
   */
  matchingTunnel(connection: ConnectionFacts): readonly ArmedRule[] {
    const found = this.#all.filter(
      ({ match, except }) =>
        match.matchesTunnel(connection) && !except.some((exception) => exception.matchesTunnelSurely(connection)),
    );
    return found.length === 0 ? NO_RULES : found.map(({ armed }) => armed);
  }
}

/**
 * @param rules in order of precedence
 * @param facts `port` is the app's port of the listener: rules for other ports are left out
 */
export function buildRuleTable(rules: readonly ArmedRule[], facts: { readonly port: number }): RuleTable {
  return new RuleTable(rules, facts.port);
}

function isExempt(entry: Entry, head: RequestHead, connection: ConnectionFacts): boolean {
  for (const exception of entry.except) if (exception.matches(head, connection)) return true;
  return false;
}
