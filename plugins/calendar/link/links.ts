import { createHash, randomBytes } from 'node:crypto';
import type { Context } from '../pages/common';
import { placeOf, placeOfRow } from '../store/places';
import { CALENDARS, type CalendarTableRow, LINKS } from '../store/tables';
import type { Person } from '../store/types';

/** What a link tells: when its owner is busy; what is not private; everything. */
export const TOLD = ['free', 'read', 'all'] as const;
export type Told = (typeof TOLD)[number];

/** A secret address of a calendar. */
export interface Link {
  readonly told: Told;
  readonly secret: string;
  readonly madeOn: string;
  /** The last day that somebody read it; `''` before. */
  readonly readOn: string;
}

interface LinkRow {
  readonly hash: string;
  readonly site: string;
  readonly user_id: number;
  readonly calendar_key: number;
  readonly told: string;
  readonly sealed: string;
  readonly made_on: string;
  readonly read_on: string;
}

type Needs = Pick<Context, 'clock' | 'config' | 'db' | 'open' | 'seal'>;

const SECRET = /^[\w-]{43}$/;
const hashOf = (secret: string): string => createHash('sha256').update(secret).digest('hex');
const dayOf = ({ clock }: Needs): string => new Date(clock.now()).toISOString().slice(0, 10);
const boundTo = ({ site, user }: Person, key: number): string => `link ${site} ${user} ${key}`;
const toldOf = (word: string): Told => TOLD.find((one) => one === word) ?? 'free';

/** What a site lets its agents tell by such an address. */
export function toldAllowed({ config }: Needs, site: Person['site']): readonly Told[] {
  const { links } = config(site);
  if (links === 'none') return [];
  return links === 'free' ? ['free'] : TOLD;
}

/** Only one's own: who may write for somebody else does not tell the world of them. */
async function ownPlace({ db }: Needs, person: Person, calendar: string) {
  const place = await placeOf((name) => db.table(name), { ...person, isAlone: true }, calendar);
  return place?.isOwn ? place : undefined;
}

/** The address of one's own calendar: `none` without one, `missing` for a calendar of nobody or another. */
export async function linkOf(
  context: Needs,
  person: Person,
  calendar: string,
): Promise<Link | 'none' | 'missing'> {
  const place = await ownPlace(context, person, calendar);
  if (!place) return 'missing';
  const row: LinkRow | undefined = await context.db
    .table(LINKS)
    .where({ calendar_key: place.key })
    .first();
  const secret = row && context.open(row.sealed, boundTo(person, place.key));
  if (!row || secret === undefined) return 'none';
  return { told: toldOf(row.told), secret, madeOn: row.made_on, readOn: row.read_on };
}

/** Makes an address; the one before it leads nowhere from then on. */
export async function makeLink(
  context: Needs,
  person: Person,
  { calendar, told }: { readonly calendar: string; readonly told: Told },
): Promise<'made' | 'missing'> {
  const place = await ownPlace(context, person, calendar);
  if (!place) return 'missing';
  const secret = randomBytes(32).toString('base64url');
  await context.db
    .table(LINKS)
    .insert({
      hash: hashOf(secret),
      site: person.site,
      user_id: person.user,
      calendar_key: place.key,
      told,
      sealed: context.seal(secret, boundTo(person, place.key)),
      made_on: dayOf(context),
      read_on: '',
    })
    .onConflict(['calendar_key'])
    .merge();
  return 'made';
}

/** Takes it back. */
export async function dropLink(
  context: Needs,
  person: Person,
  calendar: string,
): Promise<'dropped' | 'missing'> {
  const place = await ownPlace(context, person, calendar);
  if (!place) return 'missing';
  await context.db.table(LINKS).where({ calendar_key: place.key }).delete();
  return 'dropped';
}

/** Whose calendar a secret opens, and how much of it, as the site allows today; the day is kept. */
export async function openLink(context: Needs, site: Person['site'], secret: string) {
  if (!SECRET.test(secret)) return undefined;
  const hash = hashOf(secret);
  const row: LinkRow | undefined = await context.db.table(LINKS).where({ hash, site }).first();
  if (!row || !toldAllowed(context, site).includes(toldOf(row.told))) return undefined;
  const calendar: CalendarTableRow | undefined = await context.db
    .table(CALENDARS)
    .where({ site, user_id: row.user_id, key: row.calendar_key })
    .first();
  if (!calendar) return undefined;
  const today = dayOf(context);
  if (row.read_on !== today)
    await context.db.table(LINKS).where({ hash }).update({ read_on: today });
  const person: Person = { site, user: row.user_id, mail: '', isAlone: true };
  return { person, place: placeOfRow(calendar), told: toldOf(row.told), hash };
}
