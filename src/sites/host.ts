import { isIPv4, isIPv6 } from 'node:net';

/** RFC 1035 2.3.4 allows 255 octets; brackets and a port come on top. */
const HEADER_MAX = 270;
const NAME = /^[a-z0-9_](?:[a-z0-9_-]*[a-z0-9_])?(?:\.[a-z0-9_](?:[a-z0-9_-]*[a-z0-9_])?)*$/;

/**
 * The host of a Host header (RFC 9110 7.2) in the one form that sites are compared in: lower case,
 * without port or trailing dot, IPv6 in brackets and shortened. `undefined` for anything that is
 * not exactly a host: user names, lists, spaces and percent signs are attempts, not hosts.
 */
export function normalizeHost(header: string | undefined): string | undefined {
  if (header === undefined || header.length > HEADER_MAX) return undefined;
  const match = /^(\[[0-9A-Fa-f:.]+\]|[^:[\]]+)(?::(\d{1,5}))?$/.exec(header);
  const [, host = '', port] = match ?? [];
  if (!match || (port !== undefined && Number(port) > 65_535)) return undefined;
  if (host.startsWith('[')) return normalizeIPv6(host.slice(1, -1));
  const name = host.toLowerCase().replace(/\.$/, '');
  if (isIPv4(name)) return name;
  return name.length <= 253 && NAME.test(name) ? name : undefined;
}

function normalizeIPv6(address: string): string | undefined {
  // The WHATWG parser writes each address in one way only (RFC 5952).
  return isIPv6(address) ? new URL(`http://[${address}]/`).hostname : undefined;
}
