import { randomUUID } from 'node:crypto';
import { z } from 'estafette/plugin';
import type { Context, Db, Owner, Table } from './owner';
import { hasAny, hashOf, isoAt, rowOf } from './owner';
import type { Taken } from './taken';

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

type Row = z.infer<typeof shape>;

const passkeyOf = (row: Row): Passkey => ({
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
export async function listPasskeys(
  db: Pick<Db, 'table'>,
  owner: Owner,
): Promise<readonly Passkey[]> {
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
 * `isFirst`, when they have any factor. In the transaction of `table`.
 */
export async function addPasskey(
  { clock }: Context,
  table: Table,
  owner: Owner,
  passkey: NewPasskey & { readonly isFirst: boolean; readonly addedFrom: string },
): Promise<boolean> {
  const credential_hash = hashOf('credential', passkey.credential);
  if (passkey.isFirst && (await hasAny({ table }, owner))) return false;
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
}

/**
 * Writes the counter of a use: it only grows (WebAuthn 7.2, step 22), unless the authenticator keeps
 * none. Read and written in one transaction; `undefined` when another use, or a copy of the key, was
 * there before.
 */
export async function countUse(
  { db, clock }: Context,
  owner: Owner,
  { id, counter }: { readonly id: string; readonly counter: number },
): Promise<Taken | undefined> {
  return db.transaction(async (table): Promise<Taken | undefined> => {
    const where = { id, ...rowOf(owner) };
    const row: Pick<Row, 'counter' | 'used_at'> | undefined = await table(TABLE)
      .where(where)
      .where('counter', counter === 0 ? '=' : '<', counter)
      .first('counter', 'used_at');
    if (!row) return undefined;
    const used_at = isoAt(clock.now());
    await table(TABLE).where(where).update({ counter, used_at });
    return {
      giveBack: async () => {
        await db
          .table(TABLE)
          .where({ ...where, counter, used_at })
          .update(row);
      },
    };
  });
}

/** Removes one passkey of a person, or all. */
export async function removePasskeys(
  db: Pick<Db, 'table'>,
  owner: Owner,
  id?: string,
): Promise<void> {
  await db
    .table(TABLE)
    .where({ ...rowOf(owner), ...(id !== undefined && { id }) })
    .delete();
}
