import { randomBytes, randomInt, randomUUID, scrypt, timingSafeEqual } from 'node:crypto';
import type { Context, Db, Owner, Table } from './owner';
import { deviceHash, isoAt, rowOf } from './owner';
import { RECOVERY_COST } from './recovery-cost';
import type { Taking } from './taken';

const TABLE = 'twofactor_recovery';
// Without what is read for another: 0 and O, 1, I and L, 5 and S, 2 and Z, 8 and B, U and V.
const LETTERS = 'ACDEFGHJKMNPQRTWXY34679';
const SHAPE = /^[ACDEFGHJKMNPQRTWXY34679]{12}$/;
const CHARS = 12; // 54 bits: with five tries before the first wait, nobody guesses one
const HASH_BYTES = 32;
const SALT_BYTES = 16;

interface Row {
  readonly id: string;
  readonly salt: string;
  readonly hash: string;
}

const newCode = (): string =>
  Array.from({ length: CHARS }, () => LETTERS[randomInt(LETTERS.length)]).join('');

const shown = (code: string): string => code.match(/.{4}/g)?.join('-') ?? code;

/** As it is hashed: capitals without spaces and dashes; `undefined` for what is no code. */
function normalized(typed: string): string | undefined {
  const code = typed.toUpperCase().replace(/[\s\u00a0\u202f-]/g, '');
  return SHAPE.test(code) ? code : undefined;
}

const hashOf = (code: string, salt: Buffer): Promise<Buffer> =>
  new Promise((resolve, reject) => {
    scrypt(code, salt, HASH_BYTES, RECOVERY_COST, (error, key) =>
      error ? reject(error) : resolve(key),
    );
  });

/** In which browser a set was made, as it names itself (`name`) and as the platform does (`id`). */
interface Maker {
  readonly name: string;
  readonly id: string | undefined;
}

/** New codes of which nothing is kept yet. */
export interface NewRecovery {
  /** As they are shown: now, and never again. */
  readonly codes: readonly string[];
  readonly salt: string;
  readonly hashes: readonly string[];
}

/** Hashing takes a good part of a second: before a transaction, which others wait for. */
export async function newRecovery(count: number): Promise<NewRecovery> {
  const codes = [...new Set(Array.from({ length: count }, newCode))];
  // One salt for the set: a try costs one hash, whatever the number of codes.
  const salt = randomBytes(SALT_BYTES);
  const hashes: string[] = [];
  for (const code of codes) hashes.push((await hashOf(code, salt)).toString('hex'));
  return { codes: codes.map(shown), salt: salt.toString('hex'), hashes };
}

/** Keeps new codes in place of all that there were, in the transaction of `table`. */
export async function saveRecovery(
  { clock }: Context,
  table: Table,
  owner: Owner,
  { salt, hashes, maker }: NewRecovery & { readonly maker: Maker },
): Promise<void> {
  const created = isoAt(clock.now());
  await table(TABLE).where(rowOf(owner)).delete();
  await table(TABLE).insert(
    hashes.map((hash) => ({
      id: randomUUID(),
      ...rowOf(owner),
      salt,
      hash,
      created_at: created,
      used_at: null,
      made_from: maker.name,
      device_hash: maker.id === undefined ? '' : deviceHash(owner, maker.id),
    })),
  );
}

/** Takes a code once, also when it is given twice at the same moment. */
export async function takeRecovery(context: Context, owner: Owner, typed: string): Promise<Taking> {
  const code = normalized(typed);
  if (code === undefined) return { kind: 'wrong' };
  const rows: Row[] = await context.db
    .table(TABLE)
    .where(rowOf(owner))
    .select('id', 'salt', 'hash');
  const [first] = rows;
  if (!first) return { kind: 'wrong' };
  const hash = await hashOf(code, Buffer.from(first.salt, 'hex'));
  // All are compared: the time says nothing of which one it was.
  const matching = rows.filter((row) => timingSafeEqual(hash, Buffer.from(row.hash, 'hex')));
  const [found] = matching;
  if (!found) return { kind: 'wrong' };
  const row = () => context.db.table(TABLE).where({ id: found.id, ...rowOf(owner) });
  const taken: number = await row()
    .whereNull('used_at')
    .update({ used_at: isoAt(context.clock.now()) });
  if (taken !== 1) return { kind: 'replayed' };
  return {
    kind: 'right',
    giveBack: async () => {
      // Nobody takes it meanwhile, and of a set that was made anew it is no more.
      await row().update({ used_at: null });
    },
  };
}

/** How many codes are left, of how many, and where they come from; no date where there are none. */
export interface Recovery {
  readonly left: number;
  readonly of: number;
  readonly createdAt: string | undefined;
  /** What the browser of that time says that it is. */
  readonly madeFrom: string;
}

export async function countRecovery(db: Pick<Db, 'table'>, owner: Owner): Promise<Recovery> {
  const rows: { used_at: string | null; created_at: string; made_from: string }[] = await db
    .table(TABLE)
    .where(rowOf(owner))
    .select('used_at', 'created_at', 'made_from');
  return {
    left: rows.filter(({ used_at }) => used_at === null).length,
    of: rows.length,
    createdAt: rows[0]?.created_at,
    madeFrom: rows[0]?.made_from ?? '',
  };
}

/** Removes the codes of a person, unless they were made in the browser `but`; how many. */
export async function removeRecovery(
  db: Pick<Db, 'table'>,
  owner: Owner,
  but?: string,
): Promise<number> {
  const codes = db.table(TABLE).where(rowOf(owner));
  if (but !== undefined) void codes.whereNot({ device_hash: deviceHash(owner, but) }); // builds on
  const removed: number = await codes.delete();
  return removed;
}

/** Whether what was typed has the shape of a recovery code rather than of six figures. */
export const looksLikeRecovery = (typed: string): boolean => normalized(typed) !== undefined;
