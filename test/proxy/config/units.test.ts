import * as fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import * as z from 'zod';
import { formatAddress, parseAddress } from '../../../proxy/config/address.ts';
import { DURATION_PATTERN, formatDuration, parseDuration } from '../../../proxy/config/duration-text.ts';
import { durationMs } from '../../../proxy/config/duration.ts';
import type { Parsed } from '../../../proxy/config/parsed.ts';
import { formatPercent, parsePercent, percentRatio } from '../../../proxy/config/percent.ts';
import { formatSize, parseSize, sizeBytes } from '../../../proxy/config/size.ts';

function messageOf<T>(result: Parsed<T>): string {
  return result.ok ? `was accepted as ${JSON.stringify(result.value)}` : result.message;
}

describe('durations', () => {
  it.each([
    ['200ms', 200],
    ['1.5s', 1500],
    ['.5s', 500],
    ['1.s', 1000],
    ['5m', 300_000],
    ['1h30m', 5_400_000],
    ['1h30m0.5s', 5_400_500],
    ['0s', 0],
    ['100us', 0.1],
    ['100µs', 0.1],
    ['100μs', 0.1],
    ['1000000ns', 1],
    ['0.1s', 100],
    ['1.005s', 1005],
    [' 2s ', 2000],
  ])('%s is %d ms', (text, ms) => {
    expect(parseDuration(text)).toEqual({ ok: true, value: ms });
  });

  it.each([
    ['5', 'write 5ms, 5s or 5m'],
    ['0', 'has no unit'],
    ['-5s', 'has a sign'],
    ['+5s', 'has a sign'],
    ['1d', 'is not a duration'],
    ['1h 30m', 'is not a duration'],
    ['s', 'is not a duration'],
    ['', 'is not a duration'],
    ['1e3s', 'is not a duration'],
    ['0x10s', 'is not a duration'],
    ['Infinitys', 'is not a duration'],
    ['5sec', 'is not a duration'],
    ['999999999h', 'longer than a hundred years'],
    [`${'9'.repeat(400)}h`, 'longer than a hundred years'],
  ])('%s is refused: %s', (text, message) => {
    expect(messageOf(parseDuration(text))).toContain(message);
  });

  it('come back from their text for every microsecond', () => {
    const microseconds = fc.oneof(
      fc.integer({ min: 0, max: 10_000_000 }),
      fc.integer({ min: 0, max: 31_536_000_000_000 }),
    );
    fc.assert(
      fc.property(microseconds, (us) => {
        const ms = us / 1000;
        const text = formatDuration(ms);
        expect(parseDuration(text)).toEqual({ ok: true, value: ms });
        expect(text).toMatch(new RegExp(DURATION_PATTERN));
      }),
    );
  });

  it('are accepted by the pattern of the JSON Schema exactly where they parse', () => {
    const piece = fc.constantFrom('1', '0', '.', '5', 'ms', 's', 'm', 'h', 'µs', 'us', 'ns', '-', ' ', 'd', 'e');
    fc.assert(
      fc.property(fc.array(piece, { maxLength: 8 }), (pieces) => {
        const text = pieces.join('');
        fc.pre(text === text.trim());
        expect(new RegExp(DURATION_PATTERN).test(text)).toBe(parseDuration(text).ok);
      }),
      { numRuns: 2000 },
    );
  });

  it('have bounds in a schema', () => {
    const field = durationMs({ atLeastMs: 10, atMostMs: 60_000 });
    expect(field.parse('1m')).toBe(60_000);
    expect(z.encode(field, 1500)).toBe('1.5s');
    expect(field.safeParse('1ms').error?.issues[0]?.message).toBe('1ms is too short: at least 10ms');
    expect(field.safeParse('61s').error?.issues[0]?.message).toBe('1m1s is too long: at most 1m');
    expect(field.safeParse(5).error?.issues[0]?.message).toBe('5 has no unit: write 5ms, 5s or 5m');
    expect(field.safeParse(undefined).error?.issues[0]?.message).toContain('is required');
  });

  it('are never longer than a timer of Node can wait, unless asked for', () => {
    expect(durationMs().safeParse('576h').success).toBe(true);
    expect(durationMs().safeParse('577h').success).toBe(false);
  });
});

describe('percentages', () => {
  it.each([
    ['50%', 0.5],
    ['0%', 0],
    ['100%', 1],
    ['0.001%', 0.00001],
    ['99.999%', 0.99999],
    ['12.5 %', 0.125],
    ['.5%', 0.005],
  ])('%s is %d', (text, ratio) => {
    expect(parsePercent(text)).toEqual({ ok: true, value: ratio });
  });

  it.each([
    ['50', 'write 50%'],
    ['0.5', 'write 0.5%'],
    ['101%', 'outside 0% to 100%'],
    ['-1%', 'outside 0% to 100%'],
    ['0.0001%', 'steps of 0.001%'],
    ['half', 'is not a percentage'],
    ['%', 'is not a percentage'],
    ['', 'is not a percentage'],
    ['1e1%', 'is not a percentage'],
  ])('%s is refused: %s', (text, message) => {
    expect(messageOf(parsePercent(text))).toContain(message);
  });

  it('come back from their text at every step', () => {
    fc.assert(
      fc.property(fc.integer({ min: 0, max: 100_000 }), (steps) => {
        const ratio = steps / 100_000;
        expect(parsePercent(formatPercent(ratio))).toEqual({ ok: true, value: ratio });
        expect(percentRatio().parse(formatPercent(ratio))).toBe(ratio);
      }),
    );
  });
});

describe('sizes', () => {
  it.each([
    ['512B', 512],
    ['64KiB', 65_536],
    ['1MB', 1_000_000],
    ['1.5KiB', 1536],
    ['2 GiB', 2_147_483_648],
    ['1kB', 1000],
    ['0B', 0],
  ])('%s is %d bytes', (text, bytes) => {
    expect(parseSize(text)).toEqual({ ok: true, value: bytes });
  });

  it.each([
    ['512', 'write 512B'],
    ['1kb', 'is not a unit'],
    ['1Mb', 'is not a unit'],
    ['0.5B', 'whole number of bytes'],
    ['-1B', 'is not a size'],
    ['9999999999GiB', 'too large'],
    ['', 'is not a size'],
  ])('%s is refused: %s', (text, message) => {
    expect(messageOf(parseSize(text))).toContain(message);
  });

  it('come back from their text', () => {
    fc.assert(
      fc.property(
        fc.oneof(
          fc.nat(),
          fc.nat(1000).map((n) => n * 1024),
        ),
        (bytes) => {
          expect(parseSize(formatSize(bytes))).toEqual({ ok: true, value: bytes });
          expect(sizeBytes().parse(formatSize(bytes))).toBe(bytes);
        },
      ),
    );
  });
});

describe('addresses', () => {
  it.each([
    ['127.0.0.1:8080', { kind: 'tcp', host: '127.0.0.1', port: 8080 }],
    ['8080', { kind: 'tcp', host: '127.0.0.1', port: 8080 }],
    ['0', { kind: 'tcp', host: '127.0.0.1', port: 0 }],
    ['[::1]:443', { kind: 'tcp', host: '::1', port: 443 }],
    ['reviews.shop.svc:9080', { kind: 'tcp', host: 'reviews.shop.svc', port: 9080 }],
    ['my_app:80', { kind: 'tcp', host: 'my_app', port: 80 }],
    ['unix:/run/sidequake/admin.sock', { kind: 'unix', path: '/run/sidequake/admin.sock' }],
    ['unix:relative.sock', { kind: 'unix', path: 'relative.sock' }],
  ] as const)('%s', (text, address) => {
    expect(parseAddress(text)).toEqual({ ok: true, value: address });
    expect(parseAddress(formatAddress(address))).toEqual({ ok: true, value: address });
  });

  it.each([
    ['127.0.0.1', 'is not an address'],
    ['127.0.0.1:', 'is not an address'],
    [':8080', 'is not an address'],
    ['127.0.0.1:70000', 'a port is at most 65535'],
    ['99999', 'a port is at most 65535'],
    ['::1:8080', 'needs brackets'],
    ['::1', 'needs brackets'],
    ['[::1]', 'is not an address'],
    ['[127.0.0.1]:80', 'is not an IPv6 address'],
    ['http://127.0.0.1:80', 'is a URL'],
    ['256.1.1.1:80', 'is not a host name'],
    ['10.1.1:80', 'is not a host name'],
    ['-a:80', 'is not a host name'],
    ['a b:80', 'is not a host name'],
    ['unix:', 'has no path'],
    [`unix:/${'a'.repeat(107)}`, 'has 108 bytes'],
    ['', 'is not an address'],
  ])('%s is refused: %s', (text, message) => {
    expect(messageOf(parseAddress(text))).toContain(message);
  });
});
