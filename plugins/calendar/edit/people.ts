import type { changed, EventFields } from '../ics';
import { tellingOf } from '../outgoing/page';
import type { Desk } from '../pages/common';
import type { Opened } from '../pages/opened';
import { type Attendee, PEOPLE_MAX, type People, peopleIn, withPeople } from '../people/attendees';
import { isOrganisedHere, organisersOf } from '../people/page';
import { type Resolved, resolve } from '../people/resolve';
import { type PeopleTyped, personIn, piecesOfList, sentPeople, typedPeople } from '../people/typed';
import { planningPeople } from '../planning/everybody';
import type { Room } from '../rooms/config';
import type { Telling } from '../store';
import { shownFields } from './fields';
import type { Editing } from './form-page';

/** Those whom a new event asks. */
export const NOBODY: People = { organiser: undefined, attendees: [] };

/** Who is asked to an event, where it is for this calendar to say. */
export function organisedPeople(desk: Desk, { stored, calendar, at }: Opened): People | undefined {
  const people = peopleIn(stored.text, at);
  return isOrganisedHere(people, organisersOf(desk, calendar)) ? people : undefined;
}

/** Those of the original, who have answered nothing yet; who copies a meeting of another's organises it now. */
export function copiedPeople(desk: Desk, { stored, at, calendar }: Opened): People {
  const own = organisersOf(desk, calendar);
  const attendees = peopleIn(stored.text, at)
    .attendees.filter(({ mail, kind }) => !own.includes(mail) && kind !== 'room')
    .map((one) => ({ ...one, answer: 'needs-action' as const }));
  return { organiser: undefined, attendees };
}

/** People whom an address names, one by one or as those of a planning. */
export async function namedIn(
  desk: Desk,
  query: Readonly<Record<string, string>>,
): Promise<readonly Attendee[]> {
  if (query['planning'] !== undefined) return planningPeople(desk, query['planning']);
  return piecesOfList((query['with'] ?? '').slice(0, 10_000))
    .flatMap((piece) => personIn(piece) ?? [])
    .slice(0, PEOPLE_MAX);
}

const attendeeFor = ({ mail, title, kind }: Room): Attendee => ({
  mail,
  name: title,
  role: 'informed',
  kind: kind === 'room' ? 'room' : 'resource',
  answer: 'needs-action',
});

/** Who is asked as the form says now; `isOpen`: it was not sent to be saved, or means somebody unclear. */
export async function askedNow(
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
export function withAsked(
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
export function asked(
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
export function formTelling(desk: Desk, { people, event, calendar }: Editing): Telling | undefined {
  if (!people) return undefined;
  if (event) return tellingOf(desk, event, people.note);
  return {
    organisers: organisersOf(desk, calendar),
    note: people.note,
    isSilent: desk.request.body['people'] === 'yes' && !people.isTelling,
  };
}
