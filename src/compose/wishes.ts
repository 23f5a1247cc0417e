import { formatAddress } from '../mime';
import type { DraftFields } from './types';

type Wishes = Pick<DraftFields, 'priority' | 'receipt' | 'report' | 'language'>;

/** On drafts alone: what is asked of mail servers is in no header of the message. */
const REPORT_HEADER = 'X-Estafette-Report';

const PRIORITY = {
  high: { Importance: 'high', 'X-Priority': '1', Priority: 'urgent' },
  low: { Importance: 'low', 'X-Priority': '5', Priority: 'non-urgent' },
} as const;

/**
 * Header fields of what a sender wishes: importance as Outlook, Thunderbird and X.400 gateways read it
 * (RFC 2156 2, RFC 4021 2.1), and a notification of reading to the address that writes (RFC 8098 2.1).
 */
export const wishHeaders = (
  { priority, receipt, language }: Wishes,
  from: { readonly mail: string },
): Readonly<Record<string, string>> => ({
  ...(priority && PRIORITY[priority]),
  ...(language !== undefined && { 'Content-Language': language }),
  ...(receipt === true && {
    'Disposition-Notification-To': formatAddress({ name: '', mail: from.mail }),
  }),
});

/** What a draft remembers beside them. */
export const draftWishHeaders = ({ report }: Wishes): Readonly<Record<string, string>> =>
  report === true ? { [REPORT_HEADER]: 'delivery' } : {};

/** The same, read from a draft that another program, or this one, left on the server. */
export function wishesIn(headers: ReadonlyMap<string, string>): Wishes {
  const importance = headers.get('importance')?.toLowerCase();
  const number = headers.get('x-priority')?.[0];
  const isHigh = importance === 'high' || number === '1' || number === '2';
  const isLow = importance === 'low' || number === '4' || number === '5';
  return {
    ...(isHigh ? { priority: 'high' as const } : isLow ? { priority: 'low' as const } : {}),
    ...(headers.has('disposition-notification-to') && { receipt: true }),
    ...(headers.has(REPORT_HEADER.toLowerCase()) && { report: true }),
    ...languageIn(headers.get('content-language')),
  };
}

function languageIn(value: string | undefined): Pick<Wishes, 'language'> {
  const tag = value?.trim() ?? '';
  return /^[a-z]{2,3}(?:-[A-Z]{2})?$/.test(tag) ? { language: tag } : {};
}
