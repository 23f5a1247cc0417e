import { randomUUID } from 'node:crypto';
import type { PluginResponse } from 'estafette/plugin';
import { picked } from '../free-busy/carried';
import { changed, created, type EventFields, IcsError } from '../ics';
import { mailWaiting } from '../outgoing/page';
import { type Desk, isWritable, oneOf } from '../pages/common';
import { type EventTyped, newFields, readForm, sentForm } from '../pages/form';
import { newMeeting } from '../pages/meeting';
import { eventHref, mayChange, type Opened, openEvent } from '../pages/opened';
import { peopleIn } from '../people/attendees';
import { organisersOf } from '../people/page';
import { type Calendar, canDelete } from '../store';
import { shownFields } from './fields';
import { type Editing, formPage, SCOPES } from './form-page';
import { conflict, detailOf, doneHref, problemOf, sentTwice } from './outcomes';
import { asked, askedNow, formTelling, NOBODY, organisedPeople, withAsked } from './people';
import { firstWritable } from './show';

const UID = /^[A-Za-z0-9-]{16,64}$/;

/** Saves what was typed; whatever is wrong, the form comes back with all of it. */
export async function save(desk: Desk): Promise<PluginResponse> {
  const { request } = desk;
  const { body, lists } = request;
  const form = withMeeting(desk, picked(sentForm(lists), body['pick'] ?? ''));
  const uid = UID.test(body['uid'] ?? '') ? (body['uid'] ?? '') : randomUUID();
  const isNew = (body['id'] ?? '') === '';
  const event = isNew ? undefined : await openEvent(desk, body);
  if (isNew || !event) return saveNew(desk, form, uid, isNew);
  const { calendar, stored } = event;
  if (!mayChange(event)) return { status: 403 };
  const scope = event.at === '' ? 'all' : (oneOf(SCOPES, body['scope']) ?? 'this');
  const fields = shownFields(desk, event);
  const etag = body['etag'] ?? '';
  const asked = await askedNow(desk, organisedPeople(desk, event));
  const editing: Editing = { event, calendar, fields, form, scope, uid, etag, ...asked };
  if (asked.isOpen || makesMeeting(desk)) return formPage(desk, { ...editing, status: 422 });
  const read = readForm(form, { fields, isOne: event.isSeries && scope === 'this' });
  if (read.kind === 'errors')
    return formPage(desk, { ...editing, status: 422, errors: read.errors });
  if (etag !== stored.etag) return conflict(desk, editing, event, read.fields);
  if (isOthersTime(desk, event, { from: fields, to: read.fields }))
    return formPage(desk, {
      ...editing,
      status: 422,
      errors: [{ field: 'startDate', key: 'calendar:error.theirs' }],
    });
  // One occurrence stays with its series.
  if (event.isSeries && scope === 'this' && newPlace(desk, event))
    return formPage(desk, {
      ...editing,
      status: 422,
      errors: [{ field: 'calendar', key: 'calendar:error.oneStays' }],
    });
  return saveChange(desk, { ...editing, event }, read.fields);
}

/** Whether the form only wants a link to a meeting by video. */
const makesMeeting = ({ request, context, person }: Desk): boolean =>
  request.body['makeMeeting'] === 'yes' && context.config(person.site).meeting !== undefined;

function withMeeting(desk: Desk, form: EventTyped): EventTyped {
  const { meeting } = desk.context.config(desk.person.site);
  return meeting && makesMeeting(desk) ? { ...form, url: newMeeting(meeting) } : form;
}

/** Where a form says that an event is to be, of those where it may go. */
function newPlace(desk: Desk, { calendar, stored }: Opened): Calendar | undefined {
  const id = desk.request.body['calendar'] ?? '';
  const to = id === calendar.id ? undefined : desk.calendars.find((one) => one.id === id);
  // Copies that others see as « Occupé » are not taken elsewhere.
  const mayLeave = canDelete(calendar) && stored.isMasked !== true;
  return to && isWritable(to) && mayLeave && to.owner === calendar.owner ? to : undefined;
}

/** Whether another time is given to a meeting to which its organiser asked us: they would know nothing of it. */
function isOthersTime(
  desk: Desk,
  { stored, at, calendar }: Opened,
  { from, to }: { readonly from: EventFields; readonly to: EventFields },
): boolean {
  const own = organisersOf(desk, calendar);
  const { organiser, attendees } = peopleIn(stored.text, at);
  const isTheirs = organiser !== undefined && !own.includes(organiser.mail);
  if (!isTheirs || !attendees.some(({ mail }) => own.includes(mail))) return false;
  return (['start', 'end', 'isAllDay', 'rule'] as const).some((name) => from[name] !== to[name]);
}

async function saveNew(
  desk: Desk,
  form: EventTyped,
  uid: string,
  isNew: boolean,
): Promise<PluginResponse> {
  const { store, person, context, request } = desk;
  const calendar = firstWritable(desk, request.body['calendar']);
  if (!calendar) return { status: 403 };
  const fields = newFields({ start: desk.now }, desk.preferences);
  const asked = await askedNow(desk, NOBODY);
  const editing: Editing = { calendar, fields, form, scope: 'all', uid, etag: '', ...asked };
  if (asked.isOpen || makesMeeting(desk)) return formPage(desk, { ...editing, status: 422 });
  const read = readForm(form, { fields, isOne: false });
  if (read.kind === 'errors')
    return formPage(desk, { ...editing, status: 422, errors: read.errors });
  // Deleted in another window: what was typed makes a new event, once somebody says so.
  if (!isNew)
    return formPage(desk, { ...editing, status: 409, problem: 'calendar:conflict.deleted' });
  const alone = created(read.fields, { uid, now: context.clock.now() });
  const text = withAsked(desk, editing, alone, { recurrence: '', isMoved: false });
  const telling = formTelling(desk, editing);
  const put = await store.put(person, calendar.id, `${uid}.ics`, text, {
    ifNoneMatch: true,
    telling,
  });
  await mailWaiting(desk, telling);
  if (put.kind === 'created') return { redirect: doneHref(desk, read.fields) };
  if (put.kind === 'conflict') return sentTwice(desk, editing, read.fields);
  return formPage(desk, {
    ...editing,
    status: 422,
    problem: problemOf(put),
    detail: detailOf(desk, put),
  });
}

async function saveChange(
  desk: Desk,
  editing: Editing & { readonly event: Opened },
  fields: EventFields,
): Promise<PluginResponse> {
  const { store, person, context } = desk;
  const { event, scope, uid } = editing;
  const { stored, calendar, at } = event;
  let next: ReturnType<typeof changed>;
  try {
    const now = context.clock.now();
    next = asked(
      desk,
      editing,
      changed(stored.text, fields, { recurrence: at, scope, now, uid }),
      fields,
    );
  } catch (error) {
    if (!(error instanceof IcsError)) throw error;
    return formPage(desk, { ...editing, status: 422, problem: 'calendar:failed.event' });
  }
  const telling = formTelling(desk, editing);
  const { rest } = next;
  const uri = rest === undefined ? stored.uri : `${uid}.ics`;
  const put = await (rest === undefined
    ? store.put(person, calendar.id, uri, next.text, { ifMatch: stored.etag, telling })
    : store.split(person, calendar.id, {
        uid: stored.uid,
        uri: stored.uri,
        text: next.text,
        ifMatch: stored.etag,
        rest: { uri, text: rest },
        telling,
      }));
  await mailWaiting(desk, telling);
  if (put.kind === 'updated' || put.kind === 'created') {
    const to = newPlace(desk, event);
    if (!to) return { redirect: doneHref(desk, fields) };
    // The change is kept; where it cannot go, it stays and that is said.
    const moved = await store.move(person, {
      calendar: calendar.id,
      uri,
      ifMatch: put.etag,
      to: { calendar: to.id, uri },
      isCopy: false,
      isOverwriting: false,
    });
    if (moved.kind === 'created') return { redirect: doneHref(desk, fields) };
    return { redirect: eventHref(desk, stored.id, { at, failed: 'moving' }) };
  }
  if (put.kind === 'conflict') {
    const now = await openEvent(desk, { id: stored.id, at });
    if (now) return conflict(desk, editing, now, fields);
  }
  return formPage(desk, {
    ...editing,
    status: 422,
    problem: problemOf(put),
    detail: detailOf(desk, put),
  });
}
