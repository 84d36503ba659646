/** Why the store does not do what it was asked for. */

export type RefusalCode = 'held-by-file' | 'unknown-rule' | 'lease-ended' | 'draining' | 'state-unwritable';

export interface Refusal {
  readonly ok: false;
  readonly code: RefusalCode;
  /** For people. */
  readonly message: string;
}

const MESSAGES: Readonly<Record<RefusalCode, (id: string, detail: string) => string>> = {
  'held-by-file': (id) => `rule ${id} stands in the configuration file: change it there`,
  'unknown-rule': (id) => `there is no rule ${id}`,
  'lease-ended': (id) => `the lease of rule ${id} has ended: put the rule again to arm it`,
  draining: () => 'the proxy is shutting down: nothing is armed any more',
  'state-unwritable': (id, detail) => `rule ${id} is as it was before: ${detail}`,
};

export function refuse(code: RefusalCode, id: string, detail = ''): Refusal {
  return { ok: false, code, message: MESSAGES[code](id, detail) };
}
