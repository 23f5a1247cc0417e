import type { Db, Owner } from './owner';
import { deviceHash, rowOf } from './owner';

/** What is kept of a browser by its name. Tries are not: who gives a factor there begins anew. */
const TABLES = ['twofactor_devices', 'twofactor_recovery'];

/**
 * A browser that is called otherwise goes on being trusted, and is still the one where codes were
 * made; nothing is by its former name.
 */
export async function renameBrowser(
  db: Db,
  owner: Owner,
  { from, to }: { readonly from: string; readonly to: string },
): Promise<void> {
  const former = { ...rowOf(owner), device_hash: deviceHash(owner, from) };
  const device_hash = deviceHash(owner, to);
  for (const name of TABLES) await db.table(name).where(former).update({ device_hash });
}
