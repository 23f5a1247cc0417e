import { randomUUID } from 'node:crypto';
import type { SiteId } from 'estafette/plugin';
import { decodeFile } from '../exchange/decode';
import { nameIn } from '../exchange/gather';
import { type HolidayName, REGIONS, type Region } from '../holidays/days';
import type { Context } from '../pages/common';
import { faultOf, faultOfStatus } from '../remote/client';
import { type Fault, Faulty } from '../remote/types';
import { COLOURS, type Colour, type Person } from '../store';
import {
  CALENDARS,
  FEEDS,
  LINKS,
  OBJECTS,
  PROPERTIES,
  REMOVED,
  SEEN,
  SHARES,
  type Tables,
} from '../store/tables';
import { DAY_MS, HOUR_MS } from '../time/days';
import { copyInto, objectsOf } from './copy';
import { holidayObjects, intervalOf, isCalendar, quiet } from './text';

/** Subscriptions of a person. */
export const FEEDS_MAX = 20;
/** Of one answer. */
const BYTES_MAX = 5_000_000;
const TIMEOUT_MS = 8_000;
const HOLIDAYS_MS = 30 * DAY_MS;
/** Asked by hand no more often. */
const AGAIN_MS = 60_000;

export interface FeedRow {
  readonly calendar_key: number;
  readonly site: SiteId;
  readonly user_id: number;
  readonly sealed: string;
  readonly host: string;
  readonly region: string;
  readonly locale: 'fr' | 'en';
  readonly etag: string;
  readonly modified: string;
  readonly read_ms: number;
  readonly next_ms: number;
  readonly tries: number;
  readonly fault: string;
  readonly left_out: number;
}

/** What a page shows of one. */
export interface Feed extends FeedRow {
  readonly id: string;
  readonly title: string;
  readonly colour: Colour;
}

const own = ({ site, user }: Person) => ({ site, user_id: user });
const boundTo = (site: string, user: number, key: number): string => `feed ${site} ${user} ${key}`;

const HOLIDAY_TEXTS: Readonly<Record<HolidayName, string>> = {
  newYear: 'calendar:holidays.newYear',
  labour: 'calendar:holidays.labour',
  victory: 'calendar:holidays.victory',
  national: 'calendar:holidays.national',
  assumption: 'calendar:holidays.assumption',
  allSaints: 'calendar:holidays.allSaints',
  armistice: 'calendar:holidays.armistice',
  christmas: 'calendar:holidays.christmas',
  stephen: 'calendar:holidays.stephen',
  goodFriday: 'calendar:holidays.goodFriday',
  easterMonday: 'calendar:holidays.easterMonday',
  ascension: 'calendar:holidays.ascension',
  whitMonday: 'calendar:holidays.whitMonday',
  abolition: 'calendar:holidays.abolition',
};

/** An address as it is typed: `webcal:` is what programs call one that is read again and again. */
export function urlIn(typed: string): string | undefined {
  const text = typed.trim().replace(/^webcals?:\/\//i, 'https://');
  const whole = /^https?:\/\//i.test(text) ? text : `https://${text}`;
  if (whole.length > 2_000 || !URL.canParse(whole)) return undefined;
  const url = new URL(whole);
  return url.username === '' && url.password === '' && url.hostname !== '' ? url.href : undefined;
}

/** Those of a person, by title. */
export async function feedsOf(
  { db }: Pick<Context, 'db'>,
  person: Person,
): Promise<readonly Feed[]> {
  return await db
    .table(FEEDS)
    .join(CALENDARS, `${CALENDARS}.key`, `${FEEDS}.calendar_key`)
    .where({ [`${FEEDS}.site`]: person.site, [`${FEEDS}.user_id`]: person.user })
    .orderBy(`${CALENDARS}.title`)
    .select(`${FEEDS}.*`, `${CALENDARS}.id`, `${CALENDARS}.title`, `${CALENDARS}.colour`);
}

export interface Wanted {
  readonly title: string;
  readonly colour: Colour | undefined;
  readonly locale: 'fr' | 'en';
  /** Either an address, or a region for its public holidays. */
  readonly url?: string;
  readonly region?: Region;
}

/** Subscribes, and reads at once; nothing stays of what cannot be read at all. */
export async function subscribe(
  context: Context,
  person: Person,
  { title, colour, locale, url, region }: Wanted,
): Promise<'subscribed' | 'full' | Fault> {
  const { db, clock } = context;
  const now = clock.now();
  const id = randomUUID();
  const made = await db.transaction(async (table) => {
    const [{ count } = { count: 0 }]: { count: number | string }[] = await table(FEEDS)
      .where(own(person))
      .count({ count: '*' });
    if (Number(count) >= FEEDS_MAX) return undefined;
    const place = { ...own(person), id };
    await table(CALENDARS).insert({
      ...place,
      title: title.slice(0, 200),
      colour: colour ?? COLOURS[COLOURS.length - 1 - (Number(count) % COLOURS.length)],
      created_at: new Date(now).toISOString(),
      is_remote: true,
    });
    const calendar: { key: number } | undefined = await table(CALENDARS).where(place).first('key');
    const key = calendar?.key ?? -1;
    const row = {
      calendar_key: key,
      ...own(person),
      sealed: url === undefined ? '' : context.seal(url, boundTo(person.site, person.user, key)),
      host: url === undefined ? '' : new URL(url).host.slice(0, 255),
      region: region ?? '',
      locale,
      next_ms: now,
    };
    await table(FEEDS).insert(row);
    return (await table(FEEDS).where({ calendar_key: key }).first()) as FeedRow;
  });
  if (!made) return 'full';
  const fault = await readFeed(context, made);
  if (fault === '') return 'subscribed';
  await unsubscribe(context, person, id);
  return fault;
}

/** Ends a subscription: its calendar goes, and nothing of it to the trash. */
export async function unsubscribe(
  { db }: Pick<Context, 'db'>,
  person: Person,
  id: string,
): Promise<boolean> {
  return db.transaction(async (table) => {
    const row: { key: number } | undefined = await table(CALENDARS)
      .join(FEEDS, `${CALENDARS}.key`, `${FEEDS}.calendar_key`)
      .where({ [`${CALENDARS}.site`]: person.site, [`${CALENDARS}.user_id`]: person.user, id })
      .first(`${CALENDARS}.key`);
    if (!row) return false;
    for (const name of [FEEDS, OBJECTS, REMOVED, PROPERTIES, SHARES, SEEN, LINKS])
      await table(name).where({ calendar_key: row.key }).delete();
    await table(CALENDARS).where({ key: row.key }).delete();
    return true;
  });
}

/** Reads one again now; `late` where that was done a moment ago. */
export async function refresh(
  context: Context,
  person: Person,
  id: string,
): Promise<Fault | '' | 'missing' | 'late'> {
  const feed = (await feedsOf(context, person)).find((one) => one.id === id);
  if (!feed) return 'missing';
  if (context.clock.now() - Number(feed.read_ms) < AGAIN_MS && feed.fault === '') return 'late';
  // Whatever the server said of what it gave: somebody wants to see it.
  return readFeed(context, { ...feed, etag: '', modified: '' });
}

/** Reads a feed into its calendar, and notes how it went; `''` when it went well. */
export async function readFeed(context: Context, row: FeedRow): Promise<Fault | ''> {
  const { db, clock, log } = context;
  const keep = (values: Partial<FeedRow>) =>
    db.table(FEEDS).where({ calendar_key: row.calendar_key }).update(values);
  try {
    const read = row.region === '' ? await ask(context, row) : holidays(context, row);
    if (read === 'same') {
      await keep({ ...done(clock.now(), HOUR_MS * 6), fault: '' });
      return '';
    }
    const at = { site: row.site, user: row.user_id, key: row.calendar_key };
    const left = await copyInto(context, at, read.objects);
    // Nobody gave it a name: it has its own.
    if (Number(row.read_ms) === 0 && read.name !== '')
      await db
        .table(CALENDARS)
        .where({ key: row.calendar_key, title: row.host })
        .update({ title: read.name });
    await keep({
      ...done(clock.now(), read.intervalMs),
      etag: read.etag,
      modified: read.modified,
      fault: '',
      left_out: read.left + left,
    });
    return '';
  } catch (error) {
    if (!(error instanceof Faulty)) throw error;
    const tries = row.tries + 1;
    await keep({
      fault: error.fault,
      tries,
      next_ms: clock.now() + jittered(Math.min(HOUR_MS * 2 ** (tries - 1), DAY_MS)),
    });
    log.info({ site: row.site, host: row.host, fault: error.fault }, 'calendar/feed');
    return error.fault;
  }
}

/** Not all of a ministry at one moment. */
const jittered = (ms: number): number => Math.round(ms * (0.9 + Math.random() * 0.2));
const done = (now: number, ms: number) => ({
  read_ms: now,
  tries: 0,
  next_ms: now + jittered(ms),
});

async function ask(context: Context, row: FeedRow) {
  const url = context.open(row.sealed, boundTo(row.site, row.user_id, row.calendar_key));
  if (url === undefined) throw new Faulty('address');
  const answer = await context
    .http(url, {
      headers: {
        accept: 'text/calendar, */*;q=0.1',
        ...(row.etag !== '' && { 'if-none-match': row.etag }),
        ...(row.modified !== '' && { 'if-modified-since': row.modified }),
      },
      maxBytes: BYTES_MAX,
      timeoutMs: TIMEOUT_MS,
    })
    .catch((error: unknown) => {
      throw new Faulty(faultOf(error));
    });
  if (answer.status === 304) return 'same' as const;
  if (answer.status === 404 || answer.status === 410) throw new Faulty('refused');
  if (answer.status !== 200) throw new Faulty(faultOfStatus(answer.status));
  const text = decodeFile(answer.body);
  // A page that asks to sign in is no empty calendar: what was there stays.
  if (!isCalendar(text)) throw new Faulty('nonsense');
  const { objects, left } = await objectsOf(context, row.site, quiet(text));
  return {
    objects,
    left,
    name: nameIn(text),
    intervalMs: intervalOf(text),
    etag: (answer.headers['etag'] ?? '').slice(0, 300),
    modified: (answer.headers['last-modified'] ?? '').slice(0, 100),
  };
}

function holidays(context: Context, row: FeedRow) {
  const t = context.text(row.locale);
  const region = REGIONS.find((one) => one === row.region) ?? 'metropole';
  const objects = holidayObjects(region, context.clock.now(), (name) => t(HOLIDAY_TEXTS[name]));
  return { objects, left: 0, name: '', intervalMs: HOLIDAYS_MS, etag: '', modified: '' };
}

/** Those whose time has come, the longest waiting first. */
export const dueFeeds = async (
  table: Tables,
  site: string,
  { now, max }: { readonly now: number; readonly max: number },
): Promise<readonly FeedRow[]> =>
  await table(FEEDS)
    .where({ site })
    .where('next_ms', '<=', now)
    .orderBy('next_ms')
    .limit(max)
    .select();

/** For the right of access: hosts, never an address that may be a secret of others. */
export const feedRecords = async (
  table: Tables,
  user: { readonly id: number; readonly site: string },
): Promise<readonly unknown[]> =>
  table(FEEDS).where({ site: user.site, user_id: user.id }).select('host', 'region', 'read_ms');
