import type { ConversationView, ListQuery, MessageView } from '../mail';
import type { OpenCall } from './route';

/**
 * The conversation of an opened message, where its list is by conversation; `undefined` where the
 * server does not say: the message is shown alone. What the page shows unfolded is read by that.
 */
export async function openConversation(
  call: OpenCall,
  query: ListQuery,
  view: MessageView,
): Promise<ConversationView | undefined> {
  const { deps, actor, ctx } = call;
  if (!query.threads) return undefined;
  try {
    const found = await deps.mail.conversation(actor, view);
    readOthers(call, view, found);
    return found;
  } catch (error) {
    deps.log.warn({ err: error, requestId: ctx.id }, 'mail/conversation-failed');
    return undefined;
  }
}

/** Unread ones are unfolded: nobody waits until they are marked. */
function readOthers({ deps, actor, ctx }: OpenCall, { ref }: MessageView, found: ConversationView) {
  const uids = found.messages
    .filter(({ mailbox, row }) => mailbox === ref.mailbox && row.uid !== ref.uid && !row.isSeen)
    .map(({ row }) => row.uid)
    .slice(0, UNFOLDED_MAX);
  if (uids.length === 0) return;
  const on = { mailbox: ref.mailbox, uidValidity: ref.uidValidity, uids };
  deps.mail.flag(actor, on, 'seen', true).catch((error: unknown) => {
    deps.log.debug({ err: error, requestId: ctx.id }, 'mail/conversation-unread');
  });
}

/** Unread messages of a conversation that are unfolded beside the one that is open. */
export const UNFOLDED_MAX = 10;
