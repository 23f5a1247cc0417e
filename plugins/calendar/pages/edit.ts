import { randomUUID } from 'node:crypto';
import type { PluginResponse } from 'estafette/plugin';
import { picked } from '../free-busy/carried';
import {
  changed,
  created,
  type EventFields,
  fieldsOf,
  IcsError,
  type Scope,
  SHOW_AS,
  VISIBILITIES,
} from '../ics';
import { mailWaiting, tellingOf } from '../outgoing/page';
import { type Attendee, PEOPLE_MAX, type People, peopleIn, withPeople } from '../people/attendees';
import { isOrganisedHere, organisersOf, peopleModel } from '../people/page';
import { type Resolved, resolve } from '../people/resolve';
import { type PeopleTyped, personIn, piecesOfList, sentPeople, typedPeople } from '../people/typed';
import { fieldsIn } from '../quick/routes';
import type { Room } from '../rooms/config';
import { type Calendar, canDelete, type Put, type Telling } from '../store';
import { DAY_MS, dayOfWall, HOUR_MS } from '../time/days';
import { ianaZone, toUtc, toWall } from '../time/zone';
import { type Desk, hrefOf, isWritable, oneOf } from './common';
import { isoOf, parseClock, parseDay } from './dates';
import { alarmWords, otherZone } from './event';
import {
  ALARMS,
  differencesOf,
  type EventTyped,
  type FormError,
  LIMITS,
  newFields,
  readForm,
  sentForm,
  typedOf,
} from './form';
import { newMeeting } from './meeting';
import { eventHref, mayChange, type Opened, openEvent } from './opened';
import { REPEATS } from './repeat';
import { repeatWords } from './repeat-words';
import { sideOf, weekdays } from './side';
import {
  ENDS_TEXTS,
  REFUSAL_TEXTS,
  REPEAT_TEXTS,
  SCOPE_TEXTS,
  SHOW_AS_TEXTS,
  VISIBILITY_TEXTS,
} from './texts';
import { capital } from './words';

const SCOPES = ['this', 'following', 'all'] as const;
const UID = /^[A-Za-z0-9-]{16,64}$/;

interface Editing {
  /** Of an event that is there; absent for a new one. */
  readonly event?: Opened | undefined;
  readonly calendar: Calendar;
  /** What the fields were before anything was typed. */
  readonly fields: EventFields;
  readonly form: EventTyped;
  readonly scope: Scope;
  /** Of the event that this form makes: sent twice, it makes one. */
  readonly uid: string;
  /** Version that a save would replace. */
  readonly etag: string;
  readonly status?: number;
  readonly errors?: readonly FormError[];
  /** Key of a text above the form, and what it is about. */
  readonly problem?: string;
  readonly detail?: string;
  readonly differences?: ReturnType<typeof differencesOf>;
  /** Who is asked, as it is typed; absent for what somebody else organises. */
  readonly people?: PeopleTyped | undefined;
  /** What became of names that were typed. */
  readonly resolved?: Resolved;
}

/** An event goes to calendars of the same owner: who is asked to it stays asked by the same. */
const mayGo = ({ calendar }: Opened, to: Calendar): boolean => to.owner === calendar.owner;

function formPage(desk: Desk, editing: Editing): PluginResponse {
  const { context, calendars, t } = desk;
  const { event, calendar, fields, form, errors = [], problem = '', differences = [] } = editing;
  const title = t(event ? 'calendar:edit.title' : 'calendar:edit.new');
  const isOne = event !== undefined && event.isSeries && event.at !== '';
  const rule = { start: fields.start, isAllDay: fields.isAllDay, zone: ianaZone(fields.zone) };
  const kept = typedOf(fields).repeat === 'other';
  const zone = otherZone(desk, fields);
  const day = parseDay(form.startDate) ?? desk.today;
  return {
    view: 'edit',
    title,
    status: editing.status ?? 200,
    model: {
      side: sideOf(desk, { on: day, view: 'day' }),
      heading: title,
      action: hrefOf(context, 'edit'),
      id: event?.stored.id ?? '',
      at: event?.at ?? '',
      uid: editing.uid,
      etag: editing.etag,
      form,
      calendar: calendar.id,
      calendarTitle: calendar.title,
      calendars: calendars
        .filter((one) => isWritable(one) && (!event || mayGo(event, one)))
        .map(({ id, title: label }) => ({ id, label })),
      canChoose: event === undefined || canDelete(event.calendar),
      meetingTitle: context.config(desk.person.site).meeting?.title ?? '',
      isNew: event === undefined,
      scopes: isOne
        ? SCOPES.map((scope) => ({
            value: scope,
            label: t(SCOPE_TEXTS[scope]),
            isChosen: scope === editing.scope,
          }))
        : [],
      zone: zone ? zone.id.replaceAll('_', ' ') : '',
      keptRule: kept ? t('calendar:edit.kept') : '',
      ruleWords: capital(repeatWords(desk, fields.rule, rule)),
      repeats: (kept ? [...REPEATS, 'other' as const] : REPEATS).map((value) => ({
        value,
        label: t(REPEAT_TEXTS[value]),
      })),
      weekdays: weekdays(desk),
      ends: (['never', 'until', 'count'] as const).map((value) => ({
        value,
        label: t(ENDS_TEXTS[value]),
      })),
      statuses: SHOW_AS.map((value) => ({ value, label: t(SHOW_AS_TEXTS[value]) })),
      visibilities: VISIBILITIES.map((value) => ({ value, label: t(VISIBILITY_TEXTS[value]) })),
      alarms: alarmLines(desk, form),
      limits: LIMITS,
      people:
        editing.people &&
        peopleModel(desk, editing.people, {
          isOpen: editing.resolved !== undefined || editing.people.attendees.length > 0,
          isThere: event !== undefined,
          organiser: '',
          resolved: editing.resolved,
        }),
      organisedBy: editing.people ? '' : organiserName(event),
      errors: errors.map(({ field, key, max = 0 }) => ({ field, text: t(key, { max }) })),
      problem,
      problemOf: editing.detail ?? '',
      differences,
      backHref: event
        ? eventHref(desk, event.stored.id, { at: event.at })
        : hrefOf(context, '', { on: isoOf(day) }),
    },
  };
}

const organiserName = (event: Opened | undefined): string => {
  const organiser = event && peopleIn(event.stored.text, event.at).organiser;
  return organiser ? organiser.name || organiser.mail : '';
};

/** Who is asked to an event, where it is for this calendar to say. */
function organisedPeople(desk: Desk, { stored, calendar, at }: Opened): People | undefined {
  const people = peopleIn(stored.text, at);
  return isOrganisedHere(people, organisersOf(desk, calendar)) ? people : undefined;
}

const NOBODY: People = { organiser: undefined, attendees: [] };

/** One choice for each reminder, and one more. */
function alarmLines(desk: Desk, { alarms }: EventTyped) {
  const known = alarms.filter((one) => /^\d{1,6}$/.test(one)).map(Number);
  return [...known, undefined].map((chosen) => ({
    options: [...new Set([...ALARMS, ...(chosen === undefined ? [] : [chosen])])]
      .sort((a, b) => a - b)
      .map((minutes) => ({
        value: minutes,
        label: alarmWords(desk, minutes),
        isChosen: minutes === chosen,
      })),
  }));
}

/** What a form begins with: whoever sees a time in UTC did not mean another country. */
export function shownFields(
  desk: Pick<Desk, 'zone'>,
  { fields, isSeries }: Pick<Opened, 'fields' | 'isSeries'>,
): EventFields {
  if (fields.isAllDay) return { ...fields, zone: desk.zone.id };
  const zone = ianaZone(fields.zone);
  if (fields.zone !== 'UTC' || isSeries || !zone) return fields;
  const moved = (wall: number): number => toWall(desk.zone, toUtc(zone, wall));
  return { ...fields, start: moved(fields.start), end: moved(fields.end), zone: desk.zone.id };
}

const firstWritable = (desk: Desk, id: string | undefined): Calendar | undefined =>
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
      copied && query['alone'] !== 'yes' ? copiedPeople(desk, copied) : askedIn(query),
    ),
  });
}

/** Those of the original, who have answered nothing yet; who copies a meeting of another's organises it now. */
function copiedPeople(desk: Desk, { stored, at, calendar }: Opened): People {
  const own = organisersOf(desk, calendar);
  const attendees = peopleIn(stored.text, at)
    .attendees.filter(({ mail, kind }) => !own.includes(mail) && kind !== 'room')
    .map((one) => ({ ...one, answer: 'needs-action' as const }));
  return { organiser: undefined, attendees };
}

/** People whom an address names. */
const askedIn = (query: Readonly<Record<string, string>>): People => ({
  ...NOBODY,
  attendees: piecesOfList((query['with'] ?? '').slice(0, 10_000))
    .flatMap((piece) => personIn(piece) ?? [])
    .slice(0, PEOPLE_MAX),
});

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

/** The same form again: a second click is no second event, and another text is a change of it. */
async function sentTwice(desk: Desk, editing: Editing, mine: EventFields): Promise<PluginResponse> {
  const { store, person, calendars } = desk;
  const stored = await store.object(person, editing.calendar.id, `${editing.uid}.ics`);
  const event = stored && (await openEvent({ ...desk, calendars }, { id: stored.id }));
  if (!event) return formPage(desk, { ...editing, status: 409, problem: 'calendar:failed.twice' });
  const fresh = fieldsOf(created(mine, { uid: editing.uid, now: 0 }));
  if (JSON.stringify(fresh?.fields) === JSON.stringify(event.fields))
    return { redirect: doneHref(desk, mine) };
  return conflict(desk, editing, event, mine);
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
  // The second half first: should the first not be written, nothing of the series is lost.
  const telling = formTelling(desk, editing);
  const rest =
    next.rest === undefined
      ? undefined
      : await putRest(
          desk,
          calendar,
          uid,
          next.rest,
          telling && { ...telling, except: [stored.uid] },
        );
  if (rest && rest.kind !== 'created' && rest.kind !== 'updated')
    return formPage(desk, {
      ...editing,
      status: 422,
      problem: problemOf(rest),
      detail: detailOf(desk, rest),
    });
  const put = await store.put(person, calendar.id, stored.uri, next.text, {
    ifMatch: stored.etag,
    telling,
  });
  await mailWaiting(desk, telling);
  if (put.kind === 'updated' || put.kind === 'created') {
    const to = newPlace(desk, event);
    if (!to) return { redirect: doneHref(desk, fields) };
    // The change is kept; where it cannot go, it stays and that is said.
    const moved = await store.move(person, {
      calendar: calendar.id,
      uri: stored.uri,
      ifMatch: put.etag,
      to: { calendar: to.id, uri: stored.uri },
      isCopy: false,
      isOverwriting: false,
    });
    if (moved.kind === 'created') return { redirect: doneHref(desk, fields) };
    return { redirect: eventHref(desk, stored.id, { at, failed: 'moving' }) };
  }
  if (rest) await takeBack(desk, calendar, `${uid}.ics`);
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

const putRest = (
  { store, person }: Desk,
  calendar: Calendar,
  uid: string,
  text: string,
  telling: Telling | undefined,
) => store.put(person, calendar.id, `${uid}.ics`, text, { ifNoneMatch: true, telling });

const attendeeFor = ({ mail, title, kind }: Room): Attendee => ({
  mail,
  name: title,
  role: 'informed',
  kind: kind === 'room' ? 'room' : 'resource',
  answer: 'needs-action',
});

/** Who is asked as the form says now; `isOpen`: it was not sent to be saved, or means somebody unclear. */
async function askedNow(
  desk: Desk,
  there: People | undefined,
): Promise<{
  readonly people: PeopleTyped | undefined;
  readonly resolved?: Resolved;
  readonly isOpen: boolean;
}> {
  const { context, request } = desk;
  const { body, lists } = request;
  const sent = there && sentPeople(lists);
  if (!there || !sent) return { people: there && typedPeople(there), isOpen: false };
  // Answers are those that are kept, whatever a form says.
  const known = new Map(there.attendees.map((one) => [one.mail, one]));
  const gone = body['without']?.toLowerCase();
  const people = {
    ...sent,
    attendees: sent.attendees
      .filter(({ mail }) => mail !== gone)
      .map((one) => ({ ...one, answer: known.get(one.mail)?.answer ?? one.answer })),
  };
  const room = context.config(desk.person.site).rooms.find(({ mail }) => mail === body['room']);
  if (room && !people.attendees.some(({ mail }) => mail === room.mail))
    people.attendees.push(attendeeFor(room));
  const isPicking = ['without', 'addPeople', 'pick', 'room'].some(
    (name) => body[name] !== undefined,
  );
  if (people.who.trim() === '' && people.list.trim() === '') {
    const resolved = { people, matches: [], unknown: [], isFull: false };
    return { people, ...(isPicking && { resolved }), isOpen: isPicking };
  }
  const resolved = await resolve(desk, people);
  const isUnclear = resolved.unknown.length > 0 || resolved.isFull;
  return {
    people: resolved.people,
    ...((isPicking || isUnclear) && { resolved }),
    isOpen: isPicking || isUnclear,
  };
}

/** A text with those whom the form asks; as it is where it asks nobody and nobody was. */
function withAsked(
  desk: Desk,
  { people, event, calendar }: Editing,
  text: string,
  how: { readonly recurrence: string; readonly isMoved: boolean },
): string {
  const before = event ? peopleIn(event.stored.text, event.at).attendees : [];
  if (!people || (people.attendees.length === 0 && before.length === 0)) return text;
  const [mail = ''] = organisersOf(desk, calendar);
  const name = calendar.isOwn ? (desk.request.user?.name ?? '') : '';
  return withPeople(text, { organiser: { mail, name }, before, after: people.attendees, ...how });
}

/** What a change makes, with those who are asked; of one occurrence those of it alone. */
function asked(
  desk: Desk,
  editing: Editing & { readonly event: Opened },
  next: ReturnType<typeof changed>,
  fields: EventFields,
): ReturnType<typeof changed> {
  const { event, scope } = editing;
  const { rule } = event.fields;
  const before = shownFields(desk, event);
  const isSame = [fields, before].map(
    (one) => `${one.start} ${one.end} ${one.isAllDay} ${one.zone}`,
  );
  const isMoved = isSame[0] !== isSame[1] || (scope !== 'this' && fields.rule !== rule);
  const recurrence = scope === 'this' && event.isSeries ? event.at : '';
  // A series that is split: what was before stays as it was told.
  if (next.rest !== undefined)
    return {
      text: next.text,
      rest: withAsked(desk, editing, next.rest, { recurrence: '', isMoved }),
    };
  return { text: withAsked(desk, editing, next.text, { recurrence, isMoved }) };
}

/** Whether others are told of what is saved. */
function formTelling(desk: Desk, { people, event, calendar }: Editing): Telling | undefined {
  if (!people) return undefined;
  if (event) return tellingOf(desk, event, people.note);
  return {
    organisers: organisersOf(desk, calendar),
    note: people.note,
    isSilent: desk.request.body['people'] === 'yes' && !people.isTelling,
  };
}

async function takeBack({ store, person }: Desk, calendar: Calendar, uri: string): Promise<void> {
  const rest = await store.object(person, calendar.id, uri);
  if (!rest) return;
  await store.remove(person, calendar.id, uri);
  await store.purge(person, rest.id);
}

const problemOf = (put: Put): string =>
  put.kind === 'refused' ? REFUSAL_TEXTS[put.reason] : 'calendar:failed.twice';

const DAYS_NAMED = 5;

/** What a refusal is about: rooms, and the days on which what repeats does not have them. */
function detailOf({ words, zone, t }: Desk, put: Put): string {
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
function doneHref(desk: Desk, fields: EventFields): string {
  const zone = otherZone(desk, fields);
  const start = zone ? toWall(desk.zone, toUtc(zone, fields.start)) : fields.start;
  const day = dayOfWall(start);
  return hrefOf(desk.context, '', {
    on: day === desk.today ? '' : isoOf(day),
    done: 'saved',
  });
}

/** Both versions side by side: the one that was typed is in the form, and nothing is written yet. */
function conflict(desk: Desk, editing: Editing, event: Opened, mine: EventFields): PluginResponse {
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
