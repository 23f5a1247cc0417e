import type { EventFacts } from '../ics/facts';
import { IcsError } from '../ics/types';
import { masked } from '../share/mask';
import type { Place } from './places';
import type { Rights, StoredObject } from './types';

/** What each right adds to the ones before it. */
export const RIGHTS: readonly Rights[] = ['free', 'read', 'write', 'delete', 'manage'];

const has = (rights: Rights, least: Rights): boolean =>
  RIGHTS.indexOf(rights) >= RIGHTS.indexOf(least);

/** New events, and changes of those that may be read. */
export const canWrite = ({ rights }: { readonly rights: Rights }): boolean => has(rights, 'write');

/** Events that go away: to the trash of the owner. */
export const canDelete = ({ rights }: { readonly rights: Rights }): boolean =>
  has(rights, 'delete');

/** Titles and places; without it, when its owner is busy. */
export const canRead = ({ rights }: { readonly rights: Rights }): boolean => has(rights, 'read');

/** Whether something of a calendar is kept from who reaches it. */
export const isPartial = (place: Pick<Place, 'rights' | 'seesPrivate'>): boolean =>
  !canRead(place) || !place.seesPrivate;

const isPrivate = ({ visibility }: Pick<EventFacts, 'visibility'>): boolean =>
  visibility !== 'public';

/** Whether one event of an object is told as « Occupé » only. */
export function isMasked(
  place: Pick<Place, 'rights' | 'seesPrivate'>,
  facts: Pick<EventFacts, 'visibility'>,
  events: readonly Pick<EventFacts, 'visibility' | 'recurrence'>[],
): boolean {
  if (!isPartial(place)) return false;
  if (!canRead(place)) return true;
  const series = events.find(({ recurrence }) => recurrence === '');
  return isPrivate(facts) || (series !== undefined && isPrivate(series));
}

/** Whether anything of an object is kept from who reaches it: they neither change nor find it. */
export const hasSecrets = (
  place: Pick<Place, 'rights' | 'seesPrivate'>,
  events: readonly Pick<EventFacts, 'visibility'>[],
  component = 'VEVENT',
): boolean =>
  isPartial(place) && (!canRead(place) || component !== 'VEVENT' || events.some(isPrivate));

/** An object as a person may see it. What nothing can be told of is not there: `undefined`. */
export function seenObject(
  place: Place,
  object: StoredObject,
  word: string,
): StoredObject | undefined {
  if (!isPartial(place)) return object;
  const isAll = !canRead(place);
  // What somebody has to do is for those who see all of it.
  if (object.component !== 'VEVENT') return undefined;
  const uid = `busy-${object.id}`;
  try {
    const seen = masked(object.text, { isAll, uid, word });
    if (!seen.isMasked) return object;
    const names = seen.isWhole ? { uid, uri: `${uid}.ics`, summary: word } : {};
    return { ...object, ...names, text: seen.text, isMasked: true };
  } catch (error) {
    // What cannot be taken apart is told to nobody.
    if (error instanceof IcsError) return undefined;
    throw error;
  }
}
