import type { ActionResult, Selection } from '../mail';
import { formatUids } from '../mail';
import type { FlashNote } from './flash';
import { mailboxHref } from './links';
import type { OpenCall } from './route';
import { sealUndo } from './undo-seal';

/** The form that takes a move back; none where the server did not say where its messages are now. */
export function undoForm(
  { deps, actor }: Pick<OpenCall, 'deps' | 'actor'>,
  from: Pick<Selection, 'mailbox'>,
  { moved }: ActionResult,
  back: string,
): FlashNote['undo'] {
  if (moved?.uidValidity === undefined || moved.uids.length === 0) return undefined;
  const selection = { mailbox: moved.mailbox, uidValidity: moved.uidValidity, uids: moved.uids };
  const to = from.mailbox;
  return {
    action: `${mailboxHref('me', moved.mailbox)}/actions/move`,
    fields: [
      { name: 'undo', value: sealUndo(deps, { user: actor.user.id, selection, to }) },
      { name: 'to', value: to },
      { name: 'uidvalidity', value: String(moved.uidValidity) },
      { name: 'back', value: back },
      // As ranges: a note is a cookie, which holds no thousand numbers.
      { name: 'uids', value: formatUids(moved.uids) },
    ],
  };
}
