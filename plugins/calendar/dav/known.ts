import type { DavAsked } from 'estafette/plugin';
import type { Calendar, Walk } from '../store';
import type { Call } from './places';
import { type KnownObject, wantsText } from './props';

/** Objects of a calendar a few at a time; their texts are left where nothing that is asked needs them. */
export const knownObjects = (
  { store, person }: Call,
  calendar: Calendar,
  asked: DavAsked,
  which?: Walk,
): AsyncIterable<readonly KnownObject[]> =>
  wantsText(asked)
    ? store.objects(person, calendar.id, which)
    : store.rows(person, calendar.id, which);
