import { AppError } from '../base/errors';
import { OWN_ACCOUNT } from '../base/types';
import { createMailbox, type ImapFlow } from '../imap';
import { deniedError } from '../kernel/denied-error';
import type { Actor } from '../session';
import { checkPath, type MailContext } from './context';
import type { MailboxChange } from './hooks';
import { forgetTree, readTree } from './tree';

type Change = Omit<MailboxChange, 'account'>;

/** Creates a mailbox and subscribes to it. */
export const createOne = (context: MailContext, actor: Actor, path: string): Promise<void> =>
  change(context, actor, { op: 'create', path: checkPath(path) }, (client, { path: name }) =>
    createMailbox(client, name, undefined),
  );

/** Renames or moves a mailbox of the agent's own. */
export const renameOne = (
  context: MailContext,
  actor: Actor,
  from: string,
  to: string,
): Promise<void> =>
  change(
    context,
    actor,
    { op: 'rename', path: checkPath(from), to: checkPath(to) },
    async (client, { path, to: name }) => {
      await client.mailboxRename(path, name ?? path);
    },
  );

/** Deletes a mailbox of the agent's own, with what is in it. */
export const deleteOne = (context: MailContext, actor: Actor, path: string): Promise<void> =>
  change(
    context,
    actor,
    { op: 'delete', path: checkPath(path) },
    async (client, { path: name }) => {
      await client.mailboxDelete(name);
    },
  );

async function change(
  context: MailContext,
  actor: Actor,
  wanted: Change,
  run: (client: ImapFlow, wanted: Change) => Promise<void>,
): Promise<void> {
  const event: MailboxChange = { account: OWN_ACCOUNT, ...wanted };
  if (wanted.op !== 'create') await refuseSpecial(context, actor, wanted.path);
  const [denial] = await context.hooks.guard(actor.scope, 'mailbox:changing', event);
  if (denial) throw deniedError(denial);
  const access = context.access(actor);
  try {
    await context.pool.withConnection(access, { kind: 'write' }, (client) => run(client, wanted));
  } finally {
    forgetTree(context, actor);
  }
  void context.hooks.action(actor.scope, 'mailbox:changed', event);
}

/** Without Sent or Trash the product would make them anew, empty: surely not what was meant. */
async function refuseSpecial(context: MailContext, actor: Actor, path: string): Promise<void> {
  const found = (await readTree(context, actor, true)).find((one) => one.path === path);
  if (!found) throw new AppError('mailbox/not-found');
  if (found.role === undefined) return;
  throw new AppError('mailbox/forbidden', { textKey: 'error.forbidden' });
}
