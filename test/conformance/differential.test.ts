import { describe, expect, test } from 'vitest';
import { arm } from '../support/arm.ts';
import { startListener } from '../support/listener.ts';
import { playClient, scriptedServer, type Seen } from '../support/wire.ts';
import { WIRE_CASES, type WireCase } from './wire-cases.ts';

interface Both {
  readonly client: Seen;
  readonly server: Seen | undefined;
}

async function direct(wire: WireCase): Promise<Both> {
  await using server = await scriptedServer(wire.server);
  const client = await playClient(server.port, wire.client);
  return { client, server: await server.seen[0] };
}

async function throughProxy(wire: WireCase, armed: boolean): Promise<Both> {
  await using server = await scriptedServer(wire.server);
  const rules = armed ? [arm({ match: { path: '/never/*' } }, { abort: { status: 503 } })] : [];
  await using proxy = await startListener(server.port, { rules });
  const client = await playClient(proxy.port, wire.client);
  return { client, server: await server.seen[0] };
}

test('the corpus is as large as it is meant to be, and names are unique', () => {
  expect(WIRE_CASES.length).toBeGreaterThanOrEqual(120);
  expect(new Set(WIRE_CASES.map(({ name }) => name)).size).toBe(WIRE_CASES.length);
});

describe.each(WIRE_CASES)('$name', (wire) => {
  test.concurrent.each([
    ['no rule', false],
    ['an armed rule that does not match', true],
  ])('direct = through the proxy with %s', async (_, armed) => {
    expect(await throughProxy(wire, armed)).toEqual(await direct(wire));
  });
});
