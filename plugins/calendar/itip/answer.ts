import { eventFacts } from '../ics/facts';
import { type Component, type Property, withProperty } from '../ics/jcal';
import { recurrenceWall } from '../ics/times';
import { IcsError } from '../ics/types';
import { zonesOf } from '../ics/zones';
import type { Answer } from '../people/attendees';
import {
  factsOf,
  isOf,
  messageText,
  movedTo,
  nameOf,
  objectText,
  partAt,
  type Read,
  readEvents,
  stampProperty,
  versionOf,
} from './message';
import { organiserOf, partiesOf, withAttendee } from './people';
import type { ItipMail } from './types';

/** What somebody who is asked says. */
export interface Answering {
  readonly partstat: Exclude<Answer, 'needs-action' | 'delegated'>;
  readonly now: number;
  readonly comment?: string;
  /** One occurrence alone; all of them without it. */
  readonly occurrence?: string;
  /** Somebody who comes instead. */
  readonly delegateTo?: { readonly mail: string; readonly name: string };
  /** Another time that is proposed: moments, for whole days midnights in UTC. */
  readonly counter?: { readonly start: number; readonly end: number };
  /** My name, where nobody asked me and I am named for the first time. */
  readonly name?: string;
}

export interface Answered {
  /** My copy with my answer. */
  readonly object: string;
  /** To the organiser, and to who comes instead; none when nobody organises it. */
  readonly messages: readonly ItipMail[];
}

/** Properties by which every program knows of what a reply is. */
const TOLD = new Set([
  'uid',
  'recurrence-id',
  'sequence',
  'organizer',
  'summary',
  'location',
  'dtstart',
  'dtend',
  'duration',
  'rrule',
]);

/**
 * My answer to an invitation (RFC 5546 §3.2.3, §3.2.7). Who is asked as one of `mails` answers; when
 * nobody asked me, the first of them comes uninvited. Throws `IcsError` and `ItipError`.
 */
export function answer(text: string, mails: readonly string[], answering: Answering): Answered {
  const own = mails.map((mail) => mail.toLowerCase());
  const read = readEvents(text);
  const parts = read.series ? [read.series, ...read.others] : read.others;
  const asked = parts.flatMap((part) => [...partiesOf(part).keys()]);
  const me = asked.find((mail) => own.includes(mail)) ?? own[0];
  if (me === undefined) throw new IcsError('nothing', 'ATTENDEE');
  const { target, all } = targetOf(read, answering.occurrence ?? '');
  const said = saying(me, answering);
  const before = partiesOf(target).get(me)?.partstat;
  const answered = said(target);
  const next = all.map((part) => {
    if (part === target) return answered;
    // Occurrences of which nothing else was said follow the series.
    const isFollowing = target === read.series && partiesOf(part).get(me)?.partstat === before;
    return isFollowing ? said(part) : part;
  });
  return {
    object: objectText(read.calendar, next),
    messages: mailsFor(read, { answered, next }, me, answering),
  };
}

/** The part that is answered, which is made for an occurrence that is as planned. */
function targetOf(
  read: Read,
  occurrence: string,
): { readonly target: Component; readonly all: readonly Component[] } {
  const { series, others, calendar } = read;
  const master = factsOf(read);
  const all = series ? [series, ...others] : others;
  if (occurrence === '') {
    const target = series ?? others[0];
    if (target) return { target, all };
  } else {
    const known = others.find((part) => nameOf(part, calendar, master) === occurrence);
    if (known) return { target: known, all };
    const wall = recurrenceWall(occurrence);
    const made = series && master && wall !== undefined && partAt(series, master, wall);
    if (made) return { target: made, all: [...all, made] };
  }
  throw new IcsError('nothing', occurrence.slice(0, 20));
}

const quoted = (mail: string): string => `mailto:${mail}`;

function saying(
  me: string,
  { partstat, delegateTo, name = '' }: Answering,
): (part: Component) => Component {
  return (part) => {
    const mine = { partstat: partstat.toUpperCase(), rsvp: '' };
    if (!delegateTo) return withAttendee(part, { mail: me, name }, mine);
    const role = partiesOf(part).get(me)?.role ?? 'REQ-PARTICIPANT';
    const delegate = { ...delegateTo, mail: delegateTo.mail.toLowerCase() };
    const given = withAttendee(
      part,
      { mail: me, name },
      { ...mine, partstat: 'DELEGATED', 'delegated-to': quoted(delegate.mail) },
    );
    return withAttendee(given, delegate, {
      role,
      partstat: 'NEEDS-ACTION',
      rsvp: 'TRUE',
      'delegated-from': quoted(me),
    });
  };
}

function mailsFor(
  { calendar, series }: Read,
  { answered: part, next }: { readonly answered: Component; readonly next: readonly Component[] },
  me: string,
  { comment = '', delegateTo, counter, now }: Answering,
): readonly ItipMail[] {
  const organiser = organiserOf(part);
  if (!organiser || organiser.mail === me) return [];
  const to = [{ mail: organiser.mail, name: organiser.name }];
  // The number of the request that is answered, whatever was changed of one's own copy since (RFC 5546 2.1.5).
  const numbered = withProperty(part, 'sequence', [
    'sequence',
    {},
    'integer',
    versionOf(part).sequence,
  ]);
  const stamped = withProperty(numbered, 'dtstamp', stampProperty(now));
  const remarks: readonly Property[] = comment === '' ? [] : [['comment', {}, 'text', comment]];
  if (counter) {
    const facts = eventFacts(part, zonesOf(calendar));
    const [kind, properties] = movedTo(stamped, facts, counter);
    const proposed: Component = [
      kind,
      [...properties.filter(([name]) => name !== 'comment'), ...remarks],
      [],
    ];
    return [{ method: 'COUNTER', to, text: messageText('COUNTER', calendar, [proposed]) }];
  }
  const who = delegateTo ? [me, delegateTo.mail.toLowerCase()] : [me];
  const reply: Component = [
    'vevent',
    [
      ...stamped[1].filter(
        (property) =>
          TOLD.has(property[0]) ||
          property[0] === 'dtstamp' ||
          (property[0] === 'attendee' && isOf(property, who)),
      ),
      ...remarks,
      ['request-status', {}, 'text', ['2.0', 'Success']],
    ],
    [],
  ];
  const messages: ItipMail[] = [
    { method: 'REPLY', to, text: messageText('REPLY', calendar, [reply]) },
  ];
  if (delegateTo) {
    // Of a series, with the occurrences that differ: they are asked to those as well.
    const isWhole = series !== undefined && next[0] === part;
    const asked = isWhole ? [stamped, ...next.slice(1)] : [stamped];
    messages.push({
      method: 'REQUEST',
      to: [delegateTo],
      text: messageText('REQUEST', calendar, asked),
    });
  }
  return messages;
}
