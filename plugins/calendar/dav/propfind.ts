import {
  type DavAsked,
  type DavResponse,
  type DavRow,
  davAsked,
  davFitting,
} from 'estafette/plugin';
import type { Calendar } from '../store';
import { failing, listed, MISSING, TOO_MUCH } from './answers';
import { isUnknownData, TooLarge } from './data';
import { knownObjects } from './known';
import { C, D } from './names';
import { type Call, calendarHref, calendarOf } from './places';
import { calendarRow, homeRow, objectRow } from './props';
import { boxRow } from './schedule/boxes';

/** PROPFIND on the home, a calendar or an object (RFC 4918 9.1). */
export async function propfind(call: Call): Promise<DavResponse> {
  try {
    return await found(call);
  } catch (error) {
    if (error instanceof TooLarge) return TOO_MUCH;
    throw error;
  }
}

async function found(call: Call): Promise<DavResponse> {
  const { request, store, person } = call;
  const [id, uri] = request.path;
  const asked = davAsked(request.xml);
  if (isUnknownData(asked)) return failing(403, C('supported-calendar-data'));
  if (uri === undefined && request.depth === 'infinity') {
    return failing(403, D('propfind-finite-depth'));
  }
  if (id === undefined) {
    const calendars = request.depth === 0 ? [] : await store.calendars(person);
    const kept = await store.properties(person);
    const rows = calendars.map((one) => calendarRow(call, one, kept.get(one.id), asked));
    const boxes = request.depth === 0 ? [] : (['inbox', 'outbox'] as const);
    const boxRows = await Promise.all(boxes.map((box) => boxRow(call, box, asked)));
    return listed([homeRow(call, asked), ...rows, ...boxRows]);
  }
  const calendar = await calendarOf(call, id);
  if (!calendar) return MISSING;
  if (uri === undefined) {
    const kept = (await store.properties(person)).get(id);
    const rows = request.depth === 0 ? [] : await rowsOf(call, calendar, asked);
    return listed([calendarRow(call, calendar, kept, asked), ...rows]);
  }
  const object = await store.object(person, id, uri);
  return object ? listed([objectRow(call, calendar, object, asked)]) : MISSING;
}

/** Every object of a calendar, as far as an answer holds them. */
function rowsOf(call: Call, calendar: Calendar, asked: DavAsked): Promise<readonly DavRow[]> {
  async function* rows(): AsyncGenerator<DavRow> {
    for await (const some of knownObjects(call, calendar, asked))
      for (const object of some) yield objectRow(call, calendar, object, asked);
  }
  return davFitting(calendarHref(calendar.id), rows());
}
