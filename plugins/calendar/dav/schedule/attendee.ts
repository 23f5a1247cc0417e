import { eventFacts } from '../../ics/facts';
import {
  type Component,
  componentsOf,
  type Property,
  parseCalendar,
  propertyOf,
  withProperty,
  writeCalendar,
} from '../../ics/jcal';
import { recurrenceName, recurrenceWall } from '../../ics/times';
import { IcsError } from '../../ics/types';
import { zonesOf } from '../../ics/zones';
import { answer, ItipError } from '../../itip';
import { partAt, timesOf } from '../../itip/message';
import { partiesOf } from '../../itip/people';
import type { Answer } from '../../people/attendees';
import type { TellingMail } from '../../store/types';
import { isOff, type Meeting } from './meeting';

/** So many occurrences of one write are answered each by a mail of its own; more are one mail. */
const ALONE_MAX = 20;

type Said = Exclude<Answer, 'needs-action' | 'delegated'>;
const isSaid = (answer: Answer): answer is Said =>
  answer !== 'needs-action' && answer !== 'delegated';

export interface Answering {
  readonly own: readonly string[];
  readonly now: number;
}

/** What I said of a part; undefined where I am not asked. */
function saidIn({ parts }: Meeting, name: string, own: readonly string[]): Answer | undefined {
  const part = parts.get(name) ?? parts.get('');
  const parties = part && partiesOf(part);
  return own.map((mail) => parties?.get(mail)?.partstat).find(Boolean);
}

const isForcedIn = (part: Component): boolean => {
  const said = propertyOf(part, 'organizer')?.[1]['schedule-force-send'];
  return typeof said === 'string' && said.toUpperCase() === 'REPLY';
};

const forced = ({ parts }: Meeting): boolean => [...parts.values()].some(isForcedIn);

/** What an attendee's program writes without what it asks of this write alone (RFC 6638 7.2). */
export function withoutForce(text: string, meeting: Meeting): string {
  if (!forced(meeting)) return text;
  const [name, properties, parts] = parseCalendar(text);
  const next = parts.map((part): Component => {
    const organiser = propertyOf(part, 'organizer');
    if (!organiser || !isForcedIn(part)) return part;
    const { 'schedule-force-send': _asked, ...params } = organiser[1];
    const [key, , ...values] = organiser;
    return withProperty(part, 'organizer', [key, params, ...values] as Property);
  });
  return writeCalendar([name, properties, next]);
}

function mailsOf(text: string, own: readonly string[], what: Parameters<typeof answer>[2]) {
  try {
    return answer(text, own, what).messages;
  } catch (error) {
    if (error instanceof IcsError || error instanceof ItipError) return [];
    throw error;
  }
}

/** Occurrences that I took out of a series: to decline them (RFC 6638 3.2.2.1). */
function leftOut(before: Meeting | undefined, after: Meeting): readonly string[] {
  const was = new Set(before?.master?.repeats?.without);
  const master = after.master;
  if (!before?.master || !master) return [];
  return (master.repeats?.without ?? [])
    .filter((wall) => !was.has(wall))
    .map((wall) => recurrenceName(wall, master.isAllDay));
}

/**
 * What an attendee's write tells who organises (RFC 6638 3.2.2): each answer that is another than
 * before, of all or of one occurrence. Nothing where their program does it (SCHEDULE-AGENT).
 */
export function repliesFor(
  { text, after }: { readonly text: string; readonly after: Meeting },
  { text: old, before }: { readonly text: string; readonly before: Meeting | undefined },
  { own, now }: Answering,
): readonly TellingMail[] {
  if (after.organiser.agent !== 'server') return [];
  const whole = saidIn(after, '', own);
  const isForced = forced(after);
  const was = before && saidIn(before, '', own);
  const mails: TellingMail[] = [];
  const isNew = whole !== (was ?? 'needs-action') || isForced;
  if (after.parts.has('') && whole !== undefined && isSaid(whole) && isNew)
    mails.push(...mailsOf(text, own, { partstat: whole, now }));
  for (const name of after.parts.keys()) {
    if (name === '') continue;
    const said = saidIn(after, name, own);
    const earlier = (before && saidIn(before, name, own)) ?? 'needs-action';
    const follows = isNew && said === whole;
    if (said === undefined || !isSaid(said) || said === earlier || follows) continue;
    mails.push(...mailsOf(text, own, { partstat: said, now, occurrence: name }));
  }
  for (const name of leftOut(before, after)) {
    mails.push(...mailsOf(old, own, { partstat: 'declined', now, occurrence: name }));
  }
  return mails.length > ALONE_MAX ? inOne(mails) : mails;
}

/** Answers to one organiser as one message of several components (RFC 5546 §3.2.3). */
function inOne([first, ...others]: readonly TellingMail[]): readonly TellingMail[] {
  if (!first) return [];
  const [name, properties, parts] = parseCalendar(first.text);
  const events = others.flatMap(({ text }) => componentsOf(parseCalendar(text), 'vevent'));
  return [{ ...first, text: writeCalendar([name, properties, [...parts, ...events]]) }];
}

/** What taking a meeting away tells who organises: that one does not come, where one had not said so. */
export function declineFor(
  text: string,
  meeting: Meeting,
  { own, now }: Answering,
): readonly TellingMail[] {
  if (meeting.organiser.agent !== 'server') return [];
  const { master, parts } = meeting;
  // Calendars are tidied: nobody has to hear of what is over.
  if (master && !master.repeats && timesOf(master).end < now) return [];
  // Of a series the whole; else each of the occurrences to which one was asked alone.
  const names = parts.has('') ? [''] : [...parts.keys()];
  const mails = names.flatMap((name) => {
    const part = parts.get(name);
    const said = part && !isOff(part) ? saidIn(meeting, name, own) : undefined;
    if (said === undefined || said === 'declined' || said === 'delegated') return [];
    return mailsOf(text, own, {
      partstat: 'declined',
      now,
      ...(name !== '' && { occurrence: name }),
    });
  });
  return mails.length > ALONE_MAX ? inOne(mails) : mails;
}

/** What only who organises may change (RFC 6638 3.2.2.1). */
const THEIRS = ['dtstart', 'dtend', 'duration', 'rrule', 'rdate'] as const;

/** Whether an attendee's write changes what is the organiser's. */
export function isForbidden(before: Meeting, after: Meeting, own: readonly string[]): boolean {
  if (before.organiser.mail !== after.organiser.mail) return true;
  for (const [name, part] of after.parts) {
    const there = before.parts.get(name);
    const known = there ?? plannedIn(before, name);
    // A program that read the organiser's mail itself writes what that says, with its number.
    if (sequenceOf(part) > sequenceOf(known ?? before.parts.get(''))) continue;
    // An occurrence that the organiser has not.
    if (!known) return true;
    const differs = there
      ? THEIRS.some(
          (key) => writtenAs(known, key) !== writtenAs(part, key) && !isSameEnd(known, part, key),
        )
      : !isSameTime({ part: known, meeting: before }, { part, meeting: after });
    const others = (one: typeof part): string =>
      [...partiesOf(one).keys()]
        .filter((mail) => !own.includes(mail))
        .sort()
        .join(' ');
    if (differs || others(known) !== others(part)) return true;
  }
  return false;
}

/** An occurrence as its series plans it; undefined where there is none at that time. */
function plannedIn({ parts, master }: Meeting, name: string): Component | undefined {
  const series = parts.get('');
  const wall = recurrenceWall(name);
  return series && master && wall !== undefined ? partAt(series, master, wall) : undefined;
}

const sequenceOf = (part: Component | undefined): number => {
  const value = part && propertyOf(part, 'sequence')?.[3];
  return typeof value === 'number' ? value : 0;
};

interface Placed {
  readonly part: Component;
  readonly meeting: Meeting;
}

/** Whether two parts take place at the same moments, in whatever zones they are written. */
function isSameTime(...both: readonly [Placed, Placed]): boolean {
  try {
    const [first, second] = both.map(({ part, meeting }) => {
      const { start, end } = timesOf(eventFacts(part, zonesOf(meeting.read.calendar)));
      return `${start} ${end}`;
    });
    return first === second;
  } catch (error) {
    if (error instanceof IcsError) return false;
    throw error;
  }
}

const writtenAs = (part: Parameters<typeof propertyOf>[0], name: string): string => {
  const found = propertyOf(part, name);
  return found ? JSON.stringify([found[1]['tzid'], found[2], ...found.slice(3)]) : '';
};

/** DTEND and DURATION say the same of a part, and programs write either. */
const isSameEnd = (
  before: Parameters<typeof propertyOf>[0],
  after: Parameters<typeof propertyOf>[0],
  key: string,
): boolean =>
  (key === 'dtend' || key === 'duration') &&
  writtenAs(before, 'dtstart') === writtenAs(after, 'dtstart') &&
  (propertyOf(before, 'dtend') === undefined) !== (propertyOf(after, 'dtend') === undefined);
