import type { InjectionRecord } from '../observe/injection-log.ts';
import type { HeldExchange } from './held-exchange.ts';
import type { RequestHead } from './request-head.ts';

/** What the log says of an injected exchange. */
export function injectionRecord(
  held: HeldExchange,
  head: RequestHead,
  status: number | null,
  nowMs: number,
): InjectionRecord {
  return {
    rules: held.rules.map(({ rule }) => rule.id),
    faults: held.rules.map(({ ledger }) => ledger.faultNames).join('+'),
    method: head.method(),
    path: head.path(),
    status,
    heldMs: Math.round((nowMs - held.startedAtMs) * 1000) / 1000,
    traceparent: head.header('traceparent') ?? null,
  };
}
