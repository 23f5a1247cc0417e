import { createHash } from 'node:crypto';
import type { PluginContext } from 'estafette/plugin';
import type { ContactsConfig } from '../config';
import type { Person, Put } from '../store';
import { leaveTrace, nextToken } from '../store/places';
import { keptBytes } from '../store/quota';
import { CARDS, FAVOURITES, REMOTE_BOOKS, type Tables } from '../store/tables';
import { putInto } from '../store/write';
import { REMOTE_CARDS, type RemoteBookRow, type RemoteCardRow } from './tables';
import { Faulty, type Reason } from './types';

export type Context = Pick<
  PluginContext<ContactsConfig>,
  'audit' | 'clock' | 'config' | 'db' | 'hooks' | 'http' | 'log' | 'open' | 'seal'
>;

const URI = /^[^/\\\p{Cc}]{1,255}$/u;

/** What was read of a card, or why nothing was. */
export interface Copied {
  readonly href: string;
  readonly etag: string;
  readonly card: string;
  readonly problem?: Reason;
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
  return ownUriOf(href);
}

const ownUriOf = (href: string): string => `${createHash('sha256').update(href).digest('hex')}.vcf`;

/** The name of a copy: what it was, and that of no other one (a name is that of a folder there). */
async function freeUriOf(table: Tables, key: number, href: string): Promise<string> {
  const links = () => table(REMOTE_CARDS).where({ book_key: key });
  const own: Pick<RemoteCardRow, 'uri'> | undefined = await links().where({ href }).first('uri');
  if (own) return own.uri;
  const uri = uriOf(href);
  const taken: unknown = await links().where({ uri }).first('href');
  return taken === undefined ? uri : ownUriOf(href);
}

function problemOf(put: Put): Reason | '' {
  if (put.kind === 'uid-conflict') return 'twin';
  if (put.kind !== 'refused') return '';
  return put.reason === 'too-large' || put.reason === 'full' ? put.reason : 'not-a-card';
}

/** These may be right the next time, though nothing changes in the card. */
const AGAIN: readonly string[] = ['twin', 'full', 'unread'] satisfies readonly Reason[];

/** Writes copies, and notes of each what it is a copy of; answers the ids of those that changed. */
export async function keepCards(
  table: Tables,
  context: Context,
  {
    person,
    book,
    cards,
  }: {
    readonly person: Person;
    readonly book: RemoteBookRow;
    readonly cards: readonly Copied[];
  },
): Promise<readonly string[]> {
  const { maxCards, maxCardKilobytes, maxMegabytes } = context.config(person.site);
  // Somebody removed the account while the server answered.
  const here: unknown = await table(REMOTE_BOOKS)
    .where({ book_key: book.book_key })
    .first('book_key');
  if (here === undefined) return [];
  const at = new Date(context.clock.now()).toISOString();
  const bytes = cards.reduce((sum, { card }) => sum + Buffer.byteLength(card), 0);
  if ((await keptBytes(table, person)) + bytes > maxMegabytes * 1_000_000)
    throw new Faulty('too-much');
  const changed: string[] = [];
  for (const { href, etag, card, problem: unread } of cards) {
    const uri = await freeUriOf(table, book.book_key, href);
    let problem: Reason | '' | undefined = unread;
    if (problem === undefined) {
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
      if ((put.kind === 'created' || put.kind === 'updated') && !put.isSame) changed.push(put.id);
      problem = problemOf(put);
    }
    const row: RemoteCardRow = {
      book_key: book.book_key,
      href,
      uri,
      etag: AGAIN.includes(problem) ? '' : etag,
      problem,
    };
    await table(REMOTE_CARDS).insert(row).onConflict(['book_key', 'href']).merge();
  }
  return changed;
}

/** Takes copies away whose cards have gone; answers their ids. */
export async function dropCards(
  table: Tables,
  context: Context,
  {
    book: { book_key: key },
    hrefs,
  }: { readonly book: RemoteBookRow; readonly hrefs: readonly string[] },
): Promise<readonly string[]> {
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
  return rows.map(({ id }) => id);
}
