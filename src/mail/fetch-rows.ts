import type { Uid } from '../base/types';
import {
  type FetchMessageObject,
  fetchMessages,
  formatSet,
  type MailboxState,
  type OpenMailbox,
} from '../imap';
import { parseHeaders } from '../mime';
import { boxKey } from './box-key';
import type { CachedRow } from './caches';
import type { MailContext } from './context';
import { refreshFlags } from './flags';
import { isBroken, REPAIR_HEADERS, repairedEnvelope } from './repaired-envelope';
import { PLAIN_QUERY, ROW_QUERY, rowContent, toRow } from './rows';
import type { Row } from './types';

/** Where rows live: the account and mailbox at hand. */
export interface Place {
  readonly account: string;
  readonly box: OpenMailbox;
  readonly state: MailboxState;
}

export const boxOf = ({ account, box }: Place): string =>
  boxKey(account, box.path, box.uidValidity);

export const rowKeys = (place: Place): ((uid: number) => string) => {
  const prefix = boxOf(place);
  return (uid) => `${prefix}${uid}`;
};

/**
 * Rows for uids, in their order; those that no longer exist are left out. Content is fetched once
 * in a uid's life: parsing fifty envelopes costs ten times what the server spends on them.
 */
export async function readRows(
  context: MailContext,
  place: Place,
  uids: readonly Uid[],
): Promise<readonly Row[]> {
  const { caches, metrics } = context;
  const keyOf = rowKeys(place);
  const known = new Map<Uid, CachedRow>();
  for (const uid of uids) {
    const row = caches.rows.get(keyOf(uid));
    if (row) known.set(uid, row);
  }
  const missing = uids.filter((uid) => !known.has(uid));
  metrics?.count('row-hit', known.size);
  metrics?.count('row-miss', missing.length);
  await refreshFlags(place.box, place.state, known);
  for (const [uid, row] of await fetchContent(place, missing)) {
    caches.rows.set(keyOf(uid), row);
    known.set(uid, row);
  }
  return uids.flatMap((uid) => {
    const row = known.get(uid);
    return row ? [toRow(uid, row.content, row.flags.flags)] : [];
  });
}

async function fetchContent(
  { box, state }: Place,
  uids: readonly Uid[],
): Promise<ReadonlyMap<Uid, CachedRow>> {
  const found = new Map<Uid, FetchMessageObject>();
  // A structure nested deeper than the library parses (25 levels) costs the whole answer: such a
  // message is asked for again without it. One that is gone is in neither answer.
  for (const query of [ROW_QUERY, PLAIN_QUERY]) {
    const wanted = uids.filter((uid) => !found.has(uid));
    if (wanted.length === 0) break;
    for (const message of await fetchMessages(box.client, formatSet(wanted), query)) {
      found.set(message.uid as Uid, message);
    }
  }
  const headers = await rawHeaders(box, found);
  const rows = new Map<Uid, CachedRow>();
  for (const [uid, message] of found) {
    const raw = headers.get(uid);
    const envelope = raw && repairedEnvelope(message.envelope ?? {}, parseHeaders(raw));
    const content = rowContent(envelope ? { ...message, envelope } : message);
    rows.set(uid, { content, flags: { flags: [...(message.flags ?? [])], modseq: state.modseq } });
  }
  return rows;
}

/** Bytes of the headers whose letters the envelopes lost. */
async function rawHeaders(
  { client }: OpenMailbox,
  found: ReadonlyMap<Uid, FetchMessageObject>,
): Promise<ReadonlyMap<number, Buffer>> {
  const broken = [...found].filter(([, { envelope }]) => isBroken(envelope)).map(([uid]) => uid);
  if (broken.length === 0) return new Map();
  const query = { uid: true, headers: REPAIR_HEADERS };
  const messages = await fetchMessages(client, formatSet(broken), query);
  return new Map(messages.flatMap(({ uid, headers }) => (headers ? [[uid, headers]] : [])));
}
