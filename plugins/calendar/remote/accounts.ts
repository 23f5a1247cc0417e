import { randomUUID } from 'node:crypto';
import type { SiteId } from 'estafette/plugin';
import { COLOURS, type Person } from '../store';
import { CALENDARS, OBJECTS, PROPERTIES, REMOVED, type Tables } from '../store/tables';
import { createClient } from './client';
import { type Context, copyCalendar } from './copies';
import {
  ACCOUNTS,
  type AccountRow,
  REMOTE_CALENDARS,
  REMOTE_OBJECTS,
  type RemoteCalendarRow,
} from './tables';
import { type Account, type Fault, Faulty, type FoundCalendar } from './types';

/** Accounts of a person, of which each may have some calendars. */
const ACCOUNTS_MAX = 10;
const CALENDARS_MAX = 20;
/** While somebody waits for a page. */
const PAGE_MS = 7_000;
const PENDING_MS = 15 * 60_000;
const HOUR_MS = 3_600_000;
const JITTER_MS = 10 * 60_000;

export type Done<T> = T | { readonly kind: 'fault'; readonly fault: Fault };

const ownedBy = ({ site, user }: Person) => ({ site, user_id: user });
const iso = (ms: number): string => new Date(ms).toISOString();
const boundTo = ({ site, user }: Pick<Person, 'site' | 'user'>, id: string): string =>
  `account ${site} ${user} ${id}`;

/** What was typed as a whole address; `undefined` for what is none. */
function urlOf(typed: string): string | undefined {
  const whole = /^https?:\/\//i.test(typed) ? typed : `https://${typed}`;
  return URL.canParse(whole) ? new URL(whole).href : undefined;
}

/** Runs what asks a server; what it answered wrongly is a word for the person. */
async function tried<T>(work: () => Promise<T>): Promise<Done<T>> {
  try {
    return await work();
  } catch (error) {
    if (error instanceof Faulty) return { kind: 'fault', fault: error.fault };
    throw error;
  }
}

/** Reads all calendars of an account, as far as the time goes, and notes how it went. */
export async function readAccount(
  context: Context,
  row: AccountRow,
  ms: number,
): Promise<Done<{ readonly kind: 'done' }>> {
  const { db, clock } = context;
  const person: Person = { site: row.site as SiteId, user: row.user_id, mail: '' };
  const end = performance.now() + ms;
  let isCut = false;
  const done = await tried(async () => {
    const password = context.open(row.secret, boundTo(person, row.id));
    // The key of the site changed: only the person knows it.
    if (password === undefined) throw new Faulty('password');
    const client = createClient(context.http, { url: row.url, login: row.login, password });
    const remotes: RemoteCalendarRow[] = await db
      .table(REMOTE_CALENDARS)
      .where({ account_id: row.id });
    const isOver = (): boolean => performance.now() > end;
    for (const remote of remotes)
      isCut = (await copyCalendar(context, { person, remote, client, isOver })) || isCut;
    return { kind: 'done' } as const;
  });
  const at = iso(clock.now());
  const fault = done.kind === 'fault' ? done.fault : '';
  const isWhole = done.kind === 'done' && !isCut;
  await db
    .table(ACCOUNTS)
    .where({ id: row.id })
    .update({ tried_at: at, fault, ...(isWhole && { synced_at: at }) });
  if (fault !== '')
    context.log.warn({ site: row.site, account: row.id, fault }, 'calendar/account');
  return done;
}

/** Accounts of a person, how they are, and what they have here. */
export async function listAccounts({ db }: Context, person: Person): Promise<readonly Account[]> {
  const rows: AccountRow[] = await db
    .table(ACCOUNTS)
    .where({ ...ownedBy(person), state: 'kept' })
    .orderBy('title');
  const found: Account[] = [];
  for (const { id, title, url, login, synced_at, fault } of rows) {
    const calendars: { id: string; title: string; key: number }[] = await db
      .table(REMOTE_CALENDARS)
      .join(CALENDARS, `${CALENDARS}.key`, `${REMOTE_CALENDARS}.calendar_key`)
      .where({ account_id: id })
      .orderBy(`${CALENDARS}.key`)
      .select(`${CALENDARS}.id`, `${CALENDARS}.title`, `${CALENDARS}.key`);
    const [{ count = 0 } = {}]: { count?: number }[] = await db
      .table(REMOTE_OBJECTS)
      .whereIn(
        'calendar_key',
        calendars.map(({ key }) => key),
      )
      .whereNot({ problem: '' })
      .count({ count: '*' });
    found.push({
      id,
      title,
      url,
      login,
      syncedAt: synced_at,
      fault: fault as Fault | '',
      calendars: calendars.map((one) => ({ id: one.id, title: one.title })),
      left: Number(count),
    });
  }
  return found;
}

/** Looks for calendars; the password is kept sealed, under an id that {@link addAccount} takes. */
export const discover = (
  context: Context,
  person: Person,
  typed: { readonly url: string; readonly login: string; readonly password: string },
): Promise<Done<{ readonly kind: 'found'; readonly id: string }>> =>
  tried(async () => {
    const { db } = context;
    const { login, password } = typed;
    const url = urlOf(typed.url);
    if (url === undefined) throw new Faulty('address');
    // Where a name ends is told by the first colon (RFC 7617 2).
    if (login.includes(':')) throw new Faulty('password');
    const own = () => db.table(ACCOUNTS).where(ownedBy(person));
    if ((await own().where({ state: 'kept' }).pluck('id')).length >= ACCOUNTS_MAX)
      throw new Faulty('too-much');
    const found = await createClient(context.http, { url, login, password }).find();
    // One search at a time waits for its choice.
    await own().where({ state: 'pending' }).delete();
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
      tried_at: iso(context.clock.now()),
      fault: '',
    });
    return { kind: 'found', id } as const;
  });

async function rowOf(
  { db, clock }: Context,
  person: Person,
  id: string,
  state: AccountRow['state'],
): Promise<AccountRow | undefined> {
  const row: AccountRow | undefined = await db
    .table(ACCOUNTS)
    .where({ ...ownedBy(person), id, state })
    .first();
  const isLate = state === 'pending' && row && row.tried_at < iso(clock.now() - PENDING_MS);
  return isLate ? undefined : row;
}

/** What was found on a server and waits for a choice, for some minutes. */
export async function pendingAccount(context: Context, person: Person, id: string) {
  const row = await rowOf(context, person, id, 'pending');
  return row && { ...row, found: JSON.parse(row.found) as readonly FoundCalendar[] };
}

/** An account with some of what was found; its calendars are read before it answers, or soon after. */
export async function addAccount(
  context: Context,
  person: Person,
  chosen: { readonly id: string; readonly title: string; readonly hrefs: readonly string[] },
): Promise<Done<{ readonly kind: 'added' | 'missing' }>> {
  const pending = await pendingAccount(context, person, chosen.id);
  if (!pending) return { kind: 'missing' };
  const found = pending.found.filter(({ href }) => chosen.hrefs.includes(href));
  if (found.length > CALENDARS_MAX) return { kind: 'fault', fault: 'too-much' };
  const { id, title } = chosen;
  const isTaken = await context.db.transaction(async (table) => {
    const taken: number = await table(ACCOUNTS)
      .where({ id, state: 'pending' })
      .update({ state: 'kept', title, found: '[]' });
    const at = iso(context.clock.now());
    for (const [index, calendar] of taken === 0 ? [] : found.entries())
      await insertCopy(table, person, { ...calendar, account: id, at, index });
    return taken > 0;
  });
  if (!isTaken) return { kind: 'missing' };
  await readAccount(context, { ...pending, found: '[]', state: 'kept', title }, PAGE_MS);
  return { kind: 'added' };
}

async function insertCopy(
  table: Tables,
  person: Person,
  copy: FoundCalendar & {
    readonly account: string;
    readonly at: string;
    readonly index: number;
  },
): Promise<void> {
  const place = { ...ownedBy(person), id: randomUUID() };
  // From the other end of the row of colours: one's own calendars have begun at its start.
  const colour = COLOURS[COLOURS.length - 1 - (copy.index % COLOURS.length)] ?? COLOURS[0];
  const values = { title: copy.title, colour, created_at: copy.at, is_remote: true };
  await table(CALENDARS).insert({ ...place, ...values });
  const row: { key: number } | undefined = await table(CALENDARS).where(place).first('key');
  await table(REMOTE_CALENDARS).insert({
    calendar_key: row?.key,
    account_id: copy.account,
    href: copy.href,
  });
}

/** Reads an account now, with another password where one is given. */
export async function refreshAccount(
  context: Context,
  person: Person,
  { id, password }: { readonly id: string; readonly password?: string },
): Promise<Done<{ readonly kind: 'done' | 'missing' }>> {
  const row = await rowOf(context, person, id, 'kept');
  if (!row) return { kind: 'missing' };
  if (password === undefined) return readAccount(context, row, PAGE_MS);
  const secret = context.seal(password, boundTo(person, id));
  await context.db.table(ACCOUNTS).where({ id }).update({ secret });
  return readAccount(context, { ...row, secret }, PAGE_MS);
}

/** An account with its calendars and their copies here; nothing there. */
export async function removeAccount(
  context: Context,
  person: Person,
  id: string,
): Promise<'removed' | 'missing'> {
  const row = await rowOf(context, person, id, 'kept');
  if (!row) return 'missing';
  await context.db.transaction((table) => dropAccounts(table, [id]));
  return 'removed';
}

async function dropAccounts(table: Tables, ids: readonly string[]): Promise<void> {
  const keys: number[] = await table(REMOTE_CALENDARS)
    .whereIn('account_id', ids)
    .pluck('calendar_key');
  for (const name of [REMOTE_OBJECTS, REMOTE_CALENDARS, OBJECTS, REMOVED, PROPERTIES])
    await table(name).whereIn('calendar_key', keys).delete();
  await table(CALENDARS).whereIn('key', keys).delete();
  await table(ACCOUNTS).whereIn('id', ids).delete();
}

/** Everything of somebody who is erased. */
export async function eraseAccounts(table: Tables, user: number): Promise<void> {
  await dropAccounts(table, await table(ACCOUNTS).where({ user_id: user }).pluck('id'));
}

/** For the right of access: never a password. */
export const accountRecords = async (
  table: Tables,
  user: { readonly id: number; readonly site: string },
): Promise<readonly unknown[]> =>
  table(ACCOUNTS)
    .where({ site: user.site, user_id: user.id, state: 'kept' })
    .select('title', 'url', 'login', 'synced_at');

/** What nobody chose from in time goes, with its password; accounts whose turn it is are answered. */
export async function waitingAccounts(
  { db, clock }: Context,
  site: string,
  max: number,
): Promise<readonly AccountRow[]> {
  const now = clock.now();
  await db
    .table(ACCOUNTS)
    .where({ site, state: 'pending' })
    .where('tried_at', '<', iso(now - PENDING_MS))
    .delete();
  // A password that is refused is not sent again by itself.
  return db
    .table(ACCOUNTS)
    .where({ site, state: 'kept' })
    .whereNot({ fault: 'password' })
    .where('tried_at', '<', iso(now - HOUR_MS + Math.floor(Math.random() * JITTER_MS)))
    .orderBy('tried_at')
    .limit(max);
}
