import { randomBytes, randomUUID } from 'node:crypto';
import { z } from 'estafette/plugin';
import type { Tables } from '../store/tables';
import type { Person } from '../store/types';
import { DAY_MS } from '../time/days';
import {
  APPOINTMENTS,
  type AppointmentRow,
  AUDIENCES,
  type BookingPage,
  PAGES,
  type Said,
  WHERES,
} from './types';

/** Pages of one agent. */
export const PAGES_MAX = 20;
const MINUTES_OF_DAY = 1_440;

/** Bounds of what a form may say; what is kept was within them. */
export const saidSchema = z.strictObject({
  title: z.string().min(1).max(200),
  description: z.string().max(4_000),
  lengthMinutes: z.number().int().min(5).max(MINUTES_OF_DAY),
  pauseMinutes: z.number().int().min(0).max(240),
  noticeHours: z.number().int().min(0).max(720),
  horizonDays: z.number().int().min(1).max(180),
  hours: z
    .array(
      z.array(
        z.strictObject({
          from: z.number().int().min(0).max(DAY_MS),
          to: z.number().int().min(0).max(DAY_MS),
        }),
      ),
    )
    .length(7),
  onHolidays: z.boolean(),
  reasons: z.array(z.string().min(1).max(200)).max(20),
  where: z.enum(WHERES),
  place: z.string().max(500),
  asksPhone: z.boolean(),
  perDay: z.number().int().min(0).max(100),
  audience: z.enum(AUDIENCES),
  calendar: z.string().max(100),
  calendars: z.array(z.string().max(100)).max(500),
  isActive: z.boolean(),
});

interface PageRow {
  readonly id: string;
  readonly site: BookingPage['site'];
  readonly user_id: number;
  readonly slug: string;
  readonly said: string;
  readonly name: string;
  readonly mail: string;
}

const pageOf = (row: PageRow): BookingPage => ({
  id: row.id,
  site: row.site,
  user: row.user_id,
  slug: row.slug,
  name: row.name,
  mail: row.mail,
  said: saidSchema.parse(JSON.parse(row.said)),
});

const ownBy = ({ site, user }: Pick<Person, 'site' | 'user'>) => ({
  site,
  user_id: user,
  is_removed: false,
});

/** One's own, the first made first. */
export async function pagesOf(table: Tables, person: Person): Promise<readonly BookingPage[]> {
  const rows: PageRow[] = await table(PAGES).where(ownBy(person)).orderBy('made_ms').select();
  return rows.map(pageOf);
}

export async function ownPage(
  table: Tables,
  person: Person,
  id: string,
): Promise<BookingPage | undefined> {
  const row: PageRow | undefined = await table(PAGES)
    .where({ ...ownBy(person), id })
    .first();
  return row && pageOf(row);
}

/** The page of an address; whether it may be booked is for who asks. */
export async function pageAt(
  table: Tables,
  site: string,
  slug: string,
): Promise<BookingPage | undefined> {
  const row: PageRow | undefined = await table(PAGES)
    .where({ site, slug, is_removed: false })
    .first();
  return row && pageOf(row);
}

/** The page of an appointment, also once its agent took it away. */
export async function pageById(
  table: Tables,
  site: string,
  id: string,
): Promise<BookingPage | undefined> {
  const row: PageRow | undefined = await table(PAGES).where({ site, id }).first();
  return row && pageOf(row);
}

/** Nobody guesses it; the words say to its owner which one it is. */
function slugFor(title: string): string {
  const words = title
    .normalize('NFD')
    .replace(/\p{M}/gu, '')
    .toLowerCase()
    .replace(/[^a-z0-9]+/g, '-')
    .replace(/^-+|-+$/g, '')
    .slice(0, 40)
    .replace(/-+$/, '');
  const secret = randomBytes(9).toString('base64url').replace(/[-_]/g, '0').toLowerCase();
  return words === '' ? secret : `${words}-${secret}`;
}

/** Keeps a page; `full` where somebody has as many as they may, `missing` for one that is not theirs. */
export async function keepPage(
  table: Tables,
  person: Person & { readonly name: string },
  { id, said, now }: { readonly id: string; readonly said: Said; readonly now: number },
): Promise<BookingPage | 'full' | 'missing'> {
  const who = { name: person.name.slice(0, 200), mail: person.mail };
  const text = JSON.stringify(said);
  if (id !== '') {
    const count: number = await table(PAGES)
      .where({ ...ownBy(person), id })
      .update({ said: text, ...who });
    return count === 1 ? ((await ownPage(table, person, id)) ?? 'missing') : 'missing';
  }
  const [{ count } = { count: 0 }]: { count: number | string }[] = await table(PAGES)
    .where(ownBy(person))
    .count({ count: '*' });
  if (Number(count) >= PAGES_MAX) return 'full';
  const fresh = randomUUID();
  await table(PAGES).insert({
    id: fresh,
    ...ownBy(person),
    slug: slugFor(said.title),
    said: text,
    ...who,
    made_ms: now,
  });
  return (await ownPage(table, person, fresh)) ?? 'missing';
}

/** Takes a page away. What was booked there stays booked, and can be moved by nobody but cancelled. */
export async function removePage(table: Tables, person: Person, id: string): Promise<boolean> {
  const count: number = await table(PAGES)
    .where({ ...ownBy(person), id })
    .update({ is_removed: true });
  if (count === 1) await table(APPOINTMENTS).where({ page_id: id, state: 'held' }).delete();
  return count === 1;
}

/**
 * What is kept no longer: appointments that ended `days` ago, those that nobody confirmed, and pages
 * that were taken away when nothing is booked there.
 */
export async function cleanBookings(
  table: Tables,
  site: string,
  { now, days }: { readonly now: number; readonly days: number },
): Promise<void> {
  await table(APPOINTMENTS)
    .where({ site })
    .where('end_ms', '<', now - days * DAY_MS)
    .delete();
  await table(APPOINTMENTS)
    .where({ site, state: 'held' })
    .where('until_ms', '<', now - DAY_MS)
    .delete();
  const gone: string[] = await table(PAGES).where({ site, is_removed: true }).pluck('id');
  for (const id of gone) {
    const row: unknown = await table(APPOINTMENTS).where({ page_id: id }).first('id');
    if (!row) await table(PAGES).where({ id }).delete();
  }
}

/** Of somebody who is erased. */
export async function eraseBookings(table: Tables, user: number): Promise<void> {
  for (const name of [PAGES, APPOINTMENTS]) await table(name).where({ user_id: user }).delete();
}

/** What is kept of somebody, for the right of access. */
export async function bookingRecords(
  table: Tables,
  { site, user }: Pick<Person, 'site' | 'user'>,
): Promise<readonly Readonly<Record<string, unknown>>[]> {
  const pages = await pagesOf(table, { site, user, mail: '' });
  const rows: AppointmentRow[] = await table(APPOINTMENTS)
    .where({ site, user_id: user })
    .orderBy('start_ms')
    .select();
  return [
    ...pages.map(({ slug, said }) => ({ kind: 'page', slug, ...said })),
    ...rows.map(({ state, start_ms, end_ms, title, name, mail, phone, reason, comment }) => ({
      kind: 'appointment',
      state,
      start: new Date(Number(start_ms)).toISOString(),
      end: new Date(Number(end_ms)).toISOString(),
      title,
      name,
      mail,
      phone,
      reason,
      comment,
    })),
  ];
}
