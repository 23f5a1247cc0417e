import { AppError } from '../base/errors';
import { OWN_ACCOUNT } from '../base/types';
import {
  createMailbox,
  deleteMailbox,
  type ImapFlow,
  type ListedMailbox,
  personalNamespace,
  renameMailbox,
  setSubscribed,
} from '../imap';
import { deniedError } from '../kernel/denied-error';
import type { Actor } from '../session';
import { checkPath, type MailContext } from './context';
import type { MailboxChange } from './hooks';
import { type MailboxNameProblem, mailboxesBelow, mailboxName } from './mailbox-names';
import { forgetTree, readTree, specialPath } from './tree';
import type { MailboxPlace } from './types';

type Change = Omit<MailboxChange, 'account'>;

/** Numbers that are tried where the Trash has one of that name. */
const SAME_NAME_MAX = 50;

/** Creates a mailbox and subscribes to it. */
export const createOne = (context: MailContext, actor: Actor, path: string): Promise<void> =>
  change(context, actor, { op: 'create', path: checkPath(path) }, (client, { path: name }) =>
    createMailbox(client, name, undefined),
  );

/** Renames or moves a mailbox of the agent's own, with those below it and their subscriptions. */
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
    (client, { path, to: name }) => renameMailbox(client, path, name ?? path),
  );

/** Deletes a mailbox of the agent's own, with what is in it. */
export const deleteOne = (context: MailContext, actor: Actor, path: string): Promise<void> =>
  change(context, actor, { op: 'delete', path: checkPath(path) }, (client, { path: name }) =>
    deleteMailbox(client, name),
  );

/** Creates a mailbox at a place; its path. Throws `mailbox/name`, `mailbox/exists`. */
export async function createAt(
  context: MailContext,
  actor: Actor,
  place: MailboxPlace,
): Promise<string> {
  const path = await pathAt(context, actor, place);
  await createOne(context, actor, path);
  return path;
}

/** Gives a mailbox another name, or another place; its path. Throws `mailbox/name`, `mailbox/exists`. */
export async function placeAt(
  context: MailContext,
  actor: Actor,
  from: string,
  place: MailboxPlace,
): Promise<string> {
  const found = await findListed(context, actor, from);
  const path = await pathAt(context, actor, place, found);
  if (path !== found.path) await renameOne(context, actor, found.path, path);
  return path;
}

/**
 * Takes a mailbox to the Trash with what is below it: where it is then. One that is there already
 * goes for good, and so does everything below it: `undefined`.
 */
export async function discardOne(
  context: MailContext,
  actor: Actor,
  from: string,
): Promise<string | undefined> {
  const found = await findListed(context, actor, from);
  const listed = await readTree(context, actor);
  const trash = await findListed(context, actor, await specialPath(context, actor, 'trash'));
  const { delimiter } = trash;
  if (found.path.startsWith(`${trash.path}${delimiter}`)) {
    for (const { path } of mailboxesBelow(listed, found)) await deleteOne(context, actor, path);
    await deleteOne(context, actor, found.path);
    return undefined;
  }
  const taken = new Set(listed.map(({ path }) => path));
  const inTrash = `${trash.path}${delimiter}${found.name}`;
  const names = Array.from({ length: SAME_NAME_MAX }, (_, at) =>
    at === 0 ? inTrash : `${inTrash} ${at + 1}`,
  );
  const to = names.find((path) => !taken.has(path));
  if (to === undefined) throw new AppError('mailbox/exists');
  await renameOne(context, actor, found.path, to);
  return to;
}

/** Whether programs list a mailbox; no hook tells of it, since nothing of it changes. */
export async function subscribeOne(
  context: MailContext,
  actor: Actor,
  path: string,
  on: boolean,
): Promise<void> {
  const found = await findListed(context, actor, path);
  // What is needed each day does not hide.
  if (found.role !== undefined && !on) throw forbidden();
  try {
    await context.pool.withConnection(context.access(actor), { kind: 'write' }, (client) =>
      setSubscribed(client, found.path, on),
    );
  } finally {
    forgetTree(context, actor);
  }
}

async function findListed(
  context: MailContext,
  actor: Actor,
  path: string,
): Promise<ListedMailbox> {
  const wanted = checkPath(path);
  const at = (listed: readonly ListedMailbox[]) => listed.find((one) => one.path === wanted);
  const found = at(await readTree(context, actor)) ?? at(await readTree(context, actor, true));
  if (!found) throw new AppError('mailbox/not-found');
  return found;
}

const wrong = (problem: MailboxNameProblem): AppError =>
  new AppError('mailbox/name', { details: { problem } });

/** The path of a place; `moving` cannot go into itself. */
async function pathAt(
  context: MailContext,
  actor: Actor,
  { parent, name: typed }: MailboxPlace,
  moving?: ListedMailbox,
): Promise<string> {
  const above = parent === '' ? undefined : await findListed(context, actor, parent);
  const { prefix, delimiter } = above
    ? { prefix: `${above.path}${above.delimiter}`, delimiter: above.delimiter }
    : await context.pool.withConnection(
        context.access(actor),
        { kind: 'read' },
        async (client: ImapFlow) => personalNamespace(client),
      );
  const named = mailboxName(typed, delimiter);
  if ('problem' in named) throw wrong(named.problem);
  const path = `${prefix}${named.name}`;
  const isInside = moving && `${path}${delimiter}`.startsWith(`${moving.path}${delimiter}`);
  if (isInside && path !== moving.path) throw wrong('inside');
  return checkPath(path);
}

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

const forbidden = (): AppError => new AppError('mailbox/forbidden', { textKey: 'error.forbidden' });

/** Without Sent or Trash the product would make them anew, empty: surely not what was meant. */
async function refuseSpecial(context: MailContext, actor: Actor, path: string): Promise<void> {
  const found = (await readTree(context, actor, true)).find((one) => one.path === path);
  if (!found) throw new AppError('mailbox/not-found');
  if (found.role !== undefined) throw forbidden();
}
