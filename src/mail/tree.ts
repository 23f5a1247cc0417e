import { isAppError } from '../base/errors';
import { OWN_ACCOUNT } from '../base/types';
import {
  ATTRIBUTE_OF,
  createMailbox,
  type ListedMailbox,
  listMailboxes,
  NEW_NAMES,
  personalNamespace,
} from '../imap';
import type { Actor } from '../session';
import { accountKey, type MailContext } from './context';
import type { Account, Mailbox, Quota, SpecialUse } from './types';

// What every agent needs to send, delete and file; templates are made on first use.
const EXPECTED = ['drafts', 'sent', 'trash', 'junk', 'archive'] as const;

/** The account's mailboxes; missing special-use ones are created the first time. */
export async function readAccount(
  context: MailContext,
  actor: Actor,
  fresh: boolean,
): Promise<Account> {
  const listed = await withSpecial(context, actor, await readTree(context, actor, fresh));
  const mailboxes = await context.hooks.filter(actor.scope, 'mailbox:list', buildTree(listed), {
    account: OWN_ACCOUNT,
  });
  return { id: OWN_ACCOUNT, name: actor.user.name, mailboxes };
}

/**
 * The list with what was missing made. What is still missing then (CREATE refused, or the name
 * taken by a mailbox that cannot be selected) is left alone for some minutes, not tried each page.
 */
async function withSpecial(
  context: MailContext,
  actor: Actor,
  listed: readonly ListedMailbox[],
): Promise<readonly ListedMailbox[]> {
  const { unmade } = context.caches;
  const keyOf = (use: SpecialUse): string => `${treeKey(actor)}${use}`;
  const missing = lacking(listed).filter((use) => !unmade.get(keyOf(use)));
  if (missing.length === 0) return listed;
  const created = await createMissing(context, actor, missing);
  const now = created ? await readTree(context, actor, true) : listed;
  for (const use of lacking(now)) unmade.set(keyOf(use), true);
  return now;
}

const lacking = (listed: readonly ListedMailbox[]): Exclude<SpecialUse, 'inbox'>[] =>
  EXPECTED.filter((use) => !listed.some((one) => one.role === use));

/** The server's list, from the cache while it is young. */
export async function readTree(
  context: MailContext,
  actor: Actor,
  fresh = false,
): Promise<readonly ListedMailbox[]> {
  const key = treeKey(actor);
  const cached = fresh ? undefined : context.caches.trees.get(key);
  if (cached) return cached;
  const options = { kind: 'read' } as const;
  const listed = await context.pool.withConnection(context.access(actor), options, listMailboxes);
  context.caches.trees.set(key, listed);
  context.caches.roles.set(key, listed);
  return listed;
}

/** The tree with the roles of mailboxes; its counters may be minutes old. */
export async function readRoles(
  context: MailContext,
  actor: Actor,
): Promise<readonly ListedMailbox[]> {
  return context.caches.roles.get(treeKey(actor)) ?? readTree(context, actor, true);
}

/** Unread messages of the inbox, as the last list said. */
export const knownUnseen = ({ caches }: MailContext, actor: Actor): number =>
  (caches.trees.get(treeKey(actor)) ?? caches.roles.get(treeKey(actor)))?.find(
    ({ role }) => role === 'inbox',
  )?.unseen ?? 0;

/** After mailboxes came, went or changed names. */
export function forgetTree(context: MailContext, actor: Actor): void {
  context.caches.trees.delete(treeKey(actor));
  context.caches.roles.delete(treeKey(actor));
}

export const treeKey = (actor: Actor): string => `${accountKey(actor)}\0`;

/** False when nothing could be created: a full or read-only account must still be readable. */
async function createMissing(
  context: MailContext,
  actor: Actor,
  missing: readonly Exclude<SpecialUse, 'inbox'>[],
): Promise<boolean> {
  let created = false;
  for (const use of missing) {
    try {
      await createSpecial(context, actor, use);
      created = true;
    } catch (error) {
      if (
        !isAppError(error) ||
        error.code === 'imap/unreachable' ||
        error.code === 'imap/timeout'
      ) {
        throw error;
      }
      context.log.warn({ use, code: error.code }, 'mailbox/special-not-created');
    }
  }
  return created;
}

async function createSpecial(
  context: MailContext,
  actor: Actor,
  use: Exclude<SpecialUse, 'inbox'>,
): Promise<string> {
  const access = context.access(actor);
  return context.pool.withConnection(access, { kind: 'write' }, async (client) => {
    const path = `${personalNamespace(client).prefix}${NEW_NAMES[use]}`;
    try {
      await createMailbox(client, path, ATTRIBUTE_OF[use]);
    } catch (error) {
      // Two pages opened at once: the other one made it.
      if (!isExists(error)) throw error;
    }
    forgetTree(context, actor);
    return path;
  });
}

const isExists = (error: unknown): boolean =>
  typeof error === 'object' &&
  error !== null &&
  'serverResponseCode' in error &&
  error.serverResponseCode === 'ALREADYEXISTS';

/** Path of a special-use mailbox, created when missing. */
export async function specialPath(
  context: MailContext,
  actor: Actor,
  use: Exclude<SpecialUse, 'inbox'>,
): Promise<string> {
  const known = (await readRoles(context, actor)).find((one) => one.role === use);
  if (known) return known.path;
  const found = (await readTree(context, actor, true)).find((one) => one.role === use);
  return found?.path ?? createSpecial(context, actor, use);
}

/** Folders that everybody has come first, in the order of a working day; the rest by name. */
const USE_ORDER: readonly SpecialUse[] = [
  'inbox',
  'drafts',
  'templates',
  'sent',
  'junk',
  'trash',
  'archive',
];
// Made once: `localeCompare` with options makes one for each comparison.
const BY_NAME = new Intl.Collator('fr', { numeric: true });

function buildTree(listed: readonly ListedMailbox[]): readonly Mailbox[] {
  const children = new Map<string | undefined, ListedMailbox[]>();
  const paths = new Set(listed.map((one) => one.path));
  for (const one of listed) {
    const parent = one.parent !== undefined && paths.has(one.parent) ? one.parent : undefined;
    children.set(parent, [...(children.get(parent) ?? []), one]);
  }
  const build = (parent: string | undefined): Mailbox[] =>
    [...(children.get(parent) ?? [])].sort(byUseThenName).map((one) => ({
      path: one.path,
      name: one.name,
      delimiter: one.delimiter,
      parent: one.parent,
      specialUse: one.role,
      isSelectable: one.isSelectable,
      isSubscribed: one.isSubscribed,
      unseen: one.unseen,
      total: one.total,
      children: build(one.path),
    }));
  return build(undefined);
}

function byUseThenName(a: ListedMailbox, b: ListedMailbox): number {
  const rank = ({ role }: ListedMailbox): number => {
    const at = role === undefined ? -1 : USE_ORDER.indexOf(role);
    return at < 0 ? USE_ORDER.length : at;
  };
  return rank(a) - rank(b) || BY_NAME.compare(a.name, b.name);
}

/**
 * Storage of the account (RFC 2087, 9208), or undefined where the server has none or does not say;
 * asked again after minutes only, so that no page waits for a decoration.
 */
export async function readQuota(context: MailContext, actor: Actor): Promise<Quota | undefined> {
  const { quotas } = context.caches;
  const key = treeKey(actor);
  const known = quotas.get(key);
  if (known !== undefined) return known === 'none' ? undefined : known;
  const quota = await askQuota(context, actor).catch(() => undefined);
  quotas.set(key, quota ?? 'none');
  return quota;
}

async function askQuota(context: MailContext, actor: Actor): Promise<Quota | undefined> {
  const access = context.access(actor);
  const answer = await context.pool.withConnection(access, { kind: 'read' }, async (client) => {
    if (!client.capabilities.has('QUOTA')) return undefined;
    const quota = await client.getQuota('INBOX');
    return quota === false ? undefined : quota;
  });
  const { usage, limit } = answer?.storage ?? {};
  if (usage === undefined || limit === undefined || limit <= 0) return undefined;
  const quota = { usedBytes: usage, limitBytes: limit };
  return context.hooks.filter(actor.scope, 'mailbox:quota', quota, { account: OWN_ACCOUNT });
}
