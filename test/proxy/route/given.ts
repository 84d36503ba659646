/** Heads and rules as tests of matching and selection need them. */
import { Buffer } from 'node:buffer';
import type { Rule } from '../../../proxy/config/rule.ts';
import type { Effect } from '../../../proxy/faults/fault.ts';
import { RequestHead } from '../../../proxy/http1/request-head.ts';
import type { DecisionFacts } from '../../../proxy/route/decide.ts';
import type { ConnectionFacts } from '../../../proxy/route/match.ts';
import { Occurrences } from '../../../proxy/route/occurrences.ts';
import type { ArmedRule } from '../../../proxy/rules/armed-rule.ts';
import { LedgerEntry } from '../../../proxy/rules/ledger.ts';

/** A head in the middle of a buffer with other bytes around it, as reads give them. */
export function headOf(requestLine: string, headers: Readonly<Record<string, string>> = {}): RequestHead {
  const lines = Object.entries(headers).map(([name, value]) => `${name}: ${value}\r\n`);
  const before = 'GET /before?x=1 HTTP/1.1\r\nhost: before\r\n\r\n';
  const text = `${requestLine} HTTP/1.1\r\n${lines.join('')}\r\n`;
  const bytes = Buffer.from(`${before}${text}GET /behind HTTP/1.1\r\nend-user: behind\r\n\r\n`, 'utf8');
  const head = new RequestHead();
  head.bytes = bytes;
  head.start = before.length;
  head.methodEnd = bytes.indexOf(' ', head.start);
  head.targetStart = head.methodEnd + 1;
  head.targetEnd = bytes.indexOf(' ', head.targetStart);
  head.headersStart = bytes.indexOf('\n', head.targetEnd) + 1;
  head.end = head.start + Buffer.byteLength(text, 'utf8');
  return head;
}

export const CONNECTION: ConnectionFacts = { port: 9080, protocol: 'http', sourceIp: '10.244.0.7' };
export const FACTS: DecisionFacts = { connectionNumber: 1, instanceName: '', nowMs: 0, sourceIp: '10.244.0.7' };

export const ANSWER: Effect = {
  kind: 'answer',
  answer: { status: 503, headers: [], body: new Uint8Array(), mark: true },
};

export function holdFor(ms: number): Effect {
  return { kind: 'hold', delayMs: () => ms };
}

/** A rule for everything that answers 503, but for what is given. */
export function armedRule(given: Partial<Rule> = {}, effects: readonly Effect[] = [ANSWER]): ArmedRule {
  const rule: Rule = {
    id: 'rule',
    direction: 'inbound',
    match: {},
    except: [],
    share: 1,
    scope: 'attempt',
    faults: [{ name: 'abort', params: {} }],
    rampMs: 0,
    seed: 0,
    ...given,
  };
  return {
    rule,
    faults: effects.map((effect) => ({ name: effect.kind === 'hold' ? 'delay' : 'abort', effects: [effect] })),
    ledger: new LedgerEntry(rule.id, 'abort'),
    occurrences: new Occurrences(),
    armedAtMs: 0,
    held: new Set(),
  };
}
