import { createHash } from 'node:crypto';
import { type Component, type Property, parseCalendar, writeCalendar } from '../ics/jcal';
import { IcsError } from '../ics/types';
import { masked } from '../share/mask';
import type { StoredObject } from '../store';
import type { Told } from './links';

/**
 * What an address may tell, and nothing that programs add: people who are asked, files, and whose the
 * calendar is are not the owner's to publish.
 */
const TOLD_PROPERTIES: ReadonlySet<string> = new Set([
  'uid',
  'dtstart',
  'dtend',
  'duration',
  'due',
  'completed',
  'rrule',
  'rdate',
  'exdate',
  'recurrence-id',
  'sequence',
  'summary',
  'description',
  'location',
  'geo',
  'url',
  'categories',
  'status',
  'transp',
  'priority',
  'percent-complete',
]);
/** When an event was written is its writer's; programs want to be told something (RFC 5545 3.8.7.2). */
const STAMP: Property = ['dtstamp', {}, 'date-time', '1970-01-01T00:00:00Z'];

const withoutPeople = (text: string): string => {
  const [name, properties, components] = parseCalendar(text);
  const next = components.map(
    ([kind, own, parts]): Component => [
      kind,
      kind === 'vtimezone' ? own : [STAMP, ...own.filter(([one]) => TOLD_PROPERTIES.has(one))],
      // An alarm is the owner's; the parts of a zone say when its clock changes.
      kind === 'vtimezone' ? parts : [],
    ],
  );
  return writeCalendar([name, properties, next]);
};

/** An object as a secret address tells it; `undefined` where nothing of it is told. */
export function toldObject(
  object: StoredObject,
  { told, salt, word }: { readonly told: Told; readonly salt: string; readonly word: string },
): StoredObject | undefined {
  if (told === 'free' && object.component !== 'VEVENT') return undefined;
  // Of this address alone: two of them do not say that they know the same event.
  const uid = `busy-${createHash('sha256').update(`${salt} ${object.id}`).digest('hex').slice(0, 32)}`;
  try {
    const { text } =
      told === 'all' ? object : masked(object.text, { isAll: told === 'free', uid, word });
    return { ...object, text: withoutPeople(text) };
  } catch (error) {
    // What cannot be taken apart is told to nobody.
    if (error instanceof IcsError) return undefined;
    throw error;
  }
}
