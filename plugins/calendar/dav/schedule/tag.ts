import { createHash } from 'node:crypto';
import { type Component, parseCalendar, propertyOf } from '../../ics/jcal';
import { partsOf } from '../../ics/object';
import { IcsError } from '../../ics/types';

/** What others change by answering, and what is written anew with each change. */
const STAMPS = /^(?:dtstamp|last-modified|sequence|created|request-status|x-estafette-.*)$/;
const ANSWERED = /^(?:partstat|rsvp|schedule-status|x-estafette-.*)$/;

/** Whether anybody is asked to what an object is: cheap, before it is parsed. */
export const isMeeting = (text: string): boolean =>
  /^ATTENDEE[;:]/im.test(text) && /^ORGANIZER[;:]/im.test(text);

const meaningOf = ([name, properties, parts]: Component): unknown => [
  name,
  properties
    .filter(([key]) => !STAMPS.test(key))
    .map(([key, params, ...rest]) => {
      const kept =
        key === 'attendee'
          ? Object.entries(params).filter(([param]) => !ANSWERED.test(param))
          : Object.entries(params);
      return JSON.stringify([key, kept.sort(([a], [b]) => (a < b ? -1 : 1)), ...rest]);
    })
    .sort(),
  // Alarms are one's own.
  parts.filter(([kind]) => kind !== 'valarm').map(meaningOf),
];

/**
 * Schedule-Tag (RFC 6638 3.2.10): changes with the meeting, and not with the answers of those who are
 * asked, so that a program may write over an answer that came in between; quoted. `undefined` for what
 * nobody is asked to.
 */
export function scheduleTagOf(text: string): string | undefined {
  if (!isMeeting(text)) return undefined;
  try {
    const parts = partsOf(parseCalendar(text));
    if (!parts.some((part) => propertyOf(part, 'organizer'))) return undefined;
    const hash = createHash('sha256').update(JSON.stringify(parts.map(meaningOf)));
    return `"${hash.digest('base64url').slice(0, 22)}"`;
  } catch (error) {
    if (error instanceof IcsError) return undefined;
    throw error;
  }
}
