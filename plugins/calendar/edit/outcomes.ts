import { randomUUID } from 'node:crypto';
import type { PluginResponse } from 'estafette/plugin';
import { created, type EventFields, fieldsOf } from '../ics';
import { type Desk, hrefOf } from '../pages/common';
import { isoOf } from '../pages/dates';
import { alarmWords, otherZone } from '../pages/event';
import { differencesOf } from '../pages/form';
import { type Opened, openEvent } from '../pages/opened';
import { repeatWords } from '../pages/repeat-words';
import { REFUSAL_TEXTS, SHOW_AS_TEXTS, VISIBILITY_TEXTS } from '../pages/texts';
import type { Put } from '../store';
import { dayOfWall } from '../time/days';
import { ianaZone, toUtc, toWall } from '../time/zone';
import { shownFields } from './fields';
import { type Editing, formPage } from './form-page';

/** Key of the text that says why nothing was written. */
export const problemOf = (put: Put): string =>
  put.kind === 'refused' ? REFUSAL_TEXTS[put.reason] : 'calendar:failed.twice';

const DAYS_NAMED = 5;

/** What a refusal is about: rooms, and the days on which what repeats does not have them. */
export function detailOf({ words, zone, t }: Desk, put: Put): string {
  const taken = put.kind === 'refused' ? (put.taken ?? []) : [];
  return taken
    .map(({ title, times }) => {
      const days = [...new Set(times.map((time) => dayOfWall(toWall(zone, time))))];
      if (days.length === 0) return title;
      const named = days.slice(0, DAYS_NAMED).map((day) => words.day(day, 'dayYear'));
      const more = days.length - named.length;
      const all = more > 0 ? [...named, t('calendar:rooms.moreDays', { count: more })] : named;
      return `${title} (${words.list(all)})`;
    })
    .join(', ');
}

/** Back to the day on which it is. */
export function doneHref(desk: Desk, fields: EventFields): string {
  const zone = otherZone(desk, fields);
  const start = zone ? toWall(desk.zone, toUtc(zone, fields.start)) : fields.start;
  const day = dayOfWall(start);
  return hrefOf(desk.context, '', {
    on: day === desk.today ? '' : isoOf(day),
    done: 'saved',
  });
}

/** Both versions side by side: the one that was typed is in the form, and nothing is written yet. */
export function conflict(
  desk: Desk,
  editing: Editing,
  event: Opened,
  mine: EventFields,
): PluginResponse {
  const texts = (fields: EventFields) => textsOf(desk, fields);
  return formPage(desk, {
    ...editing,
    event,
    uid: randomUUID(),
    etag: event.stored.etag,
    status: 409,
    problem: 'calendar:conflict.changed',
    differences: differencesOf(mine, shownFields(desk, event), texts),
  });
}

/** The same form again: a second click is no second event, and another text is a change of it. */
export async function sentTwice(
  desk: Desk,
  editing: Editing,
  mine: EventFields,
): Promise<PluginResponse> {
  const { store, person, calendars } = desk;
  const stored = await store.object(person, editing.calendar.id, `${editing.uid}.ics`);
  const event = stored && (await openEvent({ ...desk, calendars }, { id: stored.id }));
  if (!event) return formPage(desk, { ...editing, status: 409, problem: 'calendar:failed.twice' });
  const fresh = fieldsOf(created(mine, { uid: editing.uid, now: 0 }));
  if (JSON.stringify(fresh?.fields) === JSON.stringify(event.fields))
    return { redirect: doneHref(desk, mine) };
  return conflict(desk, editing, event, mine);
}

function textsOf(desk: Desk, fields: EventFields): Readonly<Record<string, string>> {
  const { words, t } = desk;
  const { start, isAllDay, zone } = fields;
  return {
    [t('calendar:field.summary')]: fields.summary,
    [t('calendar:field.when')]: words.when(fields),
    [t('calendar:field.repeat')]: repeatWords(desk, fields.rule, {
      start,
      isAllDay,
      zone: ianaZone(zone),
    }),
    [t('calendar:field.location')]: fields.location,
    [t('calendar:field.url')]: fields.url,
    [t('calendar:field.description')]: fields.description,
    [t('calendar:field.showAs')]: t(SHOW_AS_TEXTS[fields.showAs]),
    [t('calendar:field.visibility')]: t(VISIBILITY_TEXTS[fields.visibility]),
    [t('calendar:field.categories')]: fields.categories.join(', '),
    [t('calendar:field.alarms')]: fields.alarms.map((one) => alarmWords(desk, one)).join(', '),
  };
}
