import type { Translate } from '../kernel/i18n-types';
import {
  type Account,
  type Conversation,
  type ConversationView,
  isOutside,
  type Row,
} from '../mail';
import type { Actor } from '../session';
import { findMailbox, mailboxLabel } from './folders';
import { messageHref, withQuery } from './links';
import { UNFOLDED_MAX } from './open-conversation';
import type { ConversationItem, ConversationModel } from './pages/conversation';
import { isSelf } from './people';

const NAMES_MAX = 4;

const nameOf = (actor: Actor, { from }: Row, t: Translate): string => {
  const [first] = from;
  if (!first) return t('mail.nobody');
  if (isSelf(actor, first.mail)) return t('message.me');
  return first.name === '' ? first.mail : first.name;
};

/** Who takes part, in the order in which they wrote: « Odile Tramontane, moi, Mathis Regain ». */
export function participants(
  actor: Actor,
  rows: readonly Row[],
  t: Translate,
): { readonly short: string; readonly all: string } {
  const names = [...new Set(rows.toReversed().map((row) => nameOf(actor, row, t)))];
  const all = names.join(', ');
  if (names.length <= NAMES_MAX) return { short: all, all };
  const short = [...names.slice(0, 1), '…', ...names.slice(-2)].join(', ');
  return { short, all };
}

/** One line for a conversation: its newest message, with what is true of any of them. */
export function mergedRow(head: Row, { rows }: Conversation): Row {
  const any = (is: (row: Row) => boolean): boolean => rows.some(is);
  return {
    ...head,
    isSeen: rows.every(({ isSeen }) => isSeen),
    isFlagged: any(({ isFlagged }) => isFlagged),
    hasAttachment: any(({ hasAttachment }) => hasAttachment),
    hasInvitation: any(({ hasInvitation }) => hasInvitation),
    keywords: [...new Set(rows.flatMap(({ keywords }) => keywords))],
    sizeBytes: rows.reduce((sum, { sizeBytes }) => sum + sizeBytes, 0),
  };
}

export interface ConversationInput {
  readonly actor: Actor;
  readonly account: Account;
  readonly found: ConversationView;
  readonly opened: { readonly mailbox: string; readonly uid: number };
  /** Query of the list, with `threads=1`. */
  readonly params: Readonly<Record<string, string | undefined>>;
  /** All were asked for. */
  readonly isUnfolded: boolean;
  readonly t: Translate;
}

/** A conversation around the message that is open; `undefined` where that is all of it. */
export function conversationModel(input: ConversationInput): ConversationModel | undefined {
  const { found, opened, account, t, params } = input;
  if (found.messages.length < 2) return undefined;
  let unfolded = 0;
  const items = found.messages.map(({ mailbox, uidValidity, row }): ConversationItem => {
    const isOpen = mailbox === opened.mailbox && row.uid === opened.uid;
    const isUnfolded = !isOpen && (input.isUnfolded || (!row.isSeen && unfolded++ < UNFOLDED_MAX));
    const path = messageHref(account.id, mailbox, row.uid);
    const there = findMailbox(account.mailboxes, mailbox);
    const [from] = row.from;
    const compose = (mode: string): string =>
      withQuery('/compose', { [mode]: `${mailbox}/${row.uid}`, uidvalidity: uidValidity });
    return {
      id: `talk-${uidValidity}-${row.uid}`,
      uid: row.uid,
      mailbox,
      isHere: mailbox === opened.mailbox,
      isOpen,
      isUnfolded,
      isSeen: row.isSeen,
      isFlagged: row.isFlagged,
      isDraft: row.isDraft,
      hasAttachment: row.hasAttachment,
      isOutside: from !== undefined && isOutside(input.actor.site, from.mail),
      who: nameOf(input.actor, row, t),
      mail: from?.mail ?? '',
      folder: mailbox === opened.mailbox ? undefined : there ? mailboxLabel(there, t) : mailbox,
      date: row.date,
      href:
        mailbox === opened.mailbox ? withQuery(path, params) : withQuery(path, { threads: '1' }),
      aloneHref: withQuery(path, { threads: '0' }),
      bodyHref: withQuery(`${path}/body`, { images: '0', uidvalidity: uidValidity }),
      bodyTitle: t('message.bodyTitle', { subject: row.subject }),
      replyHref: compose('reply'),
    };
  });
  const here = items.filter(({ isHere }) => isHere).length;
  const self = withQuery(messageHref(account.id, opened.mailbox, opened.uid), params);
  return {
    count: items.length,
    here,
    items,
    more: found.more,
    isPartial: found.isPartial,
    unfoldHref: input.isUnfolded ? undefined : `${self}&unfold=all`,
    foldHref: input.isUnfolded ? self : undefined,
  };
}
