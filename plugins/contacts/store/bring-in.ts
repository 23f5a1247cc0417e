import { randomUUID } from 'node:crypto';
import { setImmediate } from 'node:timers/promises';
import { type Digest, digestOf } from './digest';
import { canWrite, nextToken, placeOf } from './places';
import { keptBytes } from './quota';
import { CARDS, type CardTableRow, chunksOf, REMOVED, type Tables } from './tables';
import type { Person, Put } from './types';
import type { Quota } from './write';

/** Cards of one statement: as many values as SQLite takes, and the same statement each time. */
const ROWS = 50;
/** Cards that are read between two turns of the loop. */
const TURN = 25;

/** A card of a file, and the name that it would have. */
export interface Brought {
  readonly uri: string;
  readonly text: string;
}

export interface Digested extends Brought {
  readonly digest: Digest | undefined;
}

/** What the columns hold, made before the transaction and a few at a time: nobody waits for it. */
export async function digested(
  cards: readonly Brought[],
  maxBytes: number,
): Promise<readonly Digested[]> {
  const found: Digested[] = [];
  for (const some of chunksOf(cards, TURN)) {
    for (const card of some) {
      const isTooLarge = Buffer.byteLength(card.text) > maxBytes;
      found.push({ ...card, digest: isTooLarge ? undefined : digestOf(card.text) });
    }
    await setImmediate();
  }
  return found;
}

type Known = Pick<CardTableRow, 'id' | 'uri' | 'uid' | 'etag' | 'bytes'>;

/**
 * Many cards into a book, each over the one of its uid, under whatever name that stands; outcomes in
 * their order. All are one change of the book: a dozen statements, however many cards.
 */
export async function bringInRows(
  table: Tables,
  person: Person,
  input: {
    readonly book: string;
    readonly cards: readonly Digested[];
    readonly at: string;
    readonly maxCards: number;
    readonly maxBytes: number;
  } & Quota,
): Promise<readonly Put[]> {
  const { cards, at } = input;
  const place = await placeOf(table, person, input.book);
  if (!place || !canWrite(place)) {
    return cards.map(() => ({ kind: 'refused', reason: place ? 'rights' : 'missing' }));
  }
  const known = await knownOf(table, place.key, cards);
  let left = input.maxCards - (await countOf(table, place.key));
  const owner = { site: person.site, user: place.ownerUser };
  let room = input.maxKept - (await keptBytes(table, owner));
  const written = new Map<string, Digested & { readonly id: string }>();
  const outcomes = cards.map((card): Put => {
    const { digest, text } = card;
    if (!digest) return { kind: 'refused', reason: reasonOf(text, input.maxBytes) };
    const there = known.byUid.get(digest.uid);
    if (!there && left <= 0) return { kind: 'refused', reason: 'full' };
    const more = digest.bytes - (there?.bytes ?? 0);
    if (more > 0 && more > room) {
      return { kind: 'refused', reason: 'quota' };
    }
    const uri = there?.uri ?? (known.uris.has(card.uri) ? `${randomUUID()}.vcf` : card.uri);
    const id = there?.id ?? randomUUID();
    const isSame = there?.etag === digest.etag;
    if (!isSame) {
      room -= more;
      written.set(id, { ...card, digest, uri, id });
    }
    if (!there) left -= 1;
    known.uris.add(uri);
    const { uid, etag, bytes } = digest;
    known.byUid.set(uid, { id, uri, uid, etag, bytes });
    return {
      kind: there ? 'updated' : 'created',
      etag: digest.etag,
      id,
      ...(isSame && { isSame }),
    };
  });
  if (written.size === 0) return outcomes;
  const seq = await nextToken(table, place.key);
  for (const some of chunksOf([...written.values()], ROWS)) {
    await table(CARDS)
      .insert(
        some.map(({ id, uri, text, digest }) => ({
          ...digest,
          id,
          book_key: place.key,
          uri,
          text,
          seq,
          updated_at: at,
        })),
      )
      .onConflict('id')
      .merge();
    const uris = some.map(({ uri }) => uri);
    await table(REMOVED).where({ book_key: place.key }).whereIn('uri', uris).delete();
  }
  return outcomes;
}

const reasonOf = (text: string, maxBytes: number) =>
  Buffer.byteLength(text) > maxBytes ? 'too-large' : 'not-a-card';

/** What stands in a book under the uids and the names of some cards. */
async function knownOf(table: Tables, key: number, cards: readonly Digested[]) {
  const byUid = new Map<string, Known>();
  const uris = new Set<string>();
  const columns = ['id', 'uri', 'uid', 'etag', 'bytes'];
  for (const some of chunksOf(cards)) {
    const ids = some.flatMap(({ digest }) => (digest ? [digest.uid] : []));
    const names = some.map(({ uri }) => uri);
    const query = () => table(CARDS).where({ book_key: key }).select(columns);
    const same: Known[] = await query().whereIn('uid', ids);
    const named: Known[] = await query().whereIn('uri', names);
    for (const row of same) byUid.set(row.uid, row);
    for (const row of [...same, ...named]) uris.add(row.uri);
  }
  return { byUid, uris };
}

/** Cards that a book holds. */
export async function countOf(table: Tables, key: number): Promise<number> {
  const [{ count = 0 } = {}]: { count?: number }[] = await table(CARDS)
    .where({ book_key: key })
    .count({ count: '*' });
  return Number(count);
}
