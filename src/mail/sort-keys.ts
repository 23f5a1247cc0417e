import type { FetchMessageObject } from '../imap';
import { chunks, fetchMessages, formatSet } from '../imap';
import { baseSubject, cleanLine, firstHeader, parseHeaders } from '../mime';
import type { MailContext } from './context';
import { type Place, rowKeys } from './fetch-rows';
import { isoDate } from './rows';
import type { SortKey } from './types';

const SLICE = 200; // yields to others between slices

const QUERIES = {
  date: { uid: true, internalDate: true, headers: ['date'] },
  arrival: { uid: true },
  from: { uid: true, internalDate: true, headers: ['from', 'date'] },
  subject: { uid: true, internalDate: true, headers: ['subject', 'date'] },
  size: { uid: true, size: true },
};

/**
 * Order for a server without SORT: only the sort key of each message is read, once in its life.
 * Keys are texts that compare as RFC 5256 2.2 orders; ties go by uid, as there. Within one sender or
 * subject the newest comes first, whatever the direction, as where the server sorts.
 */
export async function inProcessOrder(
  context: MailContext,
  place: Place,
  uids: Uint32Array,
  sort: SortKey,
  order: 'asc' | 'desc',
): Promise<Uint32Array> {
  const keyOf = rowKeys(place);
  const cache = context.caches.sortKeys;
  const keys = new Map<number, string>();
  for (const uid of uids) {
    const key = cache.get(`${keyOf(uid)}\0${sort}`);
    if (key !== undefined) keys.set(uid, key);
  }
  const unknown = [...uids].filter((uid) => !keys.has(uid));
  for (const slice of chunks(unknown, SLICE)) {
    for (const message of await fetchMessages(place.box.client, formatSet(slice), QUERIES[sort])) {
      const key = sortKey(message, sort);
      cache.set(`${keyOf(message.uid)}\0${sort}`, key);
      keys.set(message.uid, key);
    }
  }
  const direction = order === 'desc' ? -1 : 1;
  const parts = new Map([...keys].map(([uid, key]) => [uid, key.split(DATED)] as const));
  const compare = (a: number, b: number): number => {
    const [left = '', leftDate = ''] = parts.get(a) ?? [];
    const [right = '', rightDate = ''] = parts.get(b) ?? [];
    if (left !== right) return left < right ? -direction : direction;
    if (leftDate !== rightDate) return leftDate < rightDate ? 1 : -1;
    return a - b;
  };
  return Uint32Array.from([...uids].sort(compare));
}

/** Between a key and the date within it: no cleaned line holds one. */
const DATED = '\0';

function sortKey(message: FetchMessageObject, sort: SortKey): string {
  const header = (name: string): string =>
    message.headers ? (firstHeader(parseHeaders(message.headers), name) ?? '') : '';
  const date = (): string => isoDate(header('date')) ?? isoDate(message.internalDate) ?? '';
  switch (sort) {
    case 'date':
      return date();
    case 'arrival':
      return '';
    case 'from':
      return `${fold(header('from').replace(/^.*</, ''))}${DATED}${date()}`;
    case 'subject':
      return `${fold(baseSubject(header('subject')))}${DATED}${date()}`;
    case 'size':
      return String(message.size ?? 0).padStart(12, '0');
  }
}

const fold = (text: string): string =>
  cleanLine(text)
    .normalize('NFD')
    .replace(/\p{Mn}/gu, '')
    .toLowerCase();
