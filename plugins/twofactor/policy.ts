import { BlockList, isIP, isIPv6 } from 'node:net';
import type { HookOf } from 'estafette/plugin';
import type { FactorConfig } from './config';

const DAY_MS = 86_400_000;

type Query = Pick<HookOf<'session:challenges'>['query'], 'remote' | 'network' | 'assurance'>;

/** Whether an address is of the ministry's own networks. */
function isInside(ranges: readonly string[], remote: string): boolean {
  // A socket that takes both families writes IPv4 so (RFC 4291 2.5.5.2).
  const mapped = /^::ffff:(\d+\.\d+\.\d+\.\d+)$/i.exec(remote);
  const address = (mapped?.[1] ?? remote).split('%')[0] ?? '';
  if (isIP(address) === 0 || ranges.length === 0) return false;
  const list = new BlockList();
  for (const range of ranges) {
    const [network = '', bits] = range.split('/');
    const family = isIPv6(network) ? 'ipv6' : 'ipv4';
    list.addSubnet(network, Number(bits ?? (family === 'ipv6' ? 128 : 32)), family);
  }
  return list.check(address, isIPv6(address) ? 'ipv6' : 'ipv4');
}

/** The platform draws its own line where the site has one there: it alone decides then. */
export const isFromInside = (
  { insideNetworks }: Pick<FactorConfig, 'insideNetworks'>,
  { remote, network }: Pick<Query, 'remote' | 'network'>,
): boolean => (network === undefined ? isInside(insideNetworks, remote) : network === 'inside');

/** When a second factor is required of somebody; `undefined`: never. */
export function deadlineOf(
  { required, from, graceDays }: FactorConfig,
  requiredSince: string | undefined,
  now: number,
): number | undefined {
  if (!required) return undefined;
  const begins = from === undefined ? Number.NEGATIVE_INFINITY : Date.parse(`${from}T00:00:00Z`);
  const since = requiredSince === undefined ? now : Date.parse(requiredSince);
  return Math.max(begins, since) + graceDays * DAY_MS;
}

/** Whole days left until a deadline, the day under way counted; 0 once it has passed. */
export const daysLeft = (deadline: number, now: number): number =>
  Math.max(Math.ceil((deadline - now) / DAY_MS), 0);

/** Whether the way in is enough by itself, whatever the person has set up. */
export function isExempt(config: FactorConfig, query: Query): boolean {
  if (config.acceptStrongSignIn && query.assurance?.isStrong === true) return true;
  return config.inside === 'skip' && isFromInside(config, query);
}
