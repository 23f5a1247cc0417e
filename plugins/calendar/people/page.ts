import { initialsOf, tintOf } from 'estafette/plugin';
import { type Desk, hrefOf } from '../pages/common';
import type { Calendar } from '../store';
import { type Answer, type Attendee, type Kind, type People, ROLES, type Role } from './attendees';
import { ownMails } from './own';
import type { Resolved } from './resolve';
import type { PeopleTyped } from './typed';

export const ROLE_TEXTS: Readonly<Record<Role, string>> = {
  required: 'calendar:people.role.required',
  optional: 'calendar:people.role.optional',
  chair: 'calendar:people.role.chair',
  informed: 'calendar:people.role.informed',
};
const KIND_TEXTS: Readonly<Record<Kind, string>> = {
  individual: '',
  group: 'calendar:people.kind.group',
  room: 'calendar:people.kind.room',
  resource: 'calendar:people.kind.resource',
};
const ANSWER_TEXTS: Readonly<Record<Answer, string>> = {
  'needs-action': 'calendar:people.answer.needsAction',
  accepted: 'calendar:people.answer.accepted',
  tentative: 'calendar:people.answer.tentative',
  declined: 'calendar:people.answer.declined',
  delegated: 'calendar:people.answer.delegated',
};

/** Addresses in whose name somebody organises in a calendar: their own, or its owner's. */
export const organisersOf = (
  { person }: Pick<Desk, 'person'>,
  calendar: Pick<Calendar, 'isOwn' | 'owner'>,
): readonly string[] => {
  const isOwn = calendar.isOwn || calendar.owner === '';
  return isOwn ? ownMails(person) : [calendar.owner.trim().toLowerCase()];
};

/** Whether what happens to a meeting is for this calendar to say: nobody asked yet, or one's own. */
export const isOrganisedHere = ({ organiser }: People, organisers: readonly string[]): boolean =>
  organiser === undefined || organisers.includes(organiser.mail);

const shownName = ({ name, mail }: Pick<Attendee, 'name' | 'mail'>): string =>
  name === '' ? mail : name;

/** What the form shows of people. */
export function peopleModel(
  desk: Desk,
  typed: PeopleTyped,
  more: {
    readonly isOpen: boolean;
    readonly organiser: string;
    readonly isThere: boolean;
    readonly resolved?: Resolved | undefined;
  },
) {
  const { t } = desk;
  const { resolved } = more;
  return {
    isOpen: more.isOpen,
    isThere: more.isThere,
    organiser: more.organiser,
    rows: typed.attendees.map((one) => ({
      ...one,
      shown: shownName(one),
      kindText: KIND_TEXTS[one.kind] === '' ? '' : t(KIND_TEXTS[one.kind]),
      isPlace: one.kind === 'room' || one.kind === 'resource',
    })),
    roles: ROLES.map((value) => ({ value, label: t(ROLE_TEXTS[value]) })),
    who: typed.who,
    list: typed.list,
    timeAction: hrefOf(desk.context, 'free-busy'),
    roomAction: hrefOf(desk.context, 'rooms'),
    hasRooms: desk.context.config(desk.person.site).rooms.length > 0,
    isTelling: typed.isTelling,
    note: typed.note,
    matches: resolved?.matches ?? [],
    problem:
      resolved === undefined
        ? ''
        : resolved.isFull
          ? t('calendar:people.full')
          : resolved.matches.length > 0
            ? t('calendar:people.several')
            : resolved.unknown.length > 0
              ? t('calendar:people.nobody', { names: resolved.unknown.slice(0, 5).join(', ') })
              : '',
  };
}

/** Of a meeting of thousands a page shows so many by name; a link that writes to more is no address. */
const SHOWN_MAX = 200;

/** What the page of an event shows of people; undefined where nobody is asked. */
export function peopleShown(desk: Pick<Desk, 't'>, people: People, organisers: readonly string[]) {
  const { t } = desk;
  const { organiser, attendees } = people;
  if (attendees.length === 0) return undefined;
  const humans = attendees.filter(({ kind }) => kind === 'individual' || kind === 'group');
  const others = humans.filter(({ mail }) => mail !== organiser?.mail);
  const count = (answer: Answer): number => others.filter((one) => one.answer === answer).length;
  const [yes, maybe, no] = [count('accepted'), count('tentative'), count('declined')];
  const mails = others.map(({ mail }) => mail).filter((mail) => !organisers.includes(mail));
  return {
    organiser: organiser ? shownName(organiser) : '',
    isOrganiser: isOrganisedHere(people, organisers),
    summary: [
      t('calendar:people.accepted', { count: yes }),
      ...(maybe > 0 ? [t('calendar:people.maybe', { count: maybe })] : []),
      ...(no > 0 ? [t('calendar:people.no', { count: no })] : []),
      ...(others.length - yes - maybe - no > 0
        ? [t('calendar:people.waiting', { count: others.length - yes - maybe - no })]
        : []),
    ].join(', '),
    isLong: attendees.length > 8,
    more: Math.max(attendees.length - SHOWN_MAX, 0),
    count: attendees.length,
    rows: attendees.slice(0, SHOWN_MAX).map((one) => ({
      name: shownName(one),
      mail: one.mail,
      answer: one.answer,
      answerText: t(ANSWER_TEXTS[one.answer]),
      isPlace: one.kind === 'room' || one.kind === 'resource',
      note: [
        ...(one.mail === organiser?.mail ? [t('calendar:people.isOrganiser')] : []),
        ...(one.role === 'required' || one.kind === 'room' || one.kind === 'resource'
          ? []
          : [t(ROLE_TEXTS[one.role])]),
        ...(KIND_TEXTS[one.kind] === '' ? [] : [t(KIND_TEXTS[one.kind])]),
      ].join(', '),
      initials: initialsOf(shownName(one)),
      tint: tintOf(one.mail),
    })),
    writeHref:
      mails.length === 0 || mails.length > SHOWN_MAX
        ? ''
        : `/compose?${new URLSearchParams({ to: mails.join(', ') }).toString()}`,
  };
}
