import { describe, expect, it } from 'vitest';
import { startAdmin } from '../../../proxy/admin/admin-server.ts';
import { isLoopback } from '../../../proxy/admin/foreign-request.ts';
import { parseAddress } from '../../../proxy/config/address.ts';
import type { Address } from '../../../proxy/config/rule.ts';
import { admin, ask } from './serve.ts';

function address(text: string): Address {
  const result = parseAddress(text);
  if (!result.ok) throw new Error(result.message);
  return result.value;
}

describe('a web page in a browser on this machine', () => {
  it.each(['evil.example', 'evil.example:15020', 'localhost.evil.example', '127.0.0.1.nip.io', 'a@localhost.example'])(
    'does not get in by a name of its own (DNS rebinding): Host %j',
    async (host) => {
      await using on = await admin();
      const answer = await ask(on.server.address, '/rules', { headers: { host } });
      expect(answer).toMatchObject({ status: 403, json: { error: { code: 'foreign-host' } } });
    },
  );

  it.each([
    '127.0.0.1',
    '127.0.0.1:15020',
    'localhost',
    'LOCALHOST:15020',
    'app.localhost',
    '[::1]:15020',
    '10.1.2.3:1',
  ])('is not taken for a program that comes by Host %j', async (host) => {
    await using on = await admin();
    expect((await ask(on.server.address, '/rules', { headers: { host } })).status).toBe(200);
  });

  it.each(['https://evil.example', 'null', 'http://localhost:15020'])(
    'does not get in from Origin %s, and changes nothing',
    async (origin) => {
      await using on = await admin();
      const answer = await ask(on.server.address, '/rules/a', {
        method: 'PUT',
        headers: { origin, 'content-type': 'text/plain' },
        body: '{"faults":[{"abort":503}]}',
      });
      expect(answer).toMatchObject({ status: 403, json: { error: { code: 'foreign-origin' } } });
      expect(answer.headers['access-control-allow-origin']).toBeUndefined();
      expect(on.store.list().rules).toEqual([]);
    },
  );
});

describe('the admin address', () => {
  it.each(['127.0.0.1:0', '127.1.2.3:15020', 'localhost:1', '[::1]:2', '[::ffff:127.0.0.1]:3', 'unix:/run/a.sock'])(
    '%s can only be reached from this machine',
    (text) => {
      expect(isLoopback(address(text))).toBe(true);
    },
  );

  it.each(['0.0.0.0:15020', '[::]:15020', '10.0.0.1:15020', 'example.com:15020', '127.evil.example:1'])(
    '%s is refused',
    async (text) => {
      await using on = await admin();
      const refused = startAdmin({
        address: address(text),
        store: on.store,
        config: () => ({ generation: 0, file: null, loadedAt: null, error: null }),
        note: () => undefined,
        warn: () => undefined,
      });
      await expect(refused).rejects.toThrow(`--admin ${text}: must be on loopback`);
    },
  );
});
