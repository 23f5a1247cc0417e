import { randomUUID } from 'node:crypto';
import type { SiteId } from 'estafette/plugin';
import type { Person } from '../store';
import { tellOf } from '../store/announced';
import { BOOKS, REMOTE_BOOKS, type Tables } from '../store/tables';
import { createClient, type Login } from './client';
import type { Context } from './copies';
import { dropAccounts, isLate } from './kept';
import { leftOf } from './left';
import { syncBook, type Told } from './sync';
import { ACCOUNTS, type AccountRow, type RemoteBookRow } from './tables';
import {
  type Account,
  type Accounts,
  type Fault,
  Faulty,
  type FoundBook,
  type Refreshed,
} from './types';

/** Accounts of a person, of which each may have some books. */
const ACCOUNTS_MAX = 10;
const BOOKS_MAX = 20;
const PAGE_MS = 15_000;

const boundTo = ({ site, user }: Pick<Person, 'site' | 'user'>, id: string): string =>
  `account ${site} ${user} ${id}`;
/** While somebody waits for a page. */
const pageOf = ({ as }: Person) => ({ ms: PAGE_MS, as });
const ownedBy = ({ site, user }: Person) => ({ site, user_id: user });

/** What was typed as a whole address; `undefined` for what is none. */
function urlOf(typed: string): string | undefined {
  const whole = /^https?:\/\//i.test(typed) ? typed : `https://${typed}`;
  return URL.canParse(whole) ? new URL(whole).href : undefined;
}

/** Runs what asks a server; what it answered wrongly is a word for the person. */
async function tried<T>(work: () => Promise<T>): Promise<T | { kind: 'fault'; fault: Fault }> {
  try {
    return await work();
  } catch (error) {
    if (error instanceof Faulty) return { kind: 'fault', fault: error.fault };
    throw error;
  }
}

/** Reads all books of an account, as far as the time goes, and notes how it went. */
export async function syncAccount(
  context: Context,
  row: AccountRow,
  { ms, as }: { readonly ms: number; readonly as?: Person['as'] },
): Promise<Refreshed> {
  const { db, clock } = context;
  const person: Person = { site: row.site as SiteId, user: row.user_id, mail: '', as };
  const told: Told = { saved: [], deleted: [] };
  const now = () => new Date(clock.now()).toISOString();
  const end = Date.now() + ms;
  const isOver = (): boolean => Date.now() > end;
  const done = await tried(async () => {
    const password = context.open(row.secret, boundTo(person, row.id));
    // The key of the site changed: only the person knows it.
    if (password === undefined) throw new Faulty('password');
    const client = createClient(context.http, { url: row.url, login: row.login, password });
    const books: RemoteBookRow[] = await db.table(REMOTE_BOOKS).where({ account_id: row.id });
    let isCut = false;
    for (const book of books) {
      const synced = await syncBook(context, person, { book, client, isOver, told });
      isCut ||= synced.isCut;
    }
    return { kind: 'done', isCut } as const;
  });
  await tellAll(context, person, told);
  const fault = done.kind === 'fault' ? done.fault : '';
  await db
    .table(ACCOUNTS)
    .where({ id: row.id })
    .update({
      tried_at: now(),
      fault,
      ...(done.kind === 'done' && !done.isCut && { synced_at: now() }),
    });
  if (fault !== '')
    context.log.warn({ site: row.site, account: row.id, fault }, 'contacts/account');
  return done.kind === 'done'
    ? { kind: 'done', changed: told.saved.length, removed: told.deleted.length }
    : done;
}

/** Other plugins hear of copies as of what is written here, once for a reading. */
async function tellAll({ hooks }: Context, person: Person, { saved, deleted }: Told) {
  await tellOf(hooks.emit, person, 'saved', saved);
  await tellOf(hooks.emit, person, 'deleted', deleted);
}

/** Accounts on other servers as one plugin context reaches them. */
export function createAccounts(context: Context): Accounts {
  const { db, clock } = context;
  const now = (): string => new Date(clock.now()).toISOString();

  async function rowOf(
    person: Person,
    id: string,
    state: AccountRow['state'],
  ): Promise<AccountRow | undefined> {
    const row: AccountRow | undefined = await db
      .table(ACCOUNTS)
      .where({ ...ownedBy(person), id, state })
      .first();
    return row && state === 'pending' && isLate(row, clock.now()) ? undefined : row;
  }

  const find = (login: Login) => createClient(context.http, login).find();

  return {
    async list(person) {
      const rows: AccountRow[] = await db
        .table(ACCOUNTS)
        .where({ ...ownedBy(person), state: 'kept' })
        .orderBy('title');
      const ids = rows.map(({ id }) => id);
      const books: { account_id: string; id: string; title: string }[] = await db
        .table(REMOTE_BOOKS)
        .join(BOOKS, `${BOOKS}.key`, `${REMOTE_BOOKS}.book_key`)
        .whereIn('account_id', ids)
        .orderBy(`${BOOKS}.key`)
        .select(`${REMOTE_BOOKS}.account_id`, `${BOOKS}.id`, `${BOOKS}.title`);
      const left = await leftOf((name) => db.table(name), ids);
      return rows.map(
        (row): Account => ({
          id: row.id,
          title: row.title,
          url: row.url,
          login: row.login,
          syncedAt: row.synced_at,
          fault: row.fault as Fault | '',
          books: books
            .filter(({ account_id }) => account_id === row.id)
            .map(({ id, title }) => ({ id, title })),
          left: left.get(row.id)?.first ?? [],
          leftCount: left.get(row.id)?.count ?? 0,
        }),
      );
    },

    discover: (person, { url: typed, login, password }) =>
      tried(async () => {
        const url = urlOf(typed);
        if (url === undefined) throw new Faulty('address');
        // Where a name ends is told by the first colon (RFC 7617 2).
        if (login.includes(':')) throw new Faulty('password');
        const kept: AccountRow[] = await db.table(ACCOUNTS).where(ownedBy(person));
        if (kept.filter(({ state }) => state === 'kept').length >= ACCOUNTS_MAX)
          throw new Faulty('too-much');
        const found = await find({ url, login, password });
        // One search at a time waits for its choice.
        await db
          .table(ACCOUNTS)
          .where({ ...ownedBy(person), state: 'pending' })
          .delete();
        const id = randomUUID();
        await db.table(ACCOUNTS).insert({
          ...ownedBy(person),
          id,
          title: '',
          url,
          login,
          secret: context.seal(password, boundTo(person, id)),
          state: 'pending',
          found: JSON.stringify(found),
          synced_at: '',
          tried_at: now(),
          fault: '',
        });
        return { kind: 'found', id } as const;
      }),

    async pending(person, id) {
      const row = await rowOf(person, id, 'pending');
      if (!row) return undefined;
      return { url: row.url, login: row.login, books: JSON.parse(row.found) as FoundBook[] };
    },

    async add(person, { id, title, hrefs }) {
      const row = await rowOf(person, id, 'pending');
      if (!row) return { kind: 'missing' };
      const found = JSON.parse(row.found) as FoundBook[];
      const chosen = found.filter(({ href }) => hrefs.includes(href));
      if (chosen.length > BOOKS_MAX) return { kind: 'fault', fault: 'too-much' };
      const isTaken = await db.transaction(async (table) => {
        const taken: number = await table(ACCOUNTS)
          .where({ id, state: 'pending' })
          .update({ state: 'kept', title, found: '[]' });
        if (taken === 0) return false;
        for (const book of chosen)
          await insertRemoteBook(table, person, { account: id, book, at: now() });
        return true;
      });
      if (!isTaken) return { kind: 'missing' };
      await syncAccount(context, { ...row, state: 'kept', title }, pageOf(person));
      return { kind: 'added', id };
    },

    async refresh(person, id) {
      const row = await rowOf(person, id, 'kept');
      return row ? syncAccount(context, row, pageOf(person)) : { kind: 'missing' };
    },

    async setPassword(person, id, password) {
      const row = await rowOf(person, id, 'kept');
      if (!row) return { kind: 'missing' };
      const secret = context.seal(password, boundTo(person, id));
      await db.table(ACCOUNTS).where({ id }).update({ secret });
      return syncAccount(context, { ...row, secret }, pageOf(person));
    },

    async remove(person, id) {
      const row = await rowOf(person, id, 'kept');
      if (!row) return 'missing';
      const deleted = await db.transaction((table) => dropAccounts(table, [id]));
      await tellAll(context, person, { saved: [], deleted: [...deleted] });
      return 'removed';
    },
  };
}

async function insertRemoteBook(
  table: Tables,
  person: Person,
  {
    account,
    book,
    at,
  }: { readonly account: string; readonly book: FoundBook; readonly at: string },
): Promise<void> {
  const id = randomUUID();
  const place = { site: person.site, user_id: person.user, id };
  await table(BOOKS).insert({
    ...place,
    title: book.title,
    owner: person.mail.toLowerCase(),
    created_at: at,
  });
  const row: { key: number } | undefined = await table(BOOKS).where(place).first('key');
  await table(REMOTE_BOOKS).insert({
    book_key: row?.key,
    account_id: account,
    href: book.href,
  });
}
