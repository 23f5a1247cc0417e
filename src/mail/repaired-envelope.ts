import type { FetchMessageObject } from '../imap';
import { firstHeader, type HeaderBlock, parseAddressList } from '../mime';

export type Envelope = NonNullable<FetchMessageObject['envelope']>;

/** What is read of the header when {@link isBroken}. */
export const REPAIR_HEADERS = ['subject', 'from'];

const isLost = (text: string | undefined): boolean => text?.includes('\ufffd') === true;

/** Raw 8-bit headers (against RFC 5322, common in old and public mail) lose letters in an ENVELOPE. */
export const isBroken = ({ subject, from }: Envelope = {}): boolean =>
  isLost(subject) || from?.some(({ name }) => isLost(name)) === true;

/** The envelope with what it lost read from the header's own bytes; as hostile as before. */
export function repairedEnvelope(envelope: Envelope, headers: HeaderBlock): Envelope {
  if (!isBroken(envelope)) return envelope;
  const subject = isLost(envelope.subject) ? firstHeader(headers, 'subject') : undefined;
  const from = envelope.from?.some(({ name }) => isLost(name)) ? sendersOf(headers) : [];
  return {
    ...envelope,
    ...(subject !== undefined && { subject }),
    ...(from.length > 0 && { from }),
  };
}

const sendersOf = (headers: HeaderBlock): NonNullable<Envelope['from']> =>
  parseAddressList(firstHeader(headers, 'from') ?? '').addresses.map(({ name, mail }) => ({
    name,
    address: mail,
  }));
