import { OWN_ACCOUNT, type Uid } from '../../base/types';
import { chunks, fetchMessages, formatSet, searchUids, toUid } from '../../imap';
import type { Actor } from '../../session';
import { checkPath, type MailContext } from '../context';
import { onMailbox } from '../on-mailbox';
import { readSection } from '../stream';
import { mboxBytes, mboxHead } from './write';

const HEADS = 100; // of messages whose flags are read at once
const QUERY = { uid: true, flags: true, internalDate: true, envelope: true } as const;

/**
 * A mailbox as an mbox file (RFC 4155, mboxrd), oldest first: read while it is sent, one message at a
 * time, and no connection is kept between two. What arrives meanwhile is not in it, nor what went away.
 */
export async function exportMailbox(
  context: MailContext,
  actor: Actor,
  mailbox: string,
): Promise<{ readonly count: number; readonly pieces: AsyncGenerator<Buffer> }> {
  const path = checkPath(mailbox);
  const asked = { mailbox: path, criteria: {} };
  const { uids, uidValidity } = await onMailbox(context, actor, asked, async ({ box }) => {
    const found = await searchUids(box.client, [{ type: 'ATOM', value: 'ALL' }]);
    return { uids: [...found].map(toUid), uidValidity: box.uidValidity };
  });
  return { count: uids.length, pieces: pieces() };

  async function* pieces(): AsyncGenerator<Buffer> {
    for (const some of chunks(uids, HEADS)) {
      const heads = await headsOf(some);
      for (const uid of some) {
        const head = heads.get(uid);
        if (!head) continue;
        yield Buffer.from(mboxHead(head), 'latin1');
        const ref = { account: OWN_ACCOUNT, mailbox: path, uidValidity, uid };
        yield* mboxBytes(readSection(context, actor, ref, ''));
      }
    }
  }

  function headsOf(some: readonly Uid[]) {
    return onMailbox(context, actor, asked, async ({ box }) => {
      const messages = await fetchMessages(box.client, formatSet(some), QUERY);
      return new Map(
        messages.map(({ uid, flags, internalDate, envelope }) => [
          uid as Uid,
          {
            sender: envelope?.from?.[0]?.address ?? '',
            arrivedAt: new Date(internalDate ?? 0).getTime(),
            flags: [...(flags ?? [])],
          },
        ]),
      );
    });
  }
}
