import { randomUUID } from 'node:crypto';
import type { PluginResponse } from 'estafette/plugin';
import { type Desk, isWritable } from '../pages/common';
import { parseClock, parseDay } from '../pages/dates';
import { newFields, typedOf } from '../pages/form';
import { mayChange, openEvent } from '../pages/opened';
import { typedPeople } from '../people/typed';
import { fieldsIn } from '../quick/routes';
import type { Calendar } from '../store';
import { DAY_MS, HOUR_MS } from '../time/days';
import { shownFields } from './fields';
import { formPage } from './form-page';
import { copiedPeople, NOBODY, namedIn, organisedPeople } from './people';

/** The calendar that is asked for, where the person may write in it; else their usual one. */
export const firstWritable = (desk: Desk, id: string | undefined): Calendar | undefined =>
  desk.calendars.find((one) => isWritable(one) && one.id === id) ??
  desk.calendars.find((one) => one.id === desk.usual);

/** Midnight or an hour that an address names; the next whole hour without one. */
function startOf({ now }: Desk, text = ''): { readonly start: number; readonly isAllDay: boolean } {
  const day = parseDay(text.slice(0, 10));
  if (day === undefined) return { start: Math.ceil(now / HOUR_MS) * HOUR_MS, isAllDay: false };
  const clock = text[10] === 'T' ? parseClock(text.slice(11)) : undefined;
  return { start: day * DAY_MS + (clock ?? 9 * HOUR_MS), isAllDay: false };
}

/** An empty form, a copy of an event, or the form of one. */
export async function showEdit(desk: Desk): Promise<PluginResponse> {
  const { query } = desk.request;
  if (query['id'] !== undefined) {
    const event = await openEvent(desk, query);
    if (!event) return { status: 404 };
    const { calendar, stored } = event;
    if (!mayChange(event)) return { status: 403 };
    const fields = shownFields(desk, event);
    const organised = organisedPeople(desk, event);
    return formPage(desk, {
      event,
      calendar,
      fields,
      form: typedOf(fields),
      scope: 'this',
      uid: randomUUID(),
      etag: stored.etag,
      people: organised && typedPeople(organised),
    });
  }
  const from = query['from'];
  const copied =
    from === undefined ? undefined : await openEvent(desk, { id: from, at: query['at'] ?? '' });
  if (from !== undefined && !copied) return { status: 404 };
  const calendar = firstWritable(desk, copied?.calendar.id ?? query['calendar']);
  if (!calendar) return { status: 403 };
  const { start, isAllDay } = startOf(desk, query['start']);
  const meant = query['text'] === undefined ? undefined : fieldsIn(desk, query['text']);
  const fresh = newFields({ start, isAllDay }, desk.preferences);
  // Drawn with the pointer from one hour to another.
  const drawn = query['end'] === undefined ? undefined : startOf(desk, query['end']).start;
  const fields = copied
    ? { ...shownFields(desk, copied), ...(copied.at !== '' && { rule: '' }) }
    : (meant?.fields ?? (drawn !== undefined && drawn > start ? { ...fresh, end: drawn } : fresh));
  return formPage(desk, {
    calendar,
    fields,
    form: typedOf(fields),
    scope: 'all',
    uid: randomUUID(),
    etag: '',
    people: typedPeople(
      copied && query['alone'] !== 'yes'
        ? copiedPeople(desk, copied)
        : { ...NOBODY, attendees: await namedIn(desk, query) },
    ),
  });
}
