import type { PluginResponse, PluginRouter, SlotFacts } from 'estafette/plugin';
import type { CalendarConfig } from '../config';
import { fieldsOf, IcsError } from '../ics';
import { type Context, type Desk, hrefOf, page } from '../pages/common';
import { meetingOf, type OwnMeeting } from '../pages/meeting';
import { createWords } from '../pages/words';
import { preferencesOf } from '../settings/values';
import { OBJECTS, type Tables } from '../store/tables';
import { DAY_MS, dayOfWall, MINUTE_MS } from '../time/days';
import { toWall, type Zone } from '../time/zone';
import { DISMISSED, RUNG } from './deliver';

/** Shown at once; the others come when these are dismissed. */
const SHOWN_MAX = 5;
/** Minutes of a snooze. */
const SNOOZES = [5, 15, 60] as const;
/** What is longer past is of nobody's interest. */
const OLD_MS = 2 * DAY_MS;

interface RungRow {
  readonly id: string;
  readonly object_id: string;
  readonly recurrence: string;
  readonly start_ms: number;
  readonly is_all_day: number;
  readonly summary: string;
}

/** `/calendar/reminders`: what rings, as any page shows it above its content. */
export function reminderRoutes(router: PluginRouter<CalendarConfig>): void {
  router.get('/reminders', page(showReminders));
  router.post('/reminders', page(answer));
}

async function showReminders(desk: Desk): Promise<PluginResponse> {
  return {
    view: 'reminders-page',
    title: desk.t('calendar:reminder.title'),
    // What rings stands above every page, this one too.
    model: { homeHref: hrefOf(desk.context, '') },
  };
}

/** Dismissed, or seen again in some minutes; the page of reminders is a frame of every other. */
async function answer({ context, person, request }: Desk): Promise<PluginResponse> {
  const { id = '', minutes = '' } = request.body;
  const snooze = SNOOZES.find((one) => String(one) === minutes);
  const until = snooze === undefined ? DISMISSED : context.clock.now() + snooze * MINUTE_MS;
  const mine = context.db.table(RUNG).where({ site: person.site, user_id: person.user });
  const changed: number = await (request.body['all'] === 'yes' ? mine : mine.where({ id })).update({
    shown_ms: until,
  });
  if (changed === 0 && request.body['all'] !== 'yes') return { status: 404 };
  return { redirect: hrefOf(context, 'reminders') };
}

/** What stands above every page; an empty frame where nothing rings, for what rings later. */
export async function reminderBanner(
  { site, user, locale = 'fr' }: SlotFacts,
  context: Context,
): Promise<Readonly<Record<string, unknown>> | undefined> {
  if (!user) return undefined;
  const now = context.clock.now();
  const table: Tables = (name) => context.db.table(name);
  const rows: RungRow[] = await table(RUNG)
    .where({ site: site.id, user_id: user.id })
    .where('shown_ms', '<=', now)
    .where('start_ms', '>', now - OLD_MS)
    .orderBy('start_ms')
    .limit(SHOWN_MAX);
  if (rows.length === 0) return { reminders: [] };
  const { zone } = await preferencesOf(context, site.id, user.id);
  const texts = await textsOf(table, rows);
  const own = context.config(site.id).meeting;
  const lines = rows.map((row) =>
    lineOf(context, { row, zone, locale, now, own, text: texts.get(row.object_id) }),
  );
  return { reminders: lines, action: context.url('reminders'), snoozes: SNOOZES };
}

async function textsOf(
  table: Tables,
  rows: readonly RungRow[],
): Promise<ReadonlyMap<string, { readonly text: string; readonly component: string }>> {
  const found: { id: string; text: string; component: string }[] = await table(OBJECTS)
    .whereIn(
      'id',
      rows.map(({ object_id }) => object_id),
    )
    .select('id', 'text', 'component');
  return new Map(found.map(({ id, text, component }) => [id, { text, component }]));
}

function lineOf(
  context: Context,
  {
    row,
    zone,
    locale,
    now,
    own,
    text,
  }: {
    readonly row: RungRow;
    readonly zone: Zone;
    readonly locale: 'fr' | 'en';
    readonly now: number;
    readonly own: OwnMeeting;
    readonly text: { readonly text: string; readonly component: string } | undefined;
  },
) {
  const t = context.text(locale);
  const words = createWords(locale);
  const isAllDay = Boolean(row.is_all_day);
  const start = isAllDay ? row.start_ms : toWall(zone, row.start_ms);
  const today = dayOfWall(toWall(zone, now));
  const day = dayOfWall(start);
  const form = text?.component === 'VEVENT' ? formOf(text.text, row.recurrence) : undefined;
  const time = isAllDay ? '' : words.time(start);
  const near =
    day === today
      ? t('calendar:list.today')
      : day === today + 1
        ? t('calendar:list.tomorrow')
        : words.day(day, 'day');
  return {
    id: row.id,
    title: row.summary === '' ? t('calendar:event.untitled') : row.summary,
    when: time === '' ? near : t('calendar:reminder.at', { day: near, time }),
    place: form?.location ?? '',
    meeting: form ? meetingOf([form.url, form.location, form.description], own) : undefined,
    href: form ? hrefOf(context, 'event', { id: row.object_id, at: row.recurrence }) : '',
  };
}

function formOf(text: string, recurrence: string) {
  try {
    return fieldsOf(text, recurrence)?.fields;
  } catch (error) {
    if (error instanceof IcsError) return undefined;
    throw error;
  }
}

/** What rang long ago, of a site; and all of somebody who is erased. */
export async function forgetRung(table: Tables, site: string, now: number): Promise<void> {
  await table(RUNG)
    .where({ site })
    .where('start_ms', '<', now - OLD_MS)
    .delete();
}

export async function eraseRung(table: Tables, user: { readonly id: number }): Promise<void> {
  await table(RUNG).where({ user_id: user.id }).delete();
}
