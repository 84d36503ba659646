/**
 * Asks the proxy what it has done: that its metrics were really on, that the rule was really armed, and that it did
 * nothing. A proxy that skipped its work would be fast.
 */

/** How the rule `bench` must stand. */
export interface Expected {
  /** Null: there is no rule. */
  readonly state: 'armed' | 'ended' | null;
  /** Whether the requests of the bench match it (it then injects nothing, its share being 0 %). */
  readonly matches: boolean;
}

/** The counts of one rule in `GET /ledger`. */
interface Counts {
  readonly matched: number;
  readonly injected: number;
}

/** What a figure may differ by: requests in flight when a load generator stops are counted on one side only. */
const TOLERANCE = 0.01;

/** @throws Error when the rule is not in the state that the measurement is about */
export async function requireState(admin: number, state: Expected['state']): Promise<void> {
  const answer = (await getJson(admin, '/rules')) as { rules: { rule: { id: string }; state: string }[] };
  const found = answer.rules.find((each) => each.rule.id === 'bench')?.state ?? null;
  if (found !== state) throw new Error(`the rule of the bench is ${found ?? 'absent'} instead of ${state ?? 'absent'}`);
}

/** Holds metrics and ledger against the number of requests that the upstream has answered. */
export async function auditSidequake(
  ports: { readonly observe: number; readonly admin: number },
  expected: Expected,
  forwarded: number,
): Promise<string[]> {
  const problems: string[] = [];
  const counted = sumOf(await getText(ports.observe, '/metrics'), 'sidequake_http_requests_total');
  if (!near(counted, forwarded)) problems.push(`its metrics count ${counted} requests, the upstream ${forwarded}`);
  if (expected.state === null) return problems;
  const ledger = (await getJson(ports.admin, '/ledger')) as { rules: Record<string, Counts> };
  const { matched = 0, injected = 0 } = ledger.rules['bench'] ?? {};
  if (injected !== 0) problems.push(`its rule injected ${injected} faults`);
  if (!near(matched, expected.matches ? forwarded : 0)) problems.push(`its rule matched ${matched} of ${forwarded}`);
  return problems;
}

/** The sum over all series of a metric in the Prometheus text format. */
export function sumOf(text: string, metric: string): number {
  return text
    .split('\n')
    .filter((line) => line.startsWith(`${metric}{`) || line.startsWith(`${metric} `))
    .reduce((sum, line) => sum + Number(line.slice(line.lastIndexOf(' ') + 1)), 0);
}

function near(value: number, other: number): boolean {
  return Math.abs(value - other) <= Math.max(value, other) * TOLERANCE;
}

async function getText(port: number, path: string): Promise<string> {
  const answer = await fetch(`http://127.0.0.1:${port}${path}`);
  const text = await answer.text();
  if (!answer.ok) throw new Error(`GET ${path} of the proxy: ${answer.status} ${text}`);
  return text;
}

async function getJson(port: number, path: string): Promise<unknown> {
  return JSON.parse(await getText(port, path));
}
