import type { Actor } from '../session/types';
import { type ComposeContext, ownerOf } from './context';
import { deleteDraft, findDraft, listAttachments } from './draft-store';
import { deleteOutbox, findOutbox } from './outbox-store';
import { soon } from './patience';
import { removeServerCopy } from './server-copy';
import { refuseWhileSending } from './view';

/**
 * Deletes a draft everywhere; a mail server that does not answer keeps its copy, which is told in
 * the log. One that is not there is what was asked for: never saved, or discarded by another click.
 * Another agent's is as unknown, and stays.
 */
export async function discardDraft(
  context: ComposeContext,
  actor: Actor,
  id: string,
): Promise<void> {
  const draft = await findDraft(context.db.knex, ownerOf(actor), id);
  if (!draft) return;
  const attachments = (await listAttachments(context.db.knex, [id])).get(id) ?? [];
  const spool = await context.db.transaction(async (trx) => {
    await refuseWhileSending(trx, ownerOf(actor), id);
    const row = await findOutbox(trx, ownerOf(actor), id);
    if (row) await deleteOutbox(trx, { draft: id, state: row.state });
    await deleteDraft(trx, id);
    return row?.job?.spool;
  });
  await context.files.removeDraft(draft.site, id);
  if (spool) await context.files.removeSpool(draft.site, spool);
  if (attachments.length > 0) {
    const ids = attachments.map((attachment) => attachment.id);
    await context.hooks.action(actor.scope, 'attachment:discarded', { ids, user: actor.user.id });
  }
  const copy = draft.serverCopy;
  if (!copy) return;
  const removal = context.inTurn(id, () => removeServerCopy(context, actor, copy));
  await soon(context.clock, removal, undefined, (err) => {
    context.log.warn({ err }, 'draft/server-copy-kept');
  });
}
