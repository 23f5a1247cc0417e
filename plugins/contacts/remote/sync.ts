import { createHash } from 'node:crypto';
import type { PluginContext } from 'estafette/plugin';
import type { ContactsConfig } from '../config';
import type { Person } from '../store';
import { leaveTrace, nextToken } from '../store/places';
import { keptBytes } from '../store/quota';
import { CARDS, chunksOf, FAVOURITES, REMOTE_BOOKS, type Tables } from '../store/tables';
import { putInto } from '../store/write';
import type { createClient, Listed } from './client';
import { REMOTE_CARDS, type RemoteBookRow } from './tables';
import { Faulty } from './types';

type Client = ReturnType<typeof createClient>;
export type Context = Pick<
  PluginContext<ContactsConfig>,
  'audit' | 'clock' | 'config' | 'db' | 'http' | 'log' | 'open' | 'seal'
>;

/** Cards of one question; fewer where their photos are too large for one answer. */
const PART_CARDS = 40;
const URI = /^[^/\\\p{Cc}]{1,255}$/u;

interface Synced {
  readonly changed: number;
  readonly removed: number;
  /** Whether time ran out: the rest is for the next time. */
  readonly isCut: boolean;
}

/**
 * Makes the copy of a book what the server has: entity tags are compared, and only what changed is
 * read. What was read is kept even when the server goes away in the middle.
 */
export async function syncBook(
  context: Context,
  person: Person,
  {
    book,
    client,
    isOver,
  }: { readonly book: RemoteBookRow; readonly client: Client; readonly isOver: () => boolean },
): Promise<Synced> {
  if (isOver()) return { changed: 0, removed: 0, isCut: true };
  const { maxCards } = context.config(person.site);
  const there = await client.etags(book.href);
  if (there.length > maxCards) throw new Faulty('too-much');
  const known: Listed[] = await context.db
    .table(REMOTE_CARDS)
    .where({ book_key: book.book_key })
    .select('href', 'etag');
  const etagOf = new Map(known.map(({ href, etag }) => [href, etag]));
  const hrefs = new Set(there.map(({ href }) => href));
  const gone = known.filter(({ href }) => !hrefs.has(href)).map(({ href }) => href);
  for (const some of chunksOf(gone))
    await context.db.transaction((table) => dropCards(table, context, { book, hrefs: some }));
  const wanted = there
    .filter(({ href, etag }) => etag !== '' && etagOf.get(href) !== etag)
    .map(({ href }) => href);
  let changed = 0;
  for (const some of chunksOf(wanted, PART_CARDS)) {
    if (isOver()) return { changed, removed: gone.length, isCut: true };
    const { cards, isCut } = await partOf(client, book.href, { hrefs: some, isOver });
    changed += await context.db.transaction((table) =>
      keepCards(table, context, { person, book, cards }),
    );
    if (isCut) return { changed, removed: gone.length, isCut };
  }
  return { changed, removed: gone.length, isCut: false };
}

type Cards = Awaited<ReturnType<Client['cards']>>;

interface Part {
  readonly cards: Cards;
  readonly isCut: boolean;
}

/** Half as many at a time, as long as the answer is too large; one card that is too large is left out. */
async function partOf(
  client: Client,
  book: string,
  { hrefs, isOver }: { readonly hrefs: readonly string[]; readonly isOver: () => boolean },
): Promise<Part> {
  try {
    return { cards: await client.cards(book, hrefs), isCut: false };
  } catch (error) {
    if (!(error instanceof Faulty) || error.fault !== 'too-much') throw error;
    if (hrefs.length === 1) return { cards: [], isCut: false };
    if (isOver()) return { cards: [], isCut: true };
    const half = Math.ceil(hrefs.length / 2);
    const first = await partOf(client, book, { hrefs: hrefs.slice(0, half), isOver });
    if (first.isCut) return first;
    if (isOver()) return { ...first, isCut: true };
    const rest = await partOf(client, book, { hrefs: hrefs.slice(half), isOver });
    return { cards: [...first.cards, ...rest.cards], isCut: rest.isCut };
  }
}

/** The name of a card here: the one that it has there where it can be one. */
function uriOf(href: string): string {
  const last = href.slice(href.lastIndexOf('/') + 1);
  try {
    const name = decodeURIComponent(last);
    if (URI.test(name)) return name;
  } catch {
    // A name that is none.
  }
  return `${createHash('sha256').update(href).digest('hex')}.vcf`;
}

async function keepCards(
  table: Tables,
  context: Context,
  {
    person,
    book,
    cards,
  }: { readonly person: Person; readonly book: RemoteBookRow; readonly cards: Cards },
): Promise<number> {
  const { maxCards, maxCardKilobytes, maxMegabytes } = context.config(person.site);
  // Somebody removed the account while the server answered.
  const here: unknown = await table(REMOTE_BOOKS)
    .where({ book_key: book.book_key })
    .first('book_key');
  if (here === undefined) return 0;
  const at = new Date(context.clock.now()).toISOString();
  const bytes = cards.reduce((sum, { card }) => sum + Buffer.byteLength(card), 0);
  if ((await keptBytes(table, person)) + bytes > maxMegabytes * 1_000_000)
    throw new Faulty('too-much');
  let changed = 0;
  for (const { href, etag, card } of cards) {
    const uri = uriOf(href);
    const put = await putInto(
      table,
      { key: book.book_key },
      // XML knows no CR (XML 1.0 2.11); lines of cards end with it (RFC 6350 3.2).
      {
        uri,
        text: card.replace(/\r?\n/g, '\r\n'),
        when: {},
        at,
        maxCards,
        maxBytes: maxCardKilobytes * 1_000,
      },
    );
    if (put.kind === 'created' || put.kind === 'updated') changed += 1;
    // What cannot be a card here is not read each time again, but for the twin of another one (RFC
    // 6352 6.3.2.1): it can be once that one has gone.
    const tag = put.kind === 'uid-conflict' ? '' : etag;
    await table(REMOTE_CARDS)
      .insert({ book_key: book.book_key, href, uri, etag: tag })
      .onConflict(['book_key', 'href'])
      .merge();
  }
  return changed;
}

async function dropCards(
  table: Tables,
  context: Context,
  {
    book: { book_key: key },
    hrefs,
  }: { readonly book: RemoteBookRow; readonly hrefs: readonly string[] },
): Promise<void> {
  const at = new Date(context.clock.now()).toISOString();
  const links = table(REMOTE_CARDS).where({ book_key: key }).whereIn('href', hrefs);
  const uris: string[] = await links.clone().pluck('uri');
  const rows: { id: string; uri: string }[] = await table(CARDS)
    .where({ book_key: key })
    .whereIn('uri', uris)
    .select('id', 'uri');
  for (const { id, uri } of rows) {
    const seq = await nextToken(table, key);
    await table(CARDS).where({ id }).delete();
    await table(FAVOURITES).where({ card_id: id }).delete();
    await leaveTrace(table, { key, uri, seq, at });
  }
  await links.delete();
}
