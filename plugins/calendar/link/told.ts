import { createHash } from 'node:crypto';
import { type Component, parseCalendar, writeCalendar } from '../ics/jcal';
import { IcsError } from '../ics/types';
import { masked } from '../share/mask';
import type { StoredObject } from '../store';
import type { Told } from './links';

/** People who are asked, and files, are not the owner's to publish. */
const KEPT_BACK: ReadonlySet<string> = new Set([
  'attendee',
  'organizer',
  'attach',
  'contact',
  'comment',
]);

const withoutPeople = (text: string): string => {
  const [name, properties, components] = parseCalendar(text);
  const next = components.map(
    ([kind, own, parts]): Component => [
      kind,
      own.filter(([one]) => !KEPT_BACK.has(one)),
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
