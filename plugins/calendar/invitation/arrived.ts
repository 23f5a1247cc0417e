import type { HandlerScope, PluginMessageRef } from 'estafette/plugin';
import type { Context } from '../pages/common';
import { addressesOf } from '../people/own';
import { mailOf } from '../planning/known';
import { openMessage } from './look';
import { calendarPart, readPart, senderOf } from './message';

/** Of one batch: the others say so when they are opened. */
const READ_MAX = 10;

/**
 * What came while somebody is there is taken over as when they open it: answers to their invitations,
 * and what changed of meetings that they have. A message that cannot be read is left to its page.
 */
export async function messagesArrived(
  context: Context,
  { mailbox, uids }: { readonly mailbox: string; readonly uids: readonly number[] },
  { site, as }: Pick<HandlerScope, 'site' | 'as'>,
): Promise<void> {
  if (!as || mailbox !== 'INBOX') return;
  const mail = await mailOf((name) => context.db.table(name), site, as.user);
  // Who has never opened their calendars has no meeting to change.
  if (mail === undefined) return;
  const { mails } = await addressesOf(context, as, mail);
  const wanted = new Set(uids);
  const { rows, uidValidity } = await context.mail(as).rows({ mailbox, sort: 'arrival' });
  const invitations = rows.filter(({ uid, hasInvitation }) => hasInvitation && wanted.has(uid));
  for (const { uid } of invitations.slice(0, READ_MAX)) {
    const ref: PluginMessageRef = { mailbox, uidValidity, uid };
    const { attachments, from } = await context.mail(as).message(ref);
    const part = calendarPart(attachments);
    const text = part === undefined ? undefined : await readPart(context, as, { ref, part });
    if (text === undefined) continue;
    const person = { site, user: as.user, mail, mails, as };
    const sender = await senderOf(context, as, ref, from[0]?.mail ?? '');
    await openMessage({ context, person }, { text, sender });
  }
}
