import type { ListedMailbox } from '../imap';

/** Longer ones are cut by screens, and refused by some servers. */
export const MAILBOX_NAME_MAX = 100;

/** What is wrong with a name that somebody typed. */
export type MailboxNameProblem = 'empty' | 'long' | 'characters' | 'inside';

/**
 * A name as it is written: composed (NFC), without spaces around. The delimiter would make levels,
 * `*` and `%` are patterns (RFC 9051 6.3.9), and control characters are in no name.
 */
export function mailboxName(
  typed: string,
  delimiter: string,
): { readonly name: string } | { readonly problem: MailboxNameProblem } {
  const name = typed.normalize('NFC').replace(/\s+/gu, ' ').trim();
  if (name === '') return { problem: 'empty' };
  if (name.length > MAILBOX_NAME_MAX) return { problem: 'long' };
  const isReserved = /[\p{Cc}\p{Cf}*%\\/]/u.test(name) || /^[#~]/.test(name);
  if (isReserved || (delimiter !== '' && name.includes(delimiter)))
    return { problem: 'characters' };
  return { name };
}

/** The mailboxes below one, the deepest first. */
export const mailboxesBelow = (
  listed: readonly ListedMailbox[],
  { path, delimiter }: Pick<ListedMailbox, 'path' | 'delimiter'>,
): readonly ListedMailbox[] =>
  listed
    .filter((one) => delimiter !== '' && one.path.startsWith(`${path}${delimiter}`))
    .sort((a, b) => b.path.split(delimiter).length - a.path.split(delimiter).length);
