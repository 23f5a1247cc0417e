import { randomUUID } from 'node:crypto';
import { z } from 'estafette/plugin';
import type { Context, Db, Owner } from './owner';
import { hasAny, hashOf, isoAt, rowOf } from './owner';

const TABLE = 'twofactor_passkeys';
/** More than anybody carries. */
export const PASSKEYS_MAX = 10;

export interface Passkey {
  readonly id: string;
  readonly name: string;
  readonly credential: string;
  /** COSE key, base64url. */
  readonly publicKey: string;
  readonly counter: number;
  readonly transports: readonly string[];
  readonly createdAt: string;
  /** What the browser of that time says that it is. */
  readonly addedFrom: string;
  readonly usedAt: string | undefined;
}

const shape = z.object({
  id: z.string(),
  name: z.string(),
  credential: z.string(),
  public_key: z.string(),
  // PostgreSQL gives a bigint as text.
  counter: z.coerce.number(),
  transports: z.string(),
  created_at: z.string(),
  added_from: z.string(),
  used_at: z.string().nullable(),
});
const transportsShape = z.array(z.string());

const passkeyOf = (row: z.infer<typeof shape>): Passkey => ({
  id: row.id,
  name: row.name,
  credential: row.credential,
  publicKey: row.public_key,
  counter: row.counter,
  transports: transportsShape.parse(JSON.parse(row.transports)),
  createdAt: row.created_at,
  addedFrom: row.added_from,
  usedAt: row.used_at ?? undefined,
});

/** Passkeys of a person, the oldest first. */
export async function listPasskeys(db: Db, owner: Owner): Promise<readonly Passkey[]> {
  const rows: unknown = await db
    .table(TABLE)
    .where(rowOf(owner))
    .orderBy('created_at')
    .limit(PASSKEYS_MAX * 2)
    .select();
  return z.array(shape).parse(rows).map(passkeyOf);
}

export interface NewPasskey {
  readonly name: string;
  readonly credential: string;
  readonly publicKey: string;
  readonly counter: number;
  readonly transports: readonly string[];
}

/**
 * False when the credential is somebody's already, or the person has all that one may have; with
 * `isFirst`, when they have any factor.
 */
export async function addPasskey(
  { db, clock }: Context,
  owner: Owner,
  passkey: NewPasskey & { readonly isFirst: boolean; readonly addedFrom: string },
): Promise<boolean> {
  const credential_hash = hashOf('credential', passkey.credential);
  return db.transaction(async (table) => {
    if (passkey.isFirst && (await hasAny(table, owner))) return false;
    const taken: unknown = await table(TABLE)
      .where({ site: owner.site, credential_hash })
      .first('id');
    const own: unknown[] = await table(TABLE).where(rowOf(owner)).limit(PASSKEYS_MAX).select('id');
    if (taken !== undefined || own.length >= PASSKEYS_MAX) return false;
    await table(TABLE).insert({
      id: randomUUID(),
      ...rowOf(owner),
      name: passkey.name,
      credential: passkey.credential,
      credential_hash,
      public_key: passkey.publicKey,
      counter: passkey.counter,
      transports: JSON.stringify(passkey.transports),
      created_at: isoAt(clock.now()),
      added_from: passkey.addedFrom,
      used_at: null,
    });
    return true;
  });
}

/**
 * Writes the counter of a use, in one statement: it only grows (WebAuthn 7.2, step 22), unless the
 * authenticator keeps none. False when another use, or a copy of the key, was there before.
 */
export async function countUse(
  { db, clock }: Context,
  owner: Owner,
  { id, counter }: { readonly id: string; readonly counter: number },
): Promise<boolean> {
  const counted: number = await db
    .table(TABLE)
    .where({ id, ...rowOf(owner) })
    .where('counter', counter === 0 ? '=' : '<', counter)
    .update({ counter, used_at: isoAt(clock.now()) });
  return counted === 1;
}

/** Name of what was removed. */
export async function removePasskey(db: Db, owner: Owner, id: string): Promise<string | undefined> {
  const row: { name: string } | undefined = await db
    .table(TABLE)
    .where({ id, ...rowOf(owner) })
    .first('name');
  const removed: number = row
    ? await db
        .table(TABLE)
        .where({ id, ...rowOf(owner) })
        .delete()
    : 0;
  return removed > 0 ? row?.name : undefined;
}

export async function removePasskeys(db: Pick<Db, 'table'>, owner: Owner): Promise<number> {
  const removed: number = await db.table(TABLE).where(rowOf(owner)).delete();
  return removed;
}
