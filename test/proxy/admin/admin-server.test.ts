import { mkdir, mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { describe, expect, it } from 'vitest';
import { armedIds, file } from '../rules/open-store.ts';
import { admin, ask, type Admin } from './serve.ts';

const RULE = '{"share":"50%","faults":[{"abort":503}],"ttl":"10s"}';

function put(on: Admin, id: string, body: string): ReturnType<typeof ask> {
  return ask(on.server.address, `/rules/${id}`, { method: 'PUT', body });
}

describe('rules over the admin API', () => {
  it('are put, listed, renewed and deleted', async () => {
    await using on = await admin();
    const rule = { id: 'slow', share: '50%', faults: [{ abort: 503 }], ttl: '10s' };
    const answer = await put(on, 'slow', RULE);
    expect(answer.status).toBe(200);
    expect(answer.headers['content-type']).toBe('application/json; charset=utf-8');
    expect(answer.json).toEqual({ rule, state: 'armed', source: 'api', endsInMs: 10_000 });
    expect(armedIds(on.store)).toEqual(['slow']);

    on.clock.advance(4000);
    expect((await ask(on.server.address, '/rules')).json).toEqual({
      instance: 'instance-1',
      rules: [{ rule, state: 'armed', source: 'api', endsInMs: 6000 }],
    });

    const renewed = await ask(on.server.address, '/leases/slow', { method: 'PUT', body: '{"ttl":"1m"}' });
    expect(renewed.status).toBe(200);
    expect(renewed.json).toEqual({ rule, state: 'armed', source: 'api', endsInMs: 60_000 });

    for (let i = 0; i < 2; i++) {
      const deleted = await ask(on.server.address, '/rules/slow', { method: 'DELETE' });
      expect([deleted.status, deleted.text]).toEqual([204, '']);
    }
    expect((await ask(on.server.address, '/rules')).json).toEqual({ instance: 'instance-1', rules: [] });
    expect(on.notes).toEqual([
      'rule slow put: armed, ends in 10000 ms',
      'rule slow renewed: ends in 60000 ms',
      'rule slow deleted',
      'rule slow deleted',
    ]);
    expect(on.failures).toEqual([]);
  });

  it('may be YAML', async () => {
    await using on = await admin();
    expect((await put(on, 'a', 'faults:\n  - delay: 200ms..2s # slow\n')).status).toBe(200);
    expect(armedIds(on.store)).toEqual(['a']);
  });

  it('that are bad are refused with everything that is wrong, and change nothing', async () => {
    await using on = await admin();
    await put(on, 'a', RULE);
    const before = on.store.current;
    const answer = await put(on, 'a', '{"shar":"50%","faults":[{"dealy":"2s"}]}');
    expect(answer.status).toBe(400);
    expect(answer.json).toEqual({
      error: {
        code: 'invalid-rule',
        message: 'line 1, column 2 shar: unknown key "shar": did you mean "share"? (and 1 more)',
        path: 'shar',
        problems: [
          { line: 1, column: 2, path: 'shar', message: 'unknown key "shar": did you mean "share"?' },
          { line: 1, column: 26, path: 'faults[0].dealy', message: 'unknown fault "dealy": did you mean "delay"?' },
        ],
      },
    });
    expect(on.store.current).toBe(before);
  });

  it.each([
    ['another id in the body', 'a', '{"id":"b","faults":[{"abort":503}]}', 'id'],
    ['an id that is none', 'A', RULE, 'id'],
    ['an id that is none, escaped', '%2e%2e%2f', RULE, 'id'],
    ['an id with a broken escape', '%zz', RULE, 'id'],
    ['no body', 'a', '', ''],
    ['a body that is no rule', 'a', '5', ''],
    ['a body that is not even text', 'a', '\u0000\u0001', ''],
  ])('are refused: %s', async (_what, id, body, path) => {
    await using on = await admin();
    const answer = await put(on, id, body);
    expect(answer.status).toBe(400);
    expect(answer.json).toMatchObject({ error: { code: 'invalid-rule', path } });
    expect(on.failures).toEqual([]);
  });

  it.each(['{"ttl":10}', '{}', '', '10s', '{"ttl":"-1s"}'])('are not renewed by %j', async (body) => {
    await using on = await admin();
    await put(on, 'a', RULE);
    const answer = await ask(on.server.address, '/leases/a', { method: 'PUT', body });
    expect(answer.status).toBe(400);
    expect(answer.json).toMatchObject({ error: { code: 'invalid-lease' } });
  });

  it('of the file cannot be changed here', async () => {
    await using on = await admin();
    await on.store.replaceFile(file(['a']));
    const answers = [
      await put(on, 'a', RULE),
      await ask(on.server.address, '/rules/a', { method: 'DELETE' }),
      await ask(on.server.address, '/leases/a', { method: 'PUT', body: '{"ttl":"1s"}' }),
    ];
    for (const answer of answers) {
      expect(answer.status).toBe(409);
      expect(answer.json).toMatchObject({ error: { code: 'held-by-file', path: '' } });
    }
    expect((await ask(on.server.address, '/rules')).json).toMatchObject({
      rules: [{ rule: { id: 'a' }, state: 'armed', source: 'file', endsInMs: null }],
    });
  });

  it('that are gone cannot be renewed, nor those whose lease has ended', async () => {
    await using on = await admin();
    const renew = (): ReturnType<typeof ask> =>
      ask(on.server.address, '/leases/a', { method: 'PUT', body: '{"ttl":"10s"}' });
    expect(await renew()).toMatchObject({ status: 404, json: { error: { code: 'unknown-rule' } } });
    await put(on, 'a', RULE);
    on.clock.advance(10_000);
    expect(await renew()).toMatchObject({ status: 409, json: { error: { code: 'lease-ended' } } });
    expect((await put(on, 'a', RULE)).json).toMatchObject({ state: 'armed', endsInMs: 10_000 });
  });

  it('are not taken while the proxy shuts down', async () => {
    await using on = await admin();
    on.store.disarmAll();
    expect(await put(on, 'a', RULE)).toMatchObject({ status: 503, json: { error: { code: 'draining' } } });
  });

  it('are not taken where they could not be kept', async () => {
    const stateDir = await mkdtemp(join(tmpdir(), 'sidequake-admin-'));
    await using on = await admin({ stateDir });
    await mkdir(join(stateDir, 'rules.json.tmp'));
    const answer = await put(on, 'a', RULE);
    expect(answer).toMatchObject({ status: 500, json: { error: { code: 'state-unwritable' } } });
    expect(answer.text).toContain(stateDir);
    expect(armedIds(on.store)).toEqual([]);
    await rm(stateDir, { recursive: true });
  });
});

describe('the other bodies', () => {
  it('GET /ledger', async () => {
    await using on = await admin();
    await put(on, 'a', RULE);
    on.store.current.rules[0]?.ledger.skip('share');
    on.store.current.rules[0]?.ledger.inject();
    expect((await ask(on.server.address, '/ledger')).json).toEqual({
      instance: 'instance-1',
      rules: { a: { matched: 2, injected: 1, skipped: { share: 1 }, active: 0 } },
    });
  });

  it('GET /config', async () => {
    const problem = { file: 'f.yaml', line: 4, column: 5, path: 'rules[0].shar', message: 'unknown key' };
    const status = {
      generation: 3,
      file: '/etc/f.yaml',
      loadedAt: '2026-11-21T10:00:00.000Z',
      error: { message: 'f.yaml:4:5', problems: [problem] },
    };
    await using on = await admin({ config: () => status });
    expect((await ask(on.server.address, '/config')).json).toEqual(status);
  });

  it('a fault of ours is a 500 with its reason, and told', async () => {
    await using on = await admin({
      config: () => {
        throw new Error('boom');
      },
    });
    expect(await ask(on.server.address, '/config')).toMatchObject({
      status: 500,
      json: { error: { code: 'internal', message: 'boom' } },
    });
    expect(on.failures.join()).toContain('GET /config failed: Error: boom');
  });
});

describe('what is asked in another way', () => {
  it.each([
    ['GET', '/', 404, undefined],
    ['GET', '/calls', 404, undefined],
    ['GET', '/rules/', 404, undefined],
    ['PUT', '/rules/a/b', 404, undefined],
    ['GET', '/rules2', 404, undefined],
    ['GET', '/metrics', 404, undefined],
    ['POST', '/rules', 405, 'GET, HEAD'],
    ['GET', '/rules/a', 405, 'PUT, DELETE'],
    ['PATCH', '/rules/a', 405, 'PUT, DELETE'],
    ['DELETE', '/leases/a', 405, 'PUT'],
    ['DELETE', '/ledger', 405, 'GET, HEAD'],
    ['OPTIONS', '/config', 405, 'GET, HEAD'],
  ])('%s %s is %d', async (method, path, status, allow) => {
    await using on = await admin();
    const answer = await ask(on.server.address, path, { method });
    expect(answer.status).toBe(status);
    expect(answer.headers['allow']).toBe(allow);
    expect(answer.json).toMatchObject({ error: { code: status === 404 ? 'not-found' : 'method-not-allowed' } });
  });

  it('HEAD is answered without body', async () => {
    await using on = await admin();
    const answer = await ask(on.server.address, '/rules', { method: 'HEAD' });
    expect([answer.status, answer.text]).toEqual([200, '']);
    expect(Number(answer.headers['content-length'])).toBeGreaterThan(10);
  });

  it('a query is no matter', async () => {
    await using on = await admin();
    expect((await ask(on.server.address, '/rules?pretty')).status).toBe(200);
  });

  it.each([
    ['just so', 1_048_576, 400],
    ['by one byte', 1_048_577, 413],
    ['by far', 5_000_000, 413],
  ])('a body of more than 1 MiB is too large: %s', async (_what, bytes, status) => {
    await using on = await admin();
    const answer = await put(on, 'a', `"${'x'.repeat(bytes - 2)}"`);
    expect(answer.status).toBe(status);
    if (status === 413) expect(answer.json).toMatchObject({ error: { code: 'too-large' } });
    expect((await put(on, 'a', RULE)).status).toBe(200);
  });

  it('a body without end is not read for ever', async () => {
    await using on = await admin();
    const answer = await put(on, 'a', 'x'.repeat(40_000_000)).catch((error: unknown) => error);
    // The client may still be sending when the connection is closed under it.
    if (answer instanceof Error) expect(answer.message).toMatch(/EPIPE|ECONNRESET|socket hang up/);
    else expect(answer).toMatchObject({ status: 413, headers: { connection: 'close' } });
    expect((await put(on, 'a', RULE)).status).toBe(200);
  });
});
