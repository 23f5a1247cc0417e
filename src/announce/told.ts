import type { Mailbox } from '../mail';
import type { MailboxMarks } from '../settings';

/** Whether devices tell of what comes into a mailbox: the inbox, unless its agent chose otherwise. */
export const isTold = (
  marks: MailboxMarks,
  { path, specialUse }: Pick<Mailbox, 'path' | 'specialUse'>,
): boolean => marks.get(path)?.notices ?? specialUse === 'inbox';
