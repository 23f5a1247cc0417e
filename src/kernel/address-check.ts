import { BlockList, isIP, isIPv4 } from 'node:net';
import { ipv6Groups } from '../base/addresses';

/** IPv4 ranges that are not public unicast (IANA special-purpose registry, RFC 6890). */
const SPECIAL_V4: readonly (readonly [string, number])[] = [
  ['0.0.0.0', 8], // this network; Linux takes 0.0.0.0 as itself
  ['10.0.0.0', 8],
  ['100.64.0.0', 10], // carrier-grade NAT (RFC 6598), also cloud metadata
  ['127.0.0.0', 8],
  ['169.254.0.0', 16], // link-local, cloud metadata
  ['172.16.0.0', 12],
  ['192.0.0.0', 24],
  ['192.0.2.0', 24],
  ['192.31.196.0', 24],
  ['192.52.193.0', 24],
  ['192.88.99.0', 24], // 6to4 relays
  ['192.168.0.0', 16],
  ['192.175.48.0', 24],
  ['198.18.0.0', 15], // benchmarks
  ['198.51.100.0', 24],
  ['203.0.113.0', 24],
  ['224.0.0.0', 4], // multicast
  ['240.0.0.0', 4], // reserved and broadcast
];

/** Within 2000::/3, the only block given out as public unicast, what is special again. */
const SPECIAL_V6: readonly (readonly [string, number])[] = [
  ['2001::', 23], // protocol assignments: Teredo, ORCHID, benchmarks
  ['2001:db8::', 32],
  ['2002::', 16], // 6to4 (deprecated by RFC 7526) hides an IPv4 address
  ['2620:4f:8000::', 48],
  ['3ffe::', 16], // returned 6bone
  ['3fff::', 20],
];

const special = new BlockList();
for (const [net, prefix] of SPECIAL_V4) special.addSubnet(net, prefix, 'ipv4');
for (const [net, prefix] of SPECIAL_V6) special.addSubnet(net, prefix, 'ipv6');

/**
 * Whether an address, as a resolver or socket gives it, is public unicast. Everything that is not
 * a well-formed address is not.
 */
export function isPublicAddress(address: string): boolean {
  if (address.includes('%')) return false; // a zone only exists on link-local addresses
  if (isIPv4(address)) return !special.check(address, 'ipv4');
  if (isIP(address) !== 6) return false;
  const groups = ipv6Groups(address);
  const embedded = embeddedIpv4(groups);
  if (embedded !== undefined) return !special.check(embedded, 'ipv4');
  const isGlobalUnicast = ((groups[0] ?? 0) & 0xe000) === 0x2000;
  return isGlobalUnicast && !special.check(address, 'ipv6');
}

/** The IPv4 address behind a mapped (::ffff:0:0/96) or NAT64 (64:ff9b::/96, RFC 6052) address. */
function embeddedIpv4(groups: readonly number[]): string | undefined {
  const prefix = groups.slice(0, 6).join(':');
  const isMapped = prefix === `0:0:0:0:0:${0xffff}`;
  const isNat64 = prefix === `${0x64}:${0xff9b}:0:0:0:0`;
  if (!isMapped && !isNat64) return undefined;
  const [high = 0, low = 0] = groups.slice(6);
  return [high >> 8, high & 0xff, low >> 8, low & 0xff].join('.');
}
