import type { Address, MessageView } from '../mail/types';
import { formatAddress } from '../mime';
import type { ComposeMode, Identity } from './types';

/** An address field as typed: what the form shows and `parseAddressList` reads back. */
export const addressField = (addresses: readonly Address[]): string =>
  addresses.map(formatAddress).join(', ');

const keyOf = ({ mail }: Address): string => mail.toLowerCase();

/** Without repeats, and without those of `except`. */
function without(addresses: readonly Address[], except: ReadonlySet<string>): readonly Address[] {
  const seen = new Set(except);
  return addresses.filter((address) => {
    const isNew = !seen.has(keyOf(address));
    seen.add(keyOf(address));
    return isNew;
  });
}

/**
 * Who an answer goes to (RFC 5322 3.6.3): Reply-To before From; for everybody, the others of To
 * and Cc as well, one's own addresses removed. An answer to one's own message goes where that
 * message went. Mailing-list headers change nothing: a list that wants answers sets Reply-To.
 */
export function replyRecipients(
  original: Pick<MessageView, 'from' | 'replyTo' | 'to' | 'cc'>,
  mode: Extract<ComposeMode, 'reply' | 'reply-all'>,
  identities: readonly Identity[],
): { readonly to: readonly Address[]; readonly cc: readonly Address[] } {
  const own = new Set(identities.map(keyOf));
  const isOwn = original.from.length > 0 && original.from.every((from) => own.has(keyOf(from)));
  const author = original.replyTo.length > 0 ? original.replyTo : original.from;
  const target = isOwn ? original.to : author;
  const toOthers = without(target, own);
  // Writing to oneself is the only case without others.
  const to = toOthers.length > 0 ? toOthers : without(target, new Set());
  if (mode === 'reply') return { to, cc: [] };
  const addressed = new Set([...own, ...to.map(keyOf)]);
  return { to, cc: without([...(isOwn ? [] : original.to), ...original.cc], addressed) };
}
