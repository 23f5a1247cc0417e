import type { EventFacts } from '../../ics/facts';
import { type Component, parseCalendar, propertyOf, textOf } from '../../ics/jcal';
import { partsOf } from '../../ics/object';
import { IcsError } from '../../ics/types';
import { factsOf, ItipError, nameOf, type Read, readEvents } from '../../itip/message';
import { organiserOf, type Party, partiesOf } from '../../itip/people';

/** An event to which others are asked, as far as scheduling is about it (RFC 6638 3.1). */
export interface Meeting {
  readonly read: Read;
  readonly master: EventFacts | undefined;
  readonly organiser: Party;
  /** By the name of the occurrence; `''` is the series, or what takes place once. */
  readonly parts: ReadonlyMap<string, Component>;
  /** Several of them say that they organise it. */
  readonly isTorn: boolean;
}

/** The meeting of an object; `undefined` for what nobody is asked to, and for what cannot be read. */
export function meetingIn(text: string | undefined): Meeting | undefined {
  if (text === undefined) return undefined;
  try {
    const all = partsOf(parseCalendar(text));
    if (!all.some((part) => part[0] === 'vevent' && propertyOf(part, 'organizer')))
      return undefined;
    const read = readEvents(text);
    const parts = read.series ? [read.series, ...read.others] : read.others;
    const named = parts.flatMap((part) => organiserOf(part) ?? []);
    const [organiser] = named;
    if (!organiser || !parts.some((part) => partiesOf(part).size > 0)) return undefined;
    const master = factsOf(read);
    return {
      read,
      master,
      organiser,
      parts: new Map(parts.map((part) => [nameOf(part, read.calendar, master), part])),
      isTorn: named.length !== parts.length || named.some(({ mail }) => mail !== organiser.mail),
    };
  } catch (error) {
    // What cannot be read is refused by the store, or was taken as it is.
    if (error instanceof IcsError || error instanceof ItipError) return undefined;
    throw error;
  }
}

/** Whether a part is off already. */
export const isOff = (part: Component): boolean =>
  textOf(part, 'status').toUpperCase() === 'CANCELLED';
