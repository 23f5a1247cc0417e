import { formatAddress } from '../mime';
import type { DraftFields } from './types';

type Wishes = Pick<DraftFields, 'priority' | 'receipt'>;

const PRIORITY = {
  high: { Importance: 'high', 'X-Priority': '1', Priority: 'urgent' },
  low: { Importance: 'low', 'X-Priority': '5', Priority: 'non-urgent' },
} as const;

/**
 * Header fields of what a sender wishes: importance as Outlook, Thunderbird and X.400 gateways read it
 * (RFC 2156 2, RFC 4021 2.1), and a notification of reading to the address that writes (RFC 8098 2.1).
 */
export const wishHeaders = (
  { priority, receipt }: Wishes,
  from: { readonly mail: string },
): Readonly<Record<string, string>> => ({
  ...(priority && PRIORITY[priority]),
  ...(receipt === true && {
    'Disposition-Notification-To': formatAddress({ name: '', mail: from.mail }),
  }),
});

/** The same, read from a draft that another program, or this one, left on the server. */
export function wishesIn(headers: ReadonlyMap<string, string>): Wishes {
  const importance = headers.get('importance')?.toLowerCase();
  const number = headers.get('x-priority')?.[0];
  const isHigh = importance === 'high' || number === '1' || number === '2';
  const isLow = importance === 'low' || number === '4' || number === '5';
  return {
    ...(isHigh ? { priority: 'high' as const } : isLow ? { priority: 'low' as const } : {}),
    ...(headers.has('disposition-notification-to') && { receipt: true }),
  };
}
