import { AppError } from '../base/errors';
import { OWN_ACCOUNT, type Uid } from '../base/types';
import {
  type Copied,
  chunks,
  copyUids,
  expungeUids,
  moveUids,
  type OpenMailbox,
  SILENCE_MS,
  searchUids,
  storeFlags,
  toUid,
  whileHeard,
} from '../imap';
import { deniedError } from '../kernel/denied-error';
import type { Actor } from '../session';
import { boxKey } from './box-key';
import { accountKey, checkMessages, checkPath, checkValidity, type MailContext } from './context';
import type { MessageChange } from './hooks';
import { isKeyword, isLabelKeyword } from './labels';
import { applyFlags, forgetUids } from './order-cache';
import { rememberPlaced } from './placed';
import { forgetTree, readRoles, specialPath, treeKey } from './tree';
import type { ActionResult, FlagName, Selection, SpecialUse } from './types';

// Commands of this many uids finish well inside a deadline and fit every server's line limit.
const CHUNK = 500;
const ACTION_MS = 30_000; // moving ten thousand messages copies files on some servers

const FLAGS: Readonly<Record<FlagName, string>> = {
  seen: '\\Seen',
  flagged: '\\Flagged',
  answered: '\\Answered',
  deleted: '\\Deleted',
  forwarded: '$Forwarded', // RFC 5788
};

/** Adds or removes one flag. */
export async function flagMessages(
  context: MailContext,
  actor: Actor,
  on: Selection,
  flag: FlagName,
  value: boolean,
): Promise<ActionResult> {
  const name = FLAGS[flag];
  const change: MessageChange = { op: 'flag', on: batch(on), flags: [{ name, value }] };
  return act(context, actor, on, change, async (box, uids) => {
    checkFlag(box, name, value);
    await storeFlags(box.client, uids, value ? '+' : '-', [name]);
    const stored = value ? { add: [name] } : { remove: [name] };
    applyFlags(context.caches, cacheBox(actor, box), uids, stored);
    return undefined;
  });
}

/** Adds or removes a keyword. */
export async function labelMessages(
  context: MailContext,
  actor: Actor,
  on: Selection,
  keyword: string,
  value: boolean,
): Promise<ActionResult> {
  if (!isKeyword(keyword) || !isLabelKeyword(keyword)) throw new AppError('request/invalid');
  return setKeyword(context, actor, on, keyword, value);
}

/** Removes keywords; what a message does not have stays away. */
export async function unlabelMessages(
  context: MailContext,
  actor: Actor,
  on: Selection,
  keywords: readonly string[],
): Promise<ActionResult> {
  if (!keywords.every((one) => isKeyword(one) && isLabelKeyword(one)))
    throw new AppError('request/invalid');
  const flags = keywords.map((name) => ({ name, value: false }));
  return act(context, actor, on, { op: 'flag', on: batch(on), flags }, async (box, uids) => {
    if (box.readOnly) throw new AppError('mailbox/forbidden');
    if (keywords.length === 0) return undefined;
    await storeFlags(box.client, uids, '-', keywords);
    applyFlags(context.caches, cacheBox(actor, box), uids, { remove: keywords });
    return undefined;
  });
}

/** The same for keywords that programs set; never one that a form named. */
export async function setKeyword(
  context: MailContext,
  actor: Actor,
  on: Selection,
  keyword: string,
  value: boolean,
): Promise<ActionResult> {
  const change: MessageChange = { op: 'flag', on: batch(on), flags: [{ name: keyword, value }] };
  return act(context, actor, on, change, async (box, uids) => {
    checkFlag(box, keyword, value);
    await storeFlags(box.client, uids, value ? '+' : '-', [keyword]);
    const stored = value ? { add: [keyword] } : { remove: [keyword] };
    applyFlags(context.caches, cacheBox(actor, box), uids, stored);
    return undefined;
  });
}

/** A flag the mailbox would forget is a refusal, not a success (RFC 9051 7.1 PERMANENTFLAGS). */
function checkFlag({ permanentFlags, readOnly }: OpenMailbox, name: string, value: boolean): void {
  const known = [...permanentFlags].map((flag) => flag.toLowerCase());
  const isSystem = name.startsWith('\\');
  const isKept = known.includes(name.toLowerCase()) || (!isSystem && known.includes('\\*'));
  if (readOnly || (value && permanentFlags.size > 0 && !isKept)) {
    throw new AppError('mailbox/forbidden', { details: { flag: name } });
  }
}

/** Moves to another mailbox; the result tells where to, for undo. */
export async function moveMessages(
  context: MailContext,
  actor: Actor,
  from: Selection,
  to: string,
  flags: { readonly add?: string; readonly remove?: string } = {},
): Promise<ActionResult> {
  const target = checkPath(to);
  if (target === checkPath(from.mailbox)) return { count: 0 };
  return act(
    context,
    actor,
    from,
    { op: 'move', on: batch(from), to: target },
    async (box, uids) => {
      if (box.readOnly) throw new AppError('mailbox/forbidden', { details: { readOnly: true } });
      await storeKeywords(box, uids, flags);
      const copied = await moveUids(box.client, uids, target);
      forgetUids(context.caches, cacheBox(actor, box), uids);
      return copied;
    },
  );
}

/** Keywords that teach a filter travel with the message where the mailbox takes keywords. */
async function storeKeywords(
  box: OpenMailbox,
  uids: readonly Uid[],
  { add, remove }: { readonly add?: string; readonly remove?: string },
): Promise<void> {
  if (![...box.permanentFlags].includes('\\*')) return;
  if (remove !== undefined) await storeFlags(box.client, uids, '-', [remove]);
  if (add !== undefined) await storeFlags(box.client, uids, '+', [add]);
}

/** Copies to another mailbox, which may be the same. */
export async function copyMessages(
  context: MailContext,
  actor: Actor,
  from: Selection,
  to: string,
): Promise<ActionResult> {
  const target = checkPath(to);
  return act(context, actor, from, { op: 'copy', on: batch(from), to: target }, (box, uids) =>
    copyUids(box.client, uids, target),
  );
}

/** To Trash; for good in Trash, and in Junk when `forGood`. */
export async function removeMessages(
  context: MailContext,
  actor: Actor,
  from: Selection,
  forGood: boolean,
): Promise<ActionResult> {
  const use = await useOf(context, actor, from.mailbox);
  if (use === 'trash' || (forGood && use === 'junk')) return deleteMessages(context, actor, from);
  return moveMessages(context, actor, from, await specialPath(context, actor, 'trash'));
}

/** Removes for good, whatever the mailbox. */
export async function deleteMessages(
  context: MailContext,
  actor: Actor,
  from: Selection,
): Promise<ActionResult> {
  return act(context, actor, from, { op: 'delete', on: batch(from) }, async (box, uids) => {
    if (box.readOnly) throw new AppError('mailbox/forbidden', { details: { readOnly: true } });
    await expungeUids(box.client, uids);
    forgetUids(context.caches, cacheBox(actor, box), uids);
    return undefined;
  });
}

/** To Junk, or back to the inbox, with the keywords of RFC 5788 that train filters. */
export async function junkMessages(
  context: MailContext,
  actor: Actor,
  from: Selection,
  isJunk: boolean,
): Promise<ActionResult> {
  const to = isJunk ? await specialPath(context, actor, 'junk') : 'INBOX';
  const flags = isJunk
    ? { add: '$Junk', remove: '$NotJunk' }
    : { add: '$NotJunk', remove: '$Junk' };
  return moveMessages(context, actor, from, to, flags);
}

/** Everything in Trash or Junk goes for good; `mailbox/forbidden` elsewhere. */
export async function emptyMailbox(
  context: MailContext,
  actor: Actor,
  mailbox: string,
  uidValidity: Selection['uidValidity'],
): Promise<ActionResult> {
  const use = await useOf(context, actor, mailbox);
  if (use !== 'trash' && use !== 'junk') {
    throw new AppError('mailbox/forbidden', { textKey: 'error.forbidden' });
  }
  const path = checkPath(mailbox);
  const options = { kind: 'read' } as const;
  const uids = await context.pool.withMailbox(context.access(actor), path, options, async (box) => {
    checkValidity(box, uidValidity);
    return searchUids(box.client, [{ type: 'ATOM', value: 'ALL' }]);
  });
  let count = 0;
  for (const part of chunks([...uids].map(toUid), context.limits.selection)) {
    count += (await deleteMessages(context, actor, { mailbox: path, uidValidity, uids: part }))
      .count;
  }
  return { count };
}

/** Every message of a mailbox is read; in parts, so that each is one that plugins may refuse. */
export async function readAllMessages(
  context: MailContext,
  actor: Actor,
  mailbox: string,
): Promise<ActionResult> {
  const path = checkPath(mailbox);
  const unread = await context.pool.withMailbox(
    context.access(actor),
    path,
    { kind: 'read' },
    async ({ client, uidValidity }) => ({
      uidValidity,
      uids: await searchUids(client, [{ type: 'ATOM', value: 'UNSEEN' }]),
    }),
  );
  const { uidValidity } = unread;
  let count = 0;
  for (const uids of chunks([...unread.uids].map(toUid), context.limits.selection)) {
    const on = { mailbox: path, uidValidity, uids };
    count += (await flagMessages(context, actor, on, 'seen', true)).count;
  }
  return { count };
}

async function useOf(
  context: MailContext,
  actor: Actor,
  mailbox: string,
): Promise<SpecialUse | undefined> {
  const path = checkPath(mailbox);
  return (await readRoles(context, actor)).find((one) => one.path === path)?.role;
}

type Step = (box: OpenMailbox, uids: readonly Uid[]) => Promise<Copied | undefined>;

/** Guard, then the change in slices on one connection, then the news. Never retried. */
async function act(
  context: MailContext,
  actor: Actor,
  on: Selection,
  change: MessageChange,
  step: Step,
): Promise<ActionResult> {
  const uids = [...new Set(on.uids.map(toUid))];
  if (uids.length > context.limits.selection) throw new AppError('request/too-large');
  if (uids.length === 0) return { count: 0 };
  await askGuard(context, actor, change);
  const path = checkPath(on.mailbox);
  const options = { kind: 'write', deadlineMs: ACTION_MS } as const;
  const access = context.access(actor);
  const done: Done[] = [];
  const inSlices = async (box: OpenMailbox): Promise<void> => {
    await checkMessages(box, on.uidValidity, uids);
    for (const slice of chunks(uids, CHUNK)) {
      done.push({ uids: slice, copied: (await step(box, slice)) ?? NOWHERE });
    }
  };
  try {
    await whileHeard(context.clock, SILENCE_MS, (listening) =>
      context.pool.withMailbox(access, path, options, (box) =>
        listening(box.client, () => inSlices(box)),
      ),
    );
  } catch (error) {
    // The destination may be gone: look again for what is Trash or Junk.
    forgetTree(context, actor);
    // What went before the failure has happened all the same.
    if (done.length > 0) settle(context, actor, change, done);
    throw error;
  }
  return settle(context, actor, change, done);
}

/** What one command did. */
interface Done {
  readonly uids: readonly Uid[];
  readonly copied: Copied;
}

const NOWHERE: Copied = { uidValidity: undefined, uids: [] };

async function askGuard(context: MailContext, actor: Actor, change: MessageChange): Promise<void> {
  const [denial] = await context.hooks.guard(actor.scope, 'message:changing', change);
  if (denial) throw deniedError(denial);
}

/** Tells everybody who keeps something of these messages that they changed. */
function settle(
  context: MailContext,
  actor: Actor,
  change: MessageChange,
  done: readonly Done[],
): ActionResult {
  const results = done.map(({ copied }) => copied);
  context.caches.trees.delete(treeKey(actor));
  if (change.to !== undefined) rememberPlaced(context, actor, change.to, results);
  const changed = done.flatMap(({ uids }) => uids);
  const uids = results.flatMap((result) => result.uids);
  const uidValidity = results.find((result) => result.uidValidity !== undefined)?.uidValidity;
  void context.hooks.action(actor.scope, 'message:changed', {
    ...change,
    on: { ...change.on, uids: changed },
    newUids: uids,
    ...(uidValidity !== undefined && { newUidValidity: uidValidity }),
  });
  const count = changed.length;
  if (change.to === undefined) return { count };
  return { count, moved: { mailbox: change.to, uidValidity, uids } };
}

const batch = ({ mailbox, uidValidity, uids }: Selection): MessageChange['on'] => ({
  account: OWN_ACCOUNT,
  mailbox,
  uidValidity,
  uids,
});

const cacheBox = (actor: Actor, box: OpenMailbox): string =>
  boxKey(accountKey(actor), box.path, box.uidValidity);
