import { BlockList, isIP, isIPv6 } from 'node:net';

/**
 * An address without its zone, and as IPv4 where a socket that takes both families writes it inside
 * IPv6 (RFC 4291 2.5.5.2).
 */
export const plainAddress = (remote: string): string =>
  /^::ffff:(\d+\.\d+\.\d+\.\d+)$/i.exec(remote)?.[1] ?? remote.split('%')[0] ?? '';

/** The eight groups of a valid IPv6 address without a zone, in whatever spelling. */
export function ipv6Groups(address: string): readonly number[] {
  const [head = '', tail] = address.split('::');
  const before = groupsIn(head);
  if (tail === undefined) return before;
  const after = groupsIn(tail);
  return [...before, ...new Array<number>(8 - before.length - after.length).fill(0), ...after];
}

/** The last part may be an IPv4 address, which is two groups (RFC 4291 2.2). */
const groupsIn = (part: string): readonly number[] =>
  part === ''
    ? []
    : part.split(':').flatMap((group) => {
        if (!group.includes('.')) return [Number.parseInt(group, 16)];
        const [a = 0, b = 0, c = 0, d = 0] = group.split('.').map(Number);
        return [(a << 8) | b, (c << 8) | d];
      });

/** Whether a text is an address or a CIDR range, as {@link blockListOf} takes them. */
export function isRange(text: string): boolean {
  const [address = '', bits, ...rest] = text.split('/');
  const family = isIP(address);
  if (family === 0 || rest.length > 0) return false;
  if (bits === undefined) return true;
  return /^\d{1,3}$/.test(bits) && Number(bits) <= (family === 4 ? 32 : 128);
}

/** What holds addresses of the given ranges: `10.0.0.0/8`, `2001:db8::/32`, one address. */
export function blockListOf(ranges: readonly string[]): BlockList {
  const list = new BlockList();
  for (const range of ranges) {
    const [address = '', bits] = range.split('/');
    const family = isIPv6(address) ? 'ipv6' : 'ipv4';
    list.addSubnet(address, Number(bits ?? (family === 'ipv6' ? 128 : 32)), family);
  }
  return list;
}

/** Whether a client address is in a list; what is no address is in none. */
export function isListed(list: BlockList, remote: string): boolean {
  const address = plainAddress(remote);
  const family = isIP(address);
  return family !== 0 && list.check(address, family === 6 ? 'ipv6' : 'ipv4');
}

const LOOPBACK = blockListOf(['127.0.0.0/8', '::1']);

/** Whether a host, of a URL or to listen on, is this machine and can only be reached from it. */
export const isLoopback = (host: string): boolean =>
  host === 'localhost' ||
  host.endsWith('.localhost') ||
  isListed(LOOPBACK, host.replace(/^\[|\]$/g, ''));
