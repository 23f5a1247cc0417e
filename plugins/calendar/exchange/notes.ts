import { type Component, componentsOf, parseCalendar, propertyOf } from '../ics/jcal';
import { wallOf } from '../ics/times';
import { FLOATING, zonesOf } from '../ics/zones';
import type { FaultyLine } from './fault';

/** What was brought in otherwise than it is written. */
export type Note = 'note-zone' | 'note-end' | 'note-interval';

const isZero = (text: string): boolean => /^RRULE[^\r\n]*[;:]INTERVAL=0+(?:;|\s|$)/im.test(text);

/**
 * What of an object does not mean what its file says: times of a zone that nobody knows, read as the
 * reader's own; an end before its beginning; a rule that repeats every 0 days, read as every one.
 */
export function notesOf(text: string): readonly Pick<FaultyLine, 'fault' | 'detail'>[] {
  const calendar = parseCalendar(text);
  const zones = zonesOf(calendar);
  const notes = new Map<Note, string>();
  for (const event of componentsOf(calendar, 'vevent')) {
    for (const name of ['dtstart', 'dtend']) {
      const tzid = propertyOf(event, name)?.[1]['tzid'];
      if (typeof tzid === 'string' && zones(tzid) === FLOATING) notes.set('note-zone', tzid);
    }
    if (endsBefore(event)) notes.set('note-end', '');
  }
  if (isZero(text)) notes.set('note-interval', 'INTERVAL=0');
  return [...notes].map(([fault, detail]) => ({ fault, detail: detail.slice(0, 80) }));
}

function endsBefore(event: Component): boolean {
  const [start, end] = ['dtstart', 'dtend'].map((name) => propertyOf(event, name));
  if (!start || !end || start[1]['tzid'] !== end[1]['tzid']) return false;
  return wallOf(end[3]).wall < wallOf(start[3]).wall;
}
