import { randomUUID } from 'node:crypto';
import { digestOf } from './digest';
import { nextToken, type Place } from './places';
import { CARDS, REMOVED, type Tables } from './tables';
import type { Put, When } from './types';

/** Names of a client (`<name>.vcf`), never a path. */
const URI = /^[^/\\\p{Cc}]{1,255}$/u;

export interface PutInput {
  readonly book: string;
  readonly uri: string;
  readonly text: string;
  readonly when: When;
  readonly at: string;
  readonly maxCards: number;
  readonly maxBytes: number;
}

/** What the owner of a book may keep in all. */
export interface Quota {
  readonly maxKept: number;
}

/** Whether nothing else was written since (RFC 9110 13.1). */
export const isUnchanged = (when: When, there: { readonly etag: string } | undefined): boolean => {
  if (when.ifNoneMatch === true && there) return false;
  if (when.ifMatch === undefined) return true;
  return there !== undefined && (when.ifMatch === '*' || when.ifMatch === there.etag);
};

/** Writes a card into a book whose rights were looked at. */
export async function putInto(
  table: Tables,
  { key }: Pick<Place, 'key'>,
  input: Omit<PutInput, 'book'> & { readonly id?: string },
): Promise<Put> {
  const { uri, text, when, at } = input;
  if (!URI.test(uri)) return { kind: 'refused', reason: 'uri' };
  if (Buffer.byteLength(text) > input.maxBytes) return { kind: 'refused', reason: 'too-large' };
  const digest = digestOf(text);
  if (!digest) return { kind: 'refused', reason: 'not-a-card' };
  const there: { id: string; etag: string } | undefined = await table(CARDS)
    .where({ book_key: key, uri })
    .first('id', 'etag');
  if (!isUnchanged(when, there)) return { kind: 'conflict' };
  const same: { uri: string } | undefined = await table(CARDS)
    .where({ book_key: key, uid: digest.uid })
    .whereNot({ uri })
    .first('uri');
  if (same) return { kind: 'uid-conflict', uri: same.uri };
  if (there?.etag === digest.etag) {
    return { kind: 'updated', etag: digest.etag, id: there.id, isSame: true };
  }
  const values = { ...digest, uri, text, updated_at: at };
  if (there) {
    const seq = await nextToken(table, key);
    await table(CARDS)
      .where({ id: there.id })
      .update({ ...values, seq });
    return { kind: 'updated', etag: digest.etag, id: there.id };
  }
  const [{ count = 0 } = {}]: { count?: number }[] = await table(CARDS)
    .where({ book_key: key })
    .count({ count: '*' });
  if (Number(count) >= input.maxCards) return { kind: 'refused', reason: 'full' };
  const id = input.id ?? randomUUID();
  const seq = await nextToken(table, key);
  await table(CARDS).insert({ ...values, id, book_key: key, seq });
  await table(REMOVED).where({ book_key: key, uri }).delete();
  return { kind: 'created', etag: digest.etag, id };
}

/** The same name where it is free in a book, else a new one. */
export async function freeUri(table: Tables, key: number, uri: string): Promise<string> {
  const taken: unknown = await table(CARDS).where({ book_key: key, uri }).first('id');
  return taken === undefined ? uri : `${randomUUID()}.vcf`;
}
