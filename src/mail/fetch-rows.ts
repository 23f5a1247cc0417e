import type { Uid } from '../base/types';
import { fetchMessages, formatSet, type MailboxState, type OpenMailbox } from '../imap';
import { firstHeader, parseHeaders } from '../mime';
import { boxKey } from './box-key';
import type { CachedRow } from './caches';
import type { MailContext } from './context';
import { refreshFlags } from './flags';
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
  const rows = new Map<Uid, CachedRow>();
  // A structure nested deeper than the library parses (25 levels) costs the whole answer: such a
  // message is asked for again without it. One that is gone is in neither answer.
  for (const query of [ROW_QUERY, PLAIN_QUERY]) {
    const wanted = uids.filter((uid) => !rows.has(uid));
    if (wanted.length === 0) break;
    for (const message of await fetchMessages(box.client, formatSet(wanted), query)) {
      const content = rowContent(message);
      const flags = { flags: [...(message.flags ?? [])], modseq: state.modseq };
      rows.set(message.uid as Uid, { content, flags });
    }
  }
  await repairRawText(box, rows);
  return rows;
}

const isBroken = ({ content }: CachedRow): boolean =>
  content.subject.includes('\ufffd') || content.from.some((one) => one.name.includes('\ufffd'));

/**
 * Raw 8-bit headers (against RFC 5322, common in old and public mail) lose their letters in an
 * ENVELOPE: their bytes are read from the header itself.
 */
async function repairRawText(box: OpenMailbox, rows: Map<Uid, CachedRow>): Promise<void> {
  const broken = [...rows].filter(([, row]) => isBroken(row)).map(([uid]) => uid);
  if (broken.length === 0) return;
  const headers = ['subject', 'from'];
  for (const message of await fetchMessages(box.client, formatSet(broken), {
    uid: true,
    headers,
  })) {
    const row = rows.get(message.uid as Uid);
    if (!row || !message.headers) continue;
    const block = parseHeaders(message.headers);
    const subject = firstHeader(block, 'subject') ?? row.content.subject;
    const name = (firstHeader(block, 'from') ?? '')
      .replace(/<[^>]*>\s*$/, '')
      .replace(/"/g, '')
      .trim();
    const from = row.content.from.map((one, index) =>
      index === 0 && name ? { ...one, name } : one,
    );
    rows.set(message.uid as Uid, { ...row, content: { ...row.content, subject, from } });
  }
}
