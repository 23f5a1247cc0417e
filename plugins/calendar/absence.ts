import type { SiteId } from 'estafette/plugin';
import type { Context } from './pages/common';
import { isoOf } from './pages/dates';
import { usersOf } from './planning/known';
import { isBusyShown, preferencesOf } from './settings/values';
import { findOccurrences } from './store/occurrences';
import { CALENDARS, type Tables } from './store/tables';
import { DAY_MS, dayOfWall } from './time/days';
import { toUtc, toWall } from './time/zone';

/** Who is looked up for one answer of the directory; lists show more, cards one. */
const PEOPLE_MAX = 20;
/** How far the end of an absence is looked for. */
const AHEAD_DAYS = 60;
/** Suggestions pass here with each letter: who was looked up is not looked up again for as long. */
const KNOWN_S = 60;
const KNOWN_MAX = 5_000;

interface Away {
  readonly text: string;
  readonly until: string;
}

interface Shown {
  readonly type: 'person' | 'group';
  readonly mails: readonly string[];
  readonly attributes: Readonly<Record<string, readonly string[]>>;
}

/** Says on cards of the annuaire who is away by their calendar: since when and until which day, never why. */
export async function sayAbsent<R extends Shown>(
  context: Context,
  site: SiteId,
  records: readonly R[],
): Promise<readonly R[] | undefined> {
  const table: Tables = (name) => context.db.table(name);
  const people = records.filter(
    ({ type, attributes }) => type === 'person' && attributes['estafette-absence'] === undefined,
  );
  const mails = people.slice(0, PEOPLE_MAX).flatMap(({ mails: all }) => all.slice(0, 1));
  if (mails.length === 0) return undefined;
  const users = await usersOf(table, site, mails);
  const known = context.cache<Away | 'there'>('absences', { max: KNOWN_MAX, ttlS: KNOWN_S });
  const away = new Map<string, Away>();
  for (const [mail, user] of users) {
    let found = known.get(site, user, '');
    if (found === undefined) {
      const isShown = await isBusyShown(context, site, user);
      found = (isShown && (await awayUntil(context, { site, user, mail }))) || 'there';
      known.set(site, user, '', found);
    }
    if (found !== 'there') away.set(mail, found);
  }
  if (away.size === 0) return undefined;
  return records.map((record) => {
    const found = away.get(record.mails[0]?.toLowerCase() ?? '');
    if (!found || record.attributes['estafette-absence'] !== undefined) return record;
    return {
      ...record,
      attributes: {
        ...record.attributes,
        'estafette-absence': [found.text],
        'estafette-absent-until': [found.until],
      },
    };
  });
}

/** Until which day somebody is away without a day between, when they are today. */
async function awayUntil(
  context: Context,
  person: { readonly site: SiteId; readonly user: number; readonly mail: string },
): Promise<Away | undefined> {
  const table: Tables = (name) => context.db.table(name);
  const { zone } = await preferencesOf(context, person.site, person.user);
  const today = dayOfWall(toWall(zone, context.clock.now()));
  const calendars: string[] = await table(CALENDARS)
    .where({ site: person.site, user_id: person.user })
    .pluck('id');
  const { occurrences } = await findOccurrences(table, person, {
    from: toUtc(zone, today * DAY_MS),
    to: toUtc(zone, (today + AHEAD_DAYS) * DAY_MS),
    zone: zone.id,
    calendars,
    limit: 500,
  });
  const days = occurrences
    .filter(
      ({ showAs, isCancelled }) => !isCancelled && (showAs === 'leave' || showAs === 'absent'),
    )
    .map((one) => ({
      isLeave: one.showAs === 'leave' && one.visibility === 'public',
      first: dayOfWall(one.isAllDay ? one.start : toWall(zone, one.start) + DAY_MS - 1),
      last: dayOfWall(one.isAllDay ? one.end - 1 : toWall(zone, one.end) - DAY_MS),
    }))
    // Of a part of a day one is back before anybody reads the card.
    .filter(({ first, last }) => last >= first);
  const now = days.find(({ first, last }) => first <= today && last >= today);
  if (!now) return undefined;
  let until = now.last;
  for (let next = now; next; ) {
    until = Math.max(until, next.last);
    const after = days.find(({ first, last }) => first <= until + 1 && last > until);
    if (!after) break;
    next = after;
  }
  const t = context.text(context.site(person.site).locale);
  return {
    text: t(now.isLeave ? 'calendar:status.leave' : 'calendar:status.absent'),
    until: isoOf(until),
  };
}
