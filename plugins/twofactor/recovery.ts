import { randomBytes, randomInt, randomUUID, scrypt, timingSafeEqual } from 'node:crypto';
import type { Context, Db, Owner } from './owner';
import { isoAt, rowOf } from './owner';

const TABLE = 'twofactor_recovery';
// Without what is read for another: 0 and O, 1, I and L, 5 and S, 2 and Z, 8 and B, U and V.
const LETTERS = 'ACDEFGHJKMNPQRTWXY34679';
const SHAPE = /^[ACDEFGHJKMNPQRTWXY34679]{12}$/;
const CHARS = 12; // 54 bits: with five tries before the first wait, nobody guesses one
// 32 MB and a tenth of a second, in a thread of libuv: beside the loop, never on it.
const COST = { N: 2 ** 15, r: 8, p: 1, maxmem: 64 * 1_024 * 1_024 };
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
    scrypt(code, salt, HASH_BYTES, COST, (error, key) => (error ? reject(error) : resolve(key)));
  });

/** New codes in place of all that there were: shown now, and never again. */
export async function renewRecovery(
  context: Context,
  owner: Owner,
  count: number,
): Promise<readonly string[]> {
  const codes = [...new Set(Array.from({ length: count }, newCode))];
  // One salt for the set: a try costs one hash, whatever the number of codes.
  const salt = randomBytes(SALT_BYTES);
  const hashes: Buffer[] = [];
  for (const code of codes) hashes.push(await hashOf(code, salt));
  const created = isoAt(context.clock.now());
  await context.db.transaction(async (table) => {
    await table(TABLE).where(rowOf(owner)).delete();
    await table(TABLE).insert(
      hashes.map((hash) => ({
        id: randomUUID(),
        ...rowOf(owner),
        salt: salt.toString('hex'),
        hash: hash.toString('hex'),
        created_at: created,
        used_at: null,
      })),
    );
  });
  return codes.map(shown);
}

/** Takes a code once, also when it is given twice at the same moment. */
export async function takeRecovery(
  context: Context,
  owner: Owner,
  typed: string,
): Promise<'right' | 'replayed' | 'wrong'> {
  const code = normalized(typed);
  if (code === undefined) return 'wrong';
  const rows: Row[] = await context.db
    .table(TABLE)
    .where(rowOf(owner))
    .select('id', 'salt', 'hash');
  const [first] = rows;
  if (!first) return 'wrong';
  const hash = await hashOf(code, Buffer.from(first.salt, 'hex'));
  // All are compared: the time says nothing of which one it was.
  const matching = rows.filter((row) => timingSafeEqual(hash, Buffer.from(row.hash, 'hex')));
  const [found] = matching;
  if (!found) return 'wrong';
  const taken: number = await context.db
    .table(TABLE)
    .where({ id: found.id, ...rowOf(owner) })
    .whereNull('used_at')
    .update({ used_at: isoAt(context.clock.now()) });
  return taken === 1 ? 'right' : 'replayed';
}

/** How many codes are left, and of how many. */
export async function countRecovery(
  db: Db,
  owner: Owner,
): Promise<{ readonly left: number; readonly of: number }> {
  const rows: { used_at: string | null }[] = await db
    .table(TABLE)
    .where(rowOf(owner))
    .select('used_at');
  return { left: rows.filter(({ used_at }) => used_at === null).length, of: rows.length };
}

export async function removeRecovery(db: Pick<Db, 'table'>, owner: Owner): Promise<void> {
  await db.table(TABLE).where(rowOf(owner)).delete();
}

/** Whether what was typed has the shape of a recovery code rather than of six figures. */
export const looksLikeRecovery = (typed: string): boolean => normalized(typed) !== undefined;
