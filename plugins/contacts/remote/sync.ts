import type { Person } from '../store';
import { chunksOf, REMOTE_BOOKS } from '../store/tables';
import type { Client, Listed } from './client';
import { type Context, type Copied, dropCards, keepCards } from './copies';
import { differenceOf } from './difference';
import { REMOTE_CARDS, type RemoteBookRow } from './tables';
import { Faulty } from './types';

/** Cards of one question; fewer where their photos are too large for one answer. */
const PART_CARDS = 40;

/** Ids of copies that changed, whether or not the server was there until the end. */
export interface Told {
  readonly saved: string[];
  readonly deleted: string[];
}

interface Synced {
  /** Whether time ran out: the rest is for the next time. */
  readonly isCut: boolean;
}

/**
 * Makes the copy of a book what the server has: only what changed is read. What was read is kept even
 * when the server goes away in the middle.
 */
export async function syncBook(
  context: Context,
  person: Person,
  {
    book,
    client,
    isOver,
    told,
  }: {
    readonly book: RemoteBookRow;
    readonly client: Client;
    readonly isOver: () => boolean;
    readonly told: Told;
  },
): Promise<Synced> {
  if (isOver()) return { isCut: true };
  const { maxCards } = context.config(person.site);
  const known: Listed[] = await context.db
    .table(REMOTE_CARDS)
    .where({ book_key: book.book_key })
    .select('href', 'etag');
  const { wanted, gone, count, token } = await differenceOf(client, { book, known, isOver });
  if (count > maxCards) throw new Faulty('too-much');
  for (const some of chunksOf(gone)) {
    const dropped = await context.db.transaction((table) =>
      dropCards(table, context, { book, hrefs: some }),
    );
    told.deleted.push(...dropped);
  }
  for (const some of chunksOf(wanted, PART_CARDS)) {
    if (isOver()) return { isCut: true };
    const { cards, isCut } = await partOf(client, book.href, { listed: some, isOver });
    const kept = await context.db.transaction((table) =>
      keepCards(table, context, { person, book, cards }),
    );
    told.saved.push(...kept);
    if (isCut) return { isCut };
  }
  // Not before all was read: the next time begins where this one ended.
  await context.db
    .table(REMOTE_BOOKS)
    .where({ book_key: book.book_key })
    .update({ sync_token: token });
  return { isCut: false };
}

interface Part {
  readonly cards: readonly Copied[];
  readonly isCut: boolean;
}

/** Half as many at a time, as long as the answer is too large. */
async function partOf(
  client: Client,
  book: string,
  { listed, isOver }: { readonly listed: readonly Listed[]; readonly isOver: () => boolean },
): Promise<Part> {
  try {
    const hrefs = listed.map(({ href }) => href);
    const cards = await client.cards(book, hrefs);
    const given = new Set(cards.map(({ href }) => href));
    const lacking = listed
      .filter(({ href }) => !given.has(href))
      .map(({ href, etag }) => ({ href, etag, card: '', problem: 'unread' }) as const);
    return { cards: [...cards, ...lacking], isCut: false };
  } catch (error) {
    if (!(error instanceof Faulty) || error.fault !== 'too-much') throw error;
    const [only] = listed;
    if (listed.length === 1 && only)
      return { cards: [{ ...only, card: '', problem: 'too-large' }], isCut: false };
    if (isOver()) return { cards: [], isCut: true };
    const half = Math.ceil(listed.length / 2);
    const first = await partOf(client, book, { listed: listed.slice(0, half), isOver });
    if (first.isCut) return first;
    if (isOver()) return { ...first, isCut: true };
    const rest = await partOf(client, book, { listed: listed.slice(half), isOver });
    return { cards: [...first.cards, ...rest.cards], isCut: rest.isCut };
  }
}
