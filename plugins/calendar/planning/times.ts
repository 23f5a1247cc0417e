import type { Desk } from '../pages/common';
import { hrefOf } from '../pages/common';
import { busyShownAmong } from '../settings/values';
import type { Occurrence } from '../store';
import { findOfMany } from '../store/occurrences';
import type { Tables } from '../store/tables';
import { DAY_MS } from '../time/days';
import { toUtc, toWall } from '../time/zone';
import type { Span } from './cells';
import { usersOf } from './known';

/** Times of one person are no more; a planning is for looking at a service. */
const SPANS_MAX = 500;

/** A site may keep free times to those who share a calendar. */
export type FreeBusyRule = 'site' | 'shared';

/**
 * What is known of people between two days, by address; who is not known is absent. The database is
 * asked as often for fifty people as for two.
 */
export async function timesOf(
  desk: Desk,
  mails: readonly string[],
  { from, to }: { readonly from: number; readonly to: number },
): Promise<ReadonlyMap<string, readonly Span[]>> {
  const { context, person, zone } = desk;
  const table: Tables = (name) => context.db.table(name);
  const users = await usersOf(table, person.site, mails);
  const window = {
    from: toUtc(zone, from * DAY_MS),
    to: toUtc(zone, to * DAY_MS),
    zone: zone.id,
  };
  const mine = person.mail.toLowerCase();
  const shown = await busyShownAmong(context, person.site, [...users.values()]);
  const open = new Map([...users].filter(([mail, user]) => mail !== mine && shown.has(user)));
  open.set(mine, person.user);
  const reached = await reachedOf(desk, window);
  const asked = new Set(mails);
  const all = await findOfMany(
    table,
    person.site,
    [...open].flatMap(([mail, user]) => (asked.has(mail) ? [user] : [])),
    { ...window, limit: SPANS_MAX },
  );
  const found = new Map<string, readonly Span[]>();
  for (const mail of asked) {
    const own = all.get(open.get(mail) ?? -1);
    if (!own) {
      const shared = reached.byOwner.get(mail);
      if (shared) found.set(mail, shared.map(spanOf(desk, reached.hrefs)));
      continue;
    }
    // Of others nothing but the time is taken from here: words come from what is shared with us.
    found.set(
      mail,
      own.occurrences
        .filter(({ isCancelled }) => !isCancelled)
        .map((one) => {
          const readable = mail === mine ? one : reached.byKey.get(keyOf(one));
          return spanOf(desk, reached.hrefs)({ ...one, summary: readable?.summary ?? '' });
        }),
    );
  }
  return found;
}

const keyOf = ({ object, recurrence }: Pick<Occurrence, 'object' | 'recurrence'>): string =>
  `${object} ${recurrence}`;

/** What is reached of one's own and of shared calendars: titles are those that the store lets out. */
async function reachedOf(desk: Desk, window: { from: number; to: number; zone: string }) {
  const { store, person, calendars } = desk;
  const { occurrences } = await store.occurrences(person, window);
  const owners = new Map(
    calendars.filter(({ isOwn }) => !isOwn).map(({ id, owner }) => [id, owner.toLowerCase()]),
  );
  const byKey = new Map(occurrences.map((one) => [keyOf(one), one]));
  const byOwner = new Map<string, Occurrence[]>();
  for (const owner of owners.values()) byOwner.set(owner, []);
  for (const one of occurrences) {
    const owner = owners.get(one.calendar);
    if (owner !== undefined && !one.isCancelled) byOwner.get(owner)?.push(one);
  }
  return { byKey, byOwner, hrefs: new Set(byKey.keys()) };
}

/** Walls of who looks. */
const spanOf =
  ({ zone, context }: Desk, hrefs: ReadonlySet<string>) =>
  (one: Occurrence): Span => ({
    start: one.isAllDay ? one.start : toWall(zone, one.start),
    end: one.isAllDay ? one.end : toWall(zone, one.end),
    showAs: one.showAs,
    title: one.summary,
    href:
      hrefs.has(keyOf(one)) && one.summary !== ''
        ? hrefOf(context, 'event', { id: one.object, at: one.recurrence })
        : '',
  });
