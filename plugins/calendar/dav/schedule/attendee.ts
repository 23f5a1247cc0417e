import { propertyOf } from '../../ics/jcal';
import { recurrenceName } from '../../ics/times';
import { IcsError } from '../../ics/types';
import { answer, ItipError } from '../../itip';
import { timesOf } from '../../itip/message';
import { partiesOf } from '../../itip/people';
import type { Answer } from '../../people/attendees';
import type { TellingMail } from '../../store/types';
import { isOff, type Meeting } from './meeting';

/** Occurrences of one write that are answered each by a mail of its own. */
const ANSWERS_MAX = 20;

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

const forced = ({ parts }: Meeting): boolean => {
  const [part] = parts.values();
  const organiser = part && propertyOf(part, 'organizer');
  return String(organiser?.[1]['schedule-force-send'] ?? '').toUpperCase() === 'REPLY';
};

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
    if (name === '' || mails.length >= ANSWERS_MAX) continue;
    const said = saidIn(after, name, own);
    const earlier = (before && saidIn(before, name, own)) ?? 'needs-action';
    const follows = isNew && said === whole;
    if (said === undefined || !isSaid(said) || said === earlier || follows) continue;
    mails.push(...mailsOf(text, own, { partstat: said, now, occurrence: name }));
  }
  for (const name of leftOut(before, after)) {
    if (mails.length >= ANSWERS_MAX) break;
    mails.push(...mailsOf(old, own, { partstat: 'declined', now, occurrence: name }));
  }
  return mails;
}

/** What taking a meeting away tells who organises: that one does not come, where one had not said so. */
export function declineFor(
  text: string,
  meeting: Meeting,
  { own, now }: Answering,
): readonly TellingMail[] {
  const [part] = meeting.parts.values();
  if (meeting.organiser.agent !== 'server' || !part || isOff(part)) return [];
  const said = saidIn(meeting, '', own);
  if (said === undefined || said === 'declined' || said === 'delegated') return [];
  const { master } = meeting;
  // Calendars are tidied: nobody has to hear of what is over.
  if (master && !master.repeats && timesOf(master).end < now) return [];
  return mailsOf(text, own, { partstat: 'declined', now });
}

/** What only who organises may change (RFC 6638 3.2.2.1). */
const THEIRS = ['dtstart', 'dtend', 'duration', 'rrule', 'rdate'] as const;

/** Whether an attendee's write changes what is the organiser's. */
export function isForbidden(before: Meeting, after: Meeting, own: readonly string[]): boolean {
  if (before.organiser.mail !== after.organiser.mail) return true;
  for (const [name, part] of after.parts) {
    const known = before.parts.get(name);
    if (!known) continue;
    const differs = THEIRS.some(
      (key) => writtenAs(known, key) !== writtenAs(part, key) && !isSameEnd(known, part, key),
    );
    const others = (one: typeof part): string =>
      [...partiesOf(one).keys()]
        .filter((mail) => !own.includes(mail))
        .sort()
        .join(' ');
    if (differs || others(known) !== others(part)) return true;
  }
  return false;
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
