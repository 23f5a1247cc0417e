import { createHash } from 'node:crypto';
import type { PluginContext, SiteId } from 'estafette/plugin';
import type { FactorConfig } from './config';

export type Context = PluginContext<FactorConfig>;
export type Db = Context['db'];
export type Table = Db['table'];

/** Whose factors: a site and a person are part of every query. */
export interface Owner {
  readonly site: SiteId;
  readonly user: number;
}

/** The columns of an owner. */
export const rowOf = ({ site, user }: Owner) => ({ site, user_id: user });

export const isoAt = (ms: number): string => new Date(ms).toISOString();

export const hashOf = (...parts: readonly string[]): string =>
  createHash('sha256').update(JSON.stringify(parts)).digest('hex');

/** The core names the browser for this person; a copy of the table names none. */
export const deviceHash = ({ site, user }: Owner, device: string): string =>
  hashOf('device', site, String(user), device);

/** Whether a person has a factor; recovery codes alone are none. */
export async function hasAny(db: Pick<Db, 'table'>, owner: Owner): Promise<boolean> {
  const totp: unknown = await db.table('twofactor_totp').where(rowOf(owner)).first('user_id');
  if (totp !== undefined) return true;
  const passkey: unknown = await db.table('twofactor_passkeys').where(rowOf(owner)).first('id');
  return passkey !== undefined;
}
