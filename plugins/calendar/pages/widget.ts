import type { SlotFacts } from 'estafette/plugin';
import { fieldsOf, IcsError } from '../ics';
import { preferencesOf } from '../settings/values';
import { createStore, type Occurrence, type Person } from '../store';
import { dueTasks } from '../tasks/due';
import { DAY_MS, dayOfWall } from '../time/days';
import { toUtc, toWall } from '../time/zone';
import { type Context, hrefOf } from './common';
import { isoOf } from './dates';
import { meetingOf, type OwnMeeting } from './meeting';
import { SHOW_AS_TEXTS } from './texts';
import { createWords } from './words';

/** Lines of the card. */
const SHOWN_MAX = 6;

/** What is next, today and tomorrow: the card of the home page. */
export async function nextEvents(
  { site, user, as, groups, locale = 'fr' }: SlotFacts,
  context: Context,
): Promise<Readonly<Record<string, unknown>> | undefined> {
  if (!user) return undefined;
  const store = createStore(context);
  const person: Person = { site: site.id, user: user.id, mail: user.mail, as, groups };
  const { zone } = await preferencesOf(context, site.id, user.id);
  const now = context.clock.now();
  const today = dayOfWall(toWall(zone, now));
  const calendars = (await store.calendars(person)).filter(({ isShown }) => isShown);
  const { occurrences } = await store.occurrences(person, {
    from: now,
    to: toUtc(zone, (today + 2) * DAY_MS),
    zone: zone.id,
    calendars: calendars.map(({ id }) => id),
    limit: 50,
  });
  const coming = occurrences.filter(({ isCancelled }) => !isCancelled);
  const words = createWords(locale);
  const t = context.text(locale);
  const lineOf = async (one: Occurrence) => {
    const start = one.isAllDay ? one.start : toWall(zone, one.start);
    return {
      day: dayOfWall(start),
      title: one.isMasked
        ? t('calendar:event.masked')
        : one.summary === ''
          ? t('calendar:event.untitled')
          : one.summary,
      time: one.isAllDay ? t('calendar:list.allDay') : words.time(start),
      place: one.location,
      status: one.showAs === 'busy' ? '' : t(SHOW_AS_TEXTS[one.showAs]),
      href: hrefOf(context, 'event', { id: one.object, at: one.recurrence }),
      meeting: one.isAllDay
        ? undefined
        : await meetingAt(store, person, one, context.config(person.site).meeting),
    };
  };
  const due = await dueTasks({ context, person, zone, today, words, t });
  const lines = await Promise.all(coming.slice(0, SHOWN_MAX).map(lineOf));
  const days = [
    { label: t('calendar:list.today'), events: lines.filter(({ day }) => day <= today) },
    { label: t('calendar:list.tomorrow'), events: lines.filter(({ day }) => day > today) },
  ].filter(({ events }) => events.length > 0);
  return {
    days,
    due: due.tasks,
    tasksHref: hrefOf(context, 'tasks'),
    more: Math.max(coming.length - SHOWN_MAX, 0),
    href: hrefOf(context, '', { view: 'list', on: isoOf(today) }),
  };
}

/** Where a call by video is; the text of the event is read for it. */
async function meetingAt(
  store: ReturnType<typeof createStore>,
  person: Person,
  { object, recurrence }: Occurrence,
  own: OwnMeeting,
) {
  const stored = await store.objectById(person, object);
  if (!stored) return undefined;
  try {
    const fields = fieldsOf(stored.text, recurrence)?.fields;
    return fields && meetingOf([fields.url, fields.location, fields.description], own);
  } catch (error) {
    if (error instanceof IcsError) return undefined;
    throw error;
  }
}
