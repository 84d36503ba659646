import * as fc from 'fast-check';
import { BlockList, isIPv4 } from 'node:net';
import { describe, expect, it } from 'vitest';
import { checkCidr, Cidr, parseAddress } from '../../../proxy/route/cidr.ts';

describe('a CIDR block', () => {
  it.each([
    ['10.244.0.0/16', '10.244.255.1', true],
    ['10.244.0.0/16', '10.245.0.1', false],
    ['10.244.0.0/16', '::ffff:10.244.3.4', true],
    ['10.244.0.0/16', '::ffff:af4:304', true],
    ['10.244.3.4', '10.244.3.4', true],
    ['10.244.3.4', '10.244.3.5', false],
    ['0.0.0.0/0', '1.2.3.4', true],
    ['0.0.0.0/0', 'fd00::1', false],
    ['::/0', '1.2.3.4', true],
    ['fd00::/8', 'fdff::1', true],
    ['fd00::/8', 'fe80::1', false],
    ['fe80::/10', 'fe80::1%eth0', true],
    ['::1', '::1', true],
    ['::ffff:10.0.0.0/104', '10.1.2.3', true],
    ['10.0.0.0/31', '10.0.0.1', true],
    ['10.0.0.0/31', '10.0.0.2', false],
    ['10.0.0.0/8', '', false],
    ['10.0.0.0/8', '/run/app.sock', false],
  ])('%s contains %s: %s', (block, address, contains) => {
    expect(checkCidr(block)).toBeNull();
    expect(new Cidr(block).contains(address)).toBe(contains);
  });

  it('does not confuse one address with the one before', () => {
    const block = new Cidr('10.0.0.0/8');
    expect(['10.0.0.1', '11.0.0.1', '10.0.0.1', '', '10.0.0.1'].map((address) => block.contains(address))).toEqual([
      true,
      false,
      true,
      false,
      true,
    ]);
  });

  it.each([
    ['10.0.0.0/33', '0 to 32'],
    ['fd00::/129', '0 to 128'],
    ['10.0.0.0/', 'prefix length'],
    ['10.0.0.0/08', 'prefix length'],
    ['10.0.0.1/8', 'behind its prefix'],
    ['10.0.0', 'not an address'],
    ['010.0.0.1', 'not an address'],
    ['10.0.0.256', 'not an address'],
    ['fd00::1::2', 'not an address'],
    ['1:2:3:4:5:6:7', 'not an address'],
    ['1:2:3:4:5:6:7:8:9', 'not an address'],
    ['12345::', 'not an address'],
    ['fe80::1%eth0/64', 'not an address'],
    ['reviews.shop', 'not an address'],
    ['', 'not an address'],
  ])('refuses %j', (text, reason) => {
    expect(checkCidr(text)).toContain(reason);
    expect(() => new Cidr(text)).toThrow(reason);
  });

  it("agrees with Node's own block list", () => {
    const address = fc.oneof(fc.ipV4(), fc.ipV6());
    fc.assert(
      fc.property(address, address, fc.nat({ max: 128 }), fc.boolean(), (base, other, length, near) => {
        const family = isIPv4(base) ? 'ipv4' : 'ipv6';
        const prefix = family === 'ipv4' ? length % 33 : length;
        const tested = near ? base : other;
        // Node compares within one family and mapped addresses; across families we only claim the mapped ones.
        if (isIPv4(tested) !== isIPv4(base)) return;
        const list = new BlockList();
        list.addSubnet(base, prefix, family);
        const block = `${networkOf(base, prefix)}/${prefix}`;
        expect(checkCidr(block)).toBeNull();
        expect(new Cidr(block).contains(tested)).toBe(list.check(tested, family));
      }),
      { numRuns: 2000 },
    );
  });
});

/** The address with all bits behind the prefix cleared. */
function networkOf(address: string, prefix: number): string {
  const v4 = isIPv4(address);
  const bytes = [...(parseAddress(address) ?? [])].map((byte, i) => {
    const kept = Math.min(8, Math.max(0, prefix + (v4 ? 96 : 0) - i * 8));
    return byte & (0xff00 >> kept) & 0xff;
  });
  if (v4) return bytes.slice(12).join('.');
  return Array.from({ length: 8 }, (_, i) => (((bytes[2 * i] ?? 0) << 8) | (bytes[2 * i + 1] ?? 0)).toString(16)).join(
    ':',
  );
}
