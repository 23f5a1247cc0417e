import type { ImapFlow, ListResponse } from 'imapflow';
import { mapLimit } from '../base/async';
import { isServerAnswer, noAnswer } from './errors';
import { assignRoles, isSelectable, type Role } from './special-use';

// One STATUS opens the mailbox's index on the server; without LIST-STATUS only those that a tree
// shows counters for are asked.
const MAX_STATUS_COMMANDS = 60;
const STATUS_QUERY = { messages: true, unseen: true, uidNext: true } as const;

/** One mailbox of the server's list. */
export interface ListedMailbox {
  readonly path: string;
  readonly name: string;
  readonly delimiter: string;
  readonly parent: string | undefined;
  readonly role: Role | undefined;
  readonly isSelectable: boolean;
  readonly isSubscribed: boolean;
  /** Zero when the server was not asked. */
  readonly unseen: number;
  readonly total: number;
  readonly uidNext: number;
}

type Counters = Pick<ListedMailbox, 'unseen' | 'total' | 'uidNext'>;
const NO_COUNTERS: Counters = { unseen: 0, total: 0, uidNext: 0 };

/**
 * Every mailbox with its counters: one LIST-STATUS (RFC 5819), or LIST and some STATUS. Without
 * `isCounted` the names alone.
 */
export async function listMailboxes(
  client: ImapFlow,
  { isCounted = true }: { readonly isCounted?: boolean } = {},
): Promise<readonly ListedMailbox[]> {
  const inOne = !isCounted || client.capabilities.has('LIST-STATUS');
  const listed = await client.list(inOne && isCounted ? { statusQuery: STATUS_QUERY } : {});
  if (!Array.isArray(listed)) throw noAnswer('LIST');
  const roles = assignRoles(listed.map(named));
  const counters = inOne ? undefined : await readCounters(client, listed, roles);
  return listed.map((entry) => ({
    ...named(entry),
    parent: entry.parentPath === '' ? undefined : entry.parentPath,
    role: roles.get(entry.path),
    isSelectable: isSelectable(entry.flags),
    // The library leaves it out where it is not so.
    isSubscribed: Boolean(entry.subscribed),
    ...(counters?.get(entry.path) ?? countersOf(entry.status)),
  }));
}

const named = ({ path, name, delimiter, flags }: ListResponse) => ({
  path,
  name,
  delimiter: delimiter ?? '',
  flags,
});

function countersOf(status: ListResponse['status']): Counters {
  if (!status) return NO_COUNTERS;
  const { unseen = 0, messages = 0, uidNext = 0 } = status;
  return { unseen, total: messages, uidNext };
}

async function readCounters(
  client: ImapFlow,
  listed: readonly ListResponse[],
  roles: ReadonlyMap<string, Role>,
): Promise<ReadonlyMap<string, Counters>> {
  const wanted = listed
    .filter((entry) => isSelectable(entry.flags) && (entry.subscribed || roles.has(entry.path)))
    .sort((a, b) => Number(roles.has(b.path)) - Number(roles.has(a.path)))
    .slice(0, MAX_STATUS_COMMANDS);
  const pairs = await mapLimit(wanted, 4, async (entry) => {
    const counters = await readStatus(client, entry.path);
    return [entry.path, counters] as const;
  });
  return new Map(pairs);
}

async function readStatus(client: ImapFlow, path: string): Promise<Counters> {
  try {
    return countersOf((await client.status(path, STATUS_QUERY)) || undefined);
  } catch (error) {
    // Listed but gone or forbidden meanwhile: no counters, and the tree still shows it.
    if (
      isServerAnswer(error) ||
      (error instanceof Error && 'code' in error && error.code === 'NotFound')
    ) {
      return NO_COUNTERS;
    }
    throw error;
  }
}

/** Namespace prefix and delimiter for new mailboxes of the agent (RFC 2342). */
export function personalNamespace(client: ImapFlow): { prefix: string; delimiter: string } {
  const space = client.namespaces?.personal?.[0] ?? client.namespace;
  return { prefix: space?.prefix ?? '', delimiter: space?.delimiter ?? '/' };
}
