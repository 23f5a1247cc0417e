import type { Client, Listed } from './client';
import type { RemoteBookRow } from './tables';
import { Faulty } from './types';

/** Parts in which a server may tell what changed; a book that has more is listed instead. */
const PARTS_MAX = 20;

/** What a copy lacks of a book. */
export interface Difference {
  /** New there, or other than its copy, or to be tried again. */
  readonly wanted: readonly Listed[];
  readonly gone: readonly string[];
  /** Of cards in the book. */
  readonly count: number;
  /** Until where this goes (RFC 6578); `''` where the server cannot tell changes. */
  readonly token: string;
}

/**
 * Compares a copy, by its entity tags, with its book: with what changed since the last time where the
 * server can tell that, else with all that is listed.
 */
export async function differenceOf(
  client: Client,
  {
    book,
    known,
    isOver,
  }: {
    readonly book: RemoteBookRow;
    readonly known: readonly Listed[];
    readonly isOver: () => boolean;
  },
): Promise<Difference> {
  const etagOf = new Map(known.map(({ href, etag }) => [href, etag]));
  // What has no entity tag would be read each time.
  const isOther = ({ href, etag }: Listed): boolean => etag !== '' && etagOf.get(href) !== etag;
  const since = await sinceThen(client, book, isOver);
  if (since) {
    const { changed, gone, token } = since;
    const again = known.filter(
      ({ href, etag }) => etag === '' && !gone.has(href) && !changed.has(href),
    );
    const fresh = [...changed.values()];
    const lost = known.filter(({ href }) => gone.has(href)).map(({ href }) => href);
    const added = fresh.filter(({ href }) => !etagOf.has(href)).length;
    return {
      wanted: [...fresh.filter(isOther), ...again],
      gone: lost,
      count: known.length - lost.length + added,
      token,
    };
  }
  let { cards, token } = await client.etags(book.href);
  // A token that is older than the list misses nothing: what comes between is told twice.
  if (token !== '') ({ cards } = await client.etags(book.href));
  const there = new Set(cards.map(({ href }) => href));
  return {
    wanted: cards.filter(isOther),
    gone: known.filter(({ href }) => !there.has(href)).map(({ href }) => href),
    count: cards.length,
    token,
  };
}

/** All parts of what changed since a token; nothing where there is none, or the server knows it no more. */
async function sinceThen(client: Client, book: RemoteBookRow, isOver: () => boolean) {
  const changed = new Map<string, Listed>();
  const gone = new Set<string>();
  let token = book.sync_token;
  try {
    for (let part = 0; token !== '' && part < PARTS_MAX && !isOver(); part += 1) {
      const some = await client.changes(book.href, token);
      for (const card of some.cards) {
        changed.set(card.href, card);
        gone.delete(card.href);
      }
      for (const href of some.gone) {
        changed.delete(href);
        gone.add(href);
      }
      if (!some.isCut) return { changed, gone, token: some.token };
      if (some.token === token) return undefined;
      token = some.token;
    }
  } catch (error) {
    // Whatever else it says of changes, the list may be there.
    if (!(error instanceof Faulty) || error.fault === 'password' || error.fault === 'address')
      throw error;
  }
  return undefined;
}
