import type { PluginResponse } from 'estafette/plugin';
import { shownFields } from '../edit/fields';
import { save } from '../edit/save';
import { DAY_MS, dayOfWall } from '../time/days';
import { ianaZone, toUtc, toWall } from '../time/zone';
import type { Desk } from './common';
import { parseClock, parseDay } from './dates';
import { type EventTyped, typedOf } from './form';
import { mayChange, openEvent } from './opened';

/** The wall time of `2026-11-23T09:00`. */
function wallIn(text = ''): number | undefined {
  const day = parseDay(text.slice(0, 10));
  const clock = parseClock(text.slice(11));
  return day === undefined || clock === undefined ? undefined : day * DAY_MS + clock;
}

/**
 * An event moved or stretched with the pointer: the form of it with other times, sent as a form is, so
 * that whatever a save does is done. Answers data: who has no script has the form itself.
 */
export async function moveEvent(desk: Desk): Promise<PluginResponse> {
  const { request } = desk;
  const { body } = request;
  const event = await openEvent(desk, body);
  if (!event) return { status: 404 };
  if (!mayChange(event)) return { status: 403 };
  const [start, end] = [wallIn(body['start']), wallIn(body['end'])];
  if (start === undefined || end === undefined || end < start)
    return { json: { kind: 'refused' }, status: 422 };
  const fields = shownFields(desk, event);
  const zone = fields.isAllDay || fields.zone === '' ? undefined : ianaZone(fields.zone);
  // The page shows the agent's clocks; the event stays on those of its own zone.
  const moved = (wall: number): number =>
    zone && zone.id !== desk.zone.id ? toWall(zone, toUtc(desk.zone, wall)) : wall;
  const times = { start: moved(start), end: moved(end) };
  const form = typedOf({ ...fields, ...times });
  const days = dayOfWall(times.start) - dayOfWall(fields.start);
  const lists = listsOf({
    ...form,
    // Every week on the same day is every week on the day to which it is moved.
    weekdays: form.weekdays.map((day) => (((day + days) % 7) + 7) % 7),
  });
  const answer = await save({
    ...desk,
    request: {
      ...request,
      lists,
      body: {
        ...Object.fromEntries(Object.entries(lists).map(([name, [first = '']]) => [name, first])),
        id: body['id'] ?? '',
        at: body['at'] ?? '',
        etag: body['etag'] ?? '',
        scope: body['scope'] ?? '',
        uid: body['uid'] ?? '',
      },
    },
  });
  if ('redirect' in answer) {
    const now = await openEvent(desk, body);
    return { json: { kind: 'moved', etag: now?.stored.etag ?? '' } };
  }
  const status = 'status' in answer ? (answer.status ?? 422) : 422;
  return { json: { kind: status === 409 ? 'changed' : 'refused' }, status };
}

/** A form as a browser sends it. */
function listsOf(form: EventTyped): Readonly<Record<string, readonly string[]>> {
  const { isAllDay, weekdays, alarms, ...texts } = form;
  return {
    ...Object.fromEntries(Object.entries(texts).map(([name, text]) => [name, [text]])),
    ...(isAllDay && { allDay: ['yes'] }),
    weekday: weekdays.map(String),
    alarm: alarms,
  };
}
