import { isAppError } from '../base/errors';
import type { Uid } from '../base/types';
import { partsIn } from '../base/zoned';
import { chunks, fetchMessages, formatSet } from '../imap';
import type { Actor } from '../session';
import { moveMessages } from './actions';
import type { MailContext } from './context';
import { createAt } from './mailbox-changes';
import { onMailbox } from './on-mailbox';
import { readTree, specialPath } from './tree';
import type { ActionResult, FiledBy, Selection } from './types';

const SLICE = 200;
/** Mailboxes that one action fills; what is of others stays at the top of the archive. */
const MAX_MAILBOXES = 50;
const MAX_NAME = 60;

/** Moves messages to the archive, below it by year, by month or by sender where that is asked. */
export async function archiveMessages(
  context: MailContext,
  actor: Actor,
  from: Selection,
  by: FiledBy,
): Promise<ActionResult> {
  const root = await specialPath(context, actor, 'archive');
  if (by === 'one') return moveMessages(context, actor, from, root);
  const groups = await groupsOf(context, actor, from, by);
  const results: ActionResult[] = [];
  for (const [levels, uids] of groups) {
    const to = await mailboxBelow(context, actor, root, levels === '' ? [] : levels.split('\n'));
    results.push(await moveMessages(context, actor, { ...from, uids }, to));
  }
  const count = results.reduce((sum, one) => sum + one.count, 0);
  // An undo is of one mailbox.
  const moved = results.length === 1 ? results[0]?.moved : undefined;
  return { count, ...(moved && { moved }) };
}

/** Uids by the names of the mailboxes below the archive, one a line. */
async function groupsOf(
  context: MailContext,
  actor: Actor,
  from: Selection,
  by: Exclude<FiledBy, 'one'>,
): Promise<ReadonlyMap<string, readonly Uid[]>> {
  const groups = new Map<string, Uid[]>();
  const asked = { mailbox: from.mailbox, criteria: {} };
  const query = { uid: true, internalDate: true, envelope: true } as const;
  await onMailbox(context, actor, asked, async ({ box }) => {
    for (const some of chunks(from.uids, SLICE)) {
      for (const message of await fetchMessages(box.client, formatSet(some), query)) {
        const at = new Date(message.envelope?.date ?? message.internalDate ?? 0).getTime();
        const sender = message.envelope?.from?.[0]?.address ?? '';
        const wanted = levelsOf(by, { at, sender, zone: actor.site.timeZone });
        const key = groups.has(wanted) || groups.size < MAX_MAILBOXES ? wanted : '';
        groups.set(key, [...(groups.get(key) ?? []), message.uid as Uid]);
      }
    }
  });
  return groups;
}

function levelsOf(
  by: Exclude<FiledBy, 'one'>,
  { at, sender, zone }: { readonly at: number; readonly sender: string; readonly zone: string },
): string {
  if (by === 'sender') return sender.toLowerCase().slice(0, MAX_NAME);
  // A date that is none.
  if (!Number.isFinite(at)) return '';
  const { day } = partsIn(at, zone);
  const year = day.slice(0, 4);
  return by === 'year' ? year : `${year}\n${day.slice(0, 7)}`;
}

/** Made where there is none; other programs see it as any other. */
async function mailboxBelow(
  context: MailContext,
  actor: Actor,
  root: string,
  levels: readonly string[],
): Promise<string> {
  let parent = root;
  for (const level of levels) {
    const tree = await readTree(context, actor);
    const above = tree.find(({ path }) => path === parent);
    const delimiter = above?.delimiter ?? '';
    // Without levels on the server, the archive is one mailbox.
    if (delimiter === '') return root;
    const name = level.replaceAll(delimiter, '-');
    const path = `${parent}${delimiter}${name}`;
    if (!tree.some((one) => one.path === path)) {
      try {
        await createAt(context, actor, { parent, name });
      } catch (error) {
        if (isAppError(error, 'mailbox/name') || isAppError(error, 'mailbox/forbidden'))
          return root;
        if (!isAppError(error, 'mailbox/exists')) throw error;
      }
    }
    parent = path;
  }
  return parent;
}
