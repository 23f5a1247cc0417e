import { randomUUID } from 'node:crypto';
import type { SiteId } from 'estafette/plugin';
import { IcsError } from '../ics/types';
import type { Context } from '../pages/common';
import { createWords } from '../pages/words';
import { mailOf } from '../planning/known';
import { type Preferences, preferencesOf } from '../settings/values';
import { CALENDARS, OBJECTS, type Tables } from '../store/tables';
import { HOUR_MS } from '../time/days';
import { toWall } from '../time/zone';
import { ALARMS } from './index-of';
import { nextRing, type Ring, ringsOf } from './rings';

/** What rang and was not dismissed. */
export const RUNG = 'calendar_rung';
/** `shown_ms` of what was dismissed, or went by mail alone: no page shows it. */
export const DISMISSED = 8_640_000_000_000_000;
/** After a stop, what is older is of no use to anybody. */
const LATE_MS = HOUR_MS;
/** Objects of one run; a minute later come the others. */
const OBJECTS_MAX = 500;

interface DueRow {
  readonly object_id: string;
  readonly next_ms: number;
  readonly text: string | null;
  readonly user_id: number | null;
}

/** Rings what is due on a site: once, whatever processes look. Answers how many times. */
export async function ringDue(
  context: Context,
  site: SiteId,
  signal: AbortSignal,
): Promise<number> {
  const now = context.clock.now();
  const rows: DueRow[] = await context.db
    .table(ALARMS)
    .leftJoin(OBJECTS, `${OBJECTS}.id`, `${ALARMS}.object_id`)
    .leftJoin(CALENDARS, `${CALENDARS}.key`, `${OBJECTS}.calendar_key`)
    .where(`${ALARMS}.site`, site)
    .where(`${ALARMS}.next_ms`, '<=', now)
    .orderBy(`${ALARMS}.next_ms`)
    .limit(OBJECTS_MAX)
    .select(`${ALARMS}.object_id`, `${ALARMS}.next_ms`, `${OBJECTS}.text`, `${CALENDARS}.user_id`);
  const chosen = new Map<number, Preferences>();
  let count = 0;
  for (const row of rows) {
    if (signal.aborted) break;
    count += await ringOne(context, { site, now, chosen }, row);
  }
  return count;
}

async function ringOne(
  context: Context,
  {
    site,
    now,
    chosen,
  }: { readonly site: SiteId; readonly now: number; readonly chosen: Map<number, Preferences> },
  { object_id: object, next_ms: was, text, user_id: user }: DueRow,
): Promise<number> {
  if (text === null || user === null) {
    await context.db.table(ALARMS).where({ object_id: object }).delete();
    return 0;
  }
  const preferences = chosen.get(user) ?? (await preferencesOf(context, site, user));
  chosen.set(user, preferences);
  const { rings, next } = readRings(text, now, preferences);
  const fresh = await context.db.transaction(async (table) => {
    const mine = { object_id: object, next_ms: was };
    const taken: number =
      next === undefined
        ? await table(ALARMS).where(mine).delete()
        : await table(ALARMS).where(mine).update({ next_ms: next.at });
    // Another process took it, or the event was written again since.
    if (taken === 0) return [];
    const kept: Ring[] = [];
    for (const ring of rings)
      if (await keep(table, { site, user, object }, ring, preferences)) kept.push(ring);
    return kept;
  });
  for (const ring of fresh) await tell(context, { site, user, object }, ring, preferences);
  return fresh.length;
}

function readRings(
  text: string,
  now: number,
  { zone }: Preferences,
): { readonly rings: readonly Ring[]; readonly next: Ring | undefined } {
  try {
    return {
      rings: latest(ringsOf(text, { after: now - LATE_MS, to: now, zone })),
      next: nextRing(text, now, zone),
    };
  } catch (error) {
    if (error instanceof IcsError) return { rings: [], next: undefined };
    throw error;
  }
}

/** Of several that rang for one occurrence the last one says it all. */
function latest(rings: readonly Ring[]): readonly Ring[] {
  const byName = new Map<string, Ring>();
  for (const ring of rings) byName.set(ring.recurrence, ring);
  return [...byName.values()];
}

/** Keeps a ring unless it was kept already: an event that is written again rings no second time. */
async function keep(
  table: Tables,
  { site, user, object }: { readonly site: string; readonly user: number; readonly object: string },
  ring: Ring,
  { reminderBy }: Preferences,
): Promise<boolean> {
  const key = { site, user_id: user, object_id: object, recurrence: ring.recurrence };
  const there: { id: string; rang_ms: number; start_ms: number } | undefined = await table(RUNG)
    .where(key)
    .first('id', 'rang_ms', 'start_ms');
  if (there && there.rang_ms >= ring.at && there.start_ms === ring.start) return false;
  const isOnPage = reminderBy === 'page' || reminderBy === 'both';
  const values = {
    shown_ms: isOnPage ? ring.at : DISMISSED,
    rang_ms: ring.at,
    start_ms: ring.start,
    is_all_day: ring.isAllDay,
    summary: ring.summary,
  };
  if (there) await table(RUNG).where({ id: there.id }).update(values);
  else await table(RUNG).insert({ id: randomUUID(), ...key, ...values });
  return true;
}

/** To the pages that they have open, and by mail where they want it. */
async function tell(
  context: Context,
  { site, user, object }: { readonly site: SiteId; readonly user: number; readonly object: string },
  ring: Ring,
  { reminderBy, zone }: Preferences,
): Promise<void> {
  if (reminderBy === 'page' || reminderBy === 'both') await refresh(context, { site, user });
  if (reminderBy !== 'both' && reminderBy !== 'mail') return;
  const { locale } = context.site(site);
  const words = createWords(locale);
  const start = ring.isAllDay ? ring.start : toWall(zone, ring.start);
  const t = context.text(locale);
  const mail = await mailOf((name) => context.db.table(name), site, user);
  if (mail === undefined) return;
  const values = {
    title: ring.summary === '' ? t('calendar:event.untitled') : ring.summary,
    when: words.when({ isAllDay: ring.isAllDay, start, end: ring.isAllDay ? start + 1 : start }),
  };
  await context.post(site, {
    to: [mail],
    subject: oneLine(t('calendar:reminder.mailSubject', values)),
    text: t('calendar:reminder.mailText', values),
    key: `reminder ${object} ${ring.recurrence} ${ring.at}`,
  });
}

const oneLine = (text: string): string => text.replace(/\p{Cc}+/gu, ' ').slice(0, 250);

/** The frame of reminders asks for itself again: what is in it is for each session to draw. */
export const refresh = (
  context: Context,
  to: { readonly site: SiteId; readonly user: number },
): Promise<number> =>
  context.stream(to, [
    { action: 'replace', target: 'calendar-reminders', view: 'reminders-load', model: {} },
  ]);

/** Snoozes that end are seen again on the pages that are open. */
export async function ringSnoozed(context: Context, site: SiteId, since: number): Promise<void> {
  const users: number[] = await context.db
    .table(RUNG)
    .where({ site })
    .where('shown_ms', '>', since)
    .where('shown_ms', '<=', context.clock.now())
    .distinct()
    .pluck('user_id');
  for (const user of users) await refresh(context, { site, user });
}
