import type { Knex } from 'knex';
import type { SiteId, UserId } from '../base/types';

/** One row per (user, scope, key): two tabs never overwrite each other. */
export interface Settings {
  /** All values of a scope (`core`, or a plugin id): the user's own only. */
  read(user: UserId, scope: string): Promise<Readonly<Record<string, unknown>>>;
  /** The same of several users at once; who has set none is absent. Thousands are read in parts. */
  readMany(
    users: readonly UserId[],
    scope: string,
  ): Promise<ReadonlyMap<UserId, Readonly<Record<string, unknown>>>>;
  /** One value; undefined when the user has not set it. */
  readKey(user: UserId, scope: string, key: string): Promise<unknown>;
  /** Values of everybody who set one of the keys that begin so, by user. */
  readAll(
    scope: string,
    prefix: string,
  ): Promise<ReadonlyMap<UserId, Readonly<Record<string, unknown>>>>;
  /** Writes the given keys only, in one transaction; JSON values. `undefined` removes the key. */
  write(user: UserId, scope: string, values: Readonly<Record<string, unknown>>): Promise<void>;
  /** Everything of a user, for export. */
  exportUser(user: UserId): Promise<readonly { scope: string; key: string; value: unknown }[]>;
  /** Settings that a site, or groups of it, may not change: `core.display.theme`, `plugin.key`. */
  locked(site: SiteId, groups?: readonly string[]): readonly string[];
  erase(user: UserId, trx?: Knex.Transaction): Promise<void>;
}

export type { SiteId };
