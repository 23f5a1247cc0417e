import type { Knex } from 'knex';
import { z } from 'zod';
import { type Clock, isoNow } from '../base/clock';
import { AppError } from '../base/errors';
import type { SiteId, UserId } from '../base/types';
import type { Database } from '../kernel/db-types';
import { deepFreeze } from '../kernel/freeze';
import type { HookEmitter, HookScope } from '../kernel/hook-types';
import { groupsOf } from '../sites';
import type { Site } from '../sites/site';
import type { ErasingTables, NewUser } from './hooks';
import { canonicalLogin } from './login-input';
import { languageOf, placeOf } from './profile';
import type { Principal, User } from './types';

/** Columns of `users`, prefixed so that they can stand beside those of a session. */
export const USER_COLUMNS = {
  user_id: 'users.id',
  user_site: 'users.site',
  user_login: 'users.login',
  user_name: 'users.name',
  user_mail: 'users.mail',
  user_aliases: 'users.aliases',
  user_locale: 'users.locale',
  user_groups: 'users.groups',
  user_unit: 'users.unit',
  user_phone: 'users.phone',
} as const;

export const userRowShape = z.object({
  user_id: z.number(),
  user_site: z.string(),
  user_login: z.string(),
  user_name: z.string(),
  user_mail: z.string(),
  user_aliases: z.string(),
  user_locale: z.enum(['fr', 'en']),
  user_groups: z.string(),
  user_unit: z.string().nullable(),
  user_phone: z.string().nullable(),
});
const listShape = z.array(z.string());

/** A user from a row with the columns of {@link USER_COLUMNS}; frozen, for its groups say what it may. */
export const userFromRow = (row: z.infer<typeof userRowShape>): User =>
  deepFreeze({
    id: row.user_id as UserId, // our own rows
    site: row.user_site as SiteId,
    login: row.user_login,
    name: row.user_name,
    mail: row.user_mail,
    aliases: listShape.parse(JSON.parse(row.user_aliases)),
    locale: row.user_locale,
    groups: listShape.parse(JSON.parse(row.user_groups)),
    ...(row.user_unit !== null && { unit: row.user_unit }),
    ...(row.user_phone !== null && { phone: row.user_phone }),
  });

export interface UserExport {
  readonly user: User;
  readonly createdAt: string;
  readonly signedInAt: string;
}

export interface UserStore {
  /**
   * The user of a principal, made at the first sign-in, brought up to date at each. `language`: the
   * one that they chose before the first, which goes before what the directory says.
   */
  provision(
    scope: HookScope,
    site: Site,
    principal: Principal,
    language?: User['locale'],
  ): Promise<{ readonly user: User; readonly first: boolean }>;
  find(id: UserId): Promise<User | undefined>;
  /** Everybody of a site, or of all, in the order of their first sign-in. */
  list(site?: SiteId): Promise<readonly User[]>;
  findByLogin(site: SiteId, login: string): Promise<User | undefined>;
  /** By what a person may call the account: its login, its main address or an alias, in any spelling. */
  findByName(site: SiteId, name: string): Promise<User | undefined>;
  exportUser(id: UserId): Promise<UserExport | undefined>;
  /**
   * Asks plugins to erase the user (`user:erased`), then removes them and what the erasers hold, all
   * or nothing. Nothing of the core goes when a plugin fails; the whole is then asked again later.
   */
  eraseUser(id: UserId): Promise<void>;
}

export interface UserStoreDeps {
  readonly db: Database;
  readonly clock: Clock;
  readonly hooks: HookEmitter;
  /** Stores the first settings that `user:profile` gives. */
  readonly writeSettings?: (user: UserId, values: NewUser['settings']) => Promise<void>;
  /** Removes what other folders keep of a user, inside the same transaction. */
  readonly erasers?: readonly ((user: UserId, trx: Knex.Transaction) => Promise<void>)[];
  /** The tables that handlers of `user:erased` are given; none unless told. */
  readonly erasingTables?: ErasingTables;
}

/** Columns that each sign-in writes anew. */
interface Said extends ReturnType<typeof placeOf> {
  readonly groups: string;
}

const NO_TABLES: ErasingTables = {
  table(name) {
    throw new AppError('request/forbidden', { details: { table: name } });
  },
};

export function createUserStore(deps: UserStoreDeps): UserStore {
  const { db, clock, hooks, erasers = [], erasingTables = NO_TABLES } = deps;

  async function findWhere(knex: Knex, where: object): Promise<User | undefined> {
    const row: unknown = await knex('users').where(where).first(USER_COLUMNS);
    return row === undefined ? undefined : userFromRow(userRowShape.parse(row));
  }
  const findByLogin = (site: SiteId, login: string, knex: Knex = db.knex) =>
    findWhere(knex, { site, login: login.toLowerCase() });

  async function provision(
    scope: HookScope,
    site: Site,
    principal: Principal,
    language?: User['locale'],
  ) {
    const login = principal.login.toLowerCase();
    const known = await findByLogin(site.id, login);
    // Plugins are asked before the transaction: SQLite has one connection, and they may be slow.
    const profile = known ? undefined : await firstProfile(scope, site, principal, language);
    const saved = await db.transaction(async (trx) => {
      const existing = await findByLogin(site.id, login, trx);
      const said = {
        groups: JSON.stringify(groupsOf(principal, site.groups)),
        ...placeOf(site, principal),
      };
      if (existing || !profile) {
        const id = await update(trx, existing ?? known, { ...principal, ...said });
        await keepAliases(trx, { site: site.id, id, aliases: principal.aliases });
        return { id };
      }
      const id = await insert(trx, site.id, login, { ...profile, ...said });
      await keepAliases(trx, { site: site.id, id, aliases: profile.mails.slice(1) });
      return { id, profile };
    });
    // Read again: what the row holds is what every later request will see.
    const user = await findWhere(db.knex, { id: saved.id });
    if (!user) throw new Error('the user was erased meanwhile');
    if (saved.profile) await deps.writeSettings?.(user.id, saved.profile.settings);
    return { user, first: saved.profile !== undefined };
  }

  function firstProfile(
    scope: HookScope,
    site: Site,
    principal: Principal,
    language: User['locale'] = languageOf(site, principal),
  ): Promise<NewUser> {
    const { login, name, mail, aliases } = principal;
    const profile = {
      login: login.toLowerCase(),
      name,
      mails: [mail, ...aliases],
      language,
      settings: {},
    };
    return hooks.filter(scope, 'user:profile', profile, { site: site.id, principal });
  }

  async function insert(
    trx: Knex.Transaction,
    site: SiteId,
    login: string,
    profile: NewUser & Said,
  ) {
    const now = isoNow(clock);
    const [mail = '', ...aliases] = profile.mails;
    const rows: unknown = await trx('users')
      .insert({
        site,
        login,
        name: profile.name,
        mail,
        aliases: JSON.stringify(aliases),
        locale: profile.language,
        groups: profile.groups,
        unit: profile.unit,
        phone: profile.phone,
        created_at: now,
        signed_in_at: now,
      })
      .returning('id');
    return z.tuple([z.object({ id: z.number() })]).parse(rows)[0].id;
  }

  async function update(
    trx: Knex.Transaction,
    user: User | undefined,
    { name, mail, aliases, groups, unit, phone }: Principal & Said,
  ) {
    const id = user?.id ?? -1;
    await trx('users')
      .where({ id })
      .update({
        name,
        mail,
        aliases: JSON.stringify(aliases),
        groups,
        unit,
        phone,
        signed_in_at: isoNow(clock),
      });
    return id;
  }

  /** The same list once more, with an index: who is meant by an address must not cost a scan. */
  async function keepAliases(
    trx: Knex.Transaction,
    {
      site,
      id,
      aliases,
    }: { readonly site: SiteId; readonly id: number; aliases: readonly string[] },
  ): Promise<void> {
    const names = new Set(aliases.map((alias) => alias.toLowerCase()));
    await trx('user_aliases')
      .where({ user_id: id })
      .whereNotIn('alias', [...names])
      .delete();
    const rows = [...names].map((alias) => ({ user_id: id, site, alias }));
    if (rows.length === 0) return;
    await trx('user_aliases').insert(rows).onConflict(['user_id', 'alias']).ignore();
  }

  /** A main address goes before an alias of somebody else. */
  async function findByMail(site: SiteId, mail: string): Promise<User | undefined> {
    const row: unknown =
      (await db
        .knex('users')
        .where({ site })
        .whereRaw('lower(mail) = ?', [mail])
        .first(USER_COLUMNS)) ??
      (await db
        .knex('user_aliases')
        .join('users', 'users.id', 'user_aliases.user_id')
        .where({ 'user_aliases.site': site, alias: mail })
        .orderBy('user_aliases.user_id')
        .first(USER_COLUMNS));
    return row === undefined ? undefined : userFromRow(userRowShape.parse(row));
  }

  return {
    provision,
    find: (id) => findWhere(db.knex, { id }),
    async list(site) {
      const query = db.knex('users').orderBy('id').select(USER_COLUMNS);
      const rows: unknown = await (site === undefined ? query : query.where({ site }));
      return z.array(userRowShape).parse(rows).map(userFromRow);
    },
    findByLogin: (site, login) => findByLogin(site, login),
    async findByName(site, name) {
      const wanted = canonicalLogin(name);
      return (
        (await findByLogin(site, wanted)) ??
        (wanted.includes('@') ? findByMail(site, wanted) : undefined)
      );
    },
    async exportUser(id) {
      const user = await findWhere(db.knex, { id });
      const row: unknown = await db.knex('users').where({ id }).first();
      if (!user) return undefined;
      const times = z.object({ created_at: z.string(), signed_in_at: z.string() }).parse(row);
      return { user, createdAt: times.created_at, signedInAt: times.signed_in_at };
    },
    async eraseUser(id) {
      const user = await findWhere(db.knex, { id });
      if (!user) return;
      // Plugins first, outside the transaction: they write elsewhere, and nobody waits for them.
      await hooks.action({ site: user.site }, 'user:erased', { user, db: erasingTables });
      await db.transaction(async (trx) => {
        for (const erase of erasers) await erase(id, trx);
        await trx('sign_in_links').where({ user_id: id }).delete();
        await trx('sessions').where({ user_id: id }).delete();
        await trx('users').where({ id }).delete();
      });
    },
  };
}
